-- Cisco Umbrella, DNS logs as they lie in the bucket (docs.umbrella.com, "DNS Log Formats", versions 1 to 10): CSV without names, a line for
-- each question. Times are UTC. A column that a version does not have yet is missing at the end of the line.
--
-- The client's own address is told only where a virtual appliance or a roaming client sends it; else internal and external are the same, and
-- stand for the network. The identity, the verdict and the categories stay in extra. The log has no answers.
SELECT
  ['umbrella', toString(toUnixTimestamp64Micro(timestamp)), ifNull(identity, ''), ifNull(toString(internal_ip), ''), ifNull(toString(external_ip), ''), lower(domain), ifNull(query_type, '')] AS identity,
  timestamp AS event_time,
  coalesce(internal_ip, external_ip) AS source_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(source_ip), '^::ffff:', ''), '') AS source_address,
  'outbound' AS network_direction,
  trimRight(lower(domain), '.') AS dns_question_name,
  extract(ifNull(query_type, ''), '^(?:[0-9]+ \\()?([A-Za-z0-9]+)') AS dns_question_type,
  ifNull(response_code, '') AS dns_response_code,
  mapUpdate(record.extra, CAST(mapFilter((name, told) -> told != '', map('identity', ifNull(record.identity, ''), 'action', ifNull(action, ''),
    'external_ip', if(internal_ip IS NULL OR internal_ip = external_ip, '', ifNull(replaceRegexpOne(IPv6NumToString(external_ip), '^::ffff:', ''), '')))), 'Map(LowCardinality(String), String)')) AS extra
FROM record
