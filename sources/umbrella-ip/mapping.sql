-- Cisco Umbrella, IP logs as they lie in the bucket (docs.umbrella.com, "IP Log Formats"): CSV without names, a line for each connection by
-- address that the roaming client saw. Times are UTC. The log has no sizes and no durations; identity and categories stay in extra.
SELECT
  ['umbrella', toString(toUnixTimestamp64Micro(timestamp)), ifNull(identity, ''), toString(source_ip), ifNull(toString(source_port), ''), toString(destination_ip), ifNull(toString(destination_port), '')] AS identity,
  timestamp AS event_time,
  source_ip AS source_ip,
  replaceRegexpOne(IPv6NumToString(source_ip), '^::ffff:', '') AS source_address,
  source_port AS source_port,
  destination_ip AS destination_ip,
  replaceRegexpOne(IPv6NumToString(destination_ip), '^::ffff:', '') AS destination_address,
  destination_port AS destination_port,
  mapUpdate(record.extra, CAST(mapFilter((name, told) -> told != '', map('identity', ifNull(record.identity, ''))), 'Map(LowCardinality(String), String)')) AS extra
FROM record
