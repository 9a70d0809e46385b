-- Zscaler Internet Access, firewall logs of Nanolog Streaming Service in the JSON feed that Splunk's and Sekoia's integrations configure (help.zscaler.com, "NSS
-- Feed Output Format: Firewall Logs"; a real line in the corpus of Sekoia): the client's side of the connection. Several sessions may be
-- one line (aggregate). Times are UTC when the feed says so, and it does not say so itself. The user stays in extra.
SELECT
  ['zscaler', toString(toUnixTimestamp64Micro("event/datetime")), toString("event/csip"), ifNull(toString("event/csport"), ''), toString("event/cdip"), ifNull(toString("event/cdport"), ''), ifNull("event/action", '')] AS identity,
  "event/datetime" AS event_time,
  "event/csip" AS source_ip,
  replaceRegexpOne(IPv6NumToString("event/csip"), '^::ffff:', '') AS source_address,
  nullIf("event/csport", 0) AS source_port,
  "event/cdip" AS destination_ip,
  replaceRegexpOne(IPv6NumToString("event/cdip"), '^::ffff:', '') AS destination_address,
  nullIf("event/cdport", 0) AS destination_port,
  lower(ifNull("event/proto", '')) AS network_transport,
  'outbound' AS network_direction,
  lower(ifNull("event/nwsvc", '')) AS network_protocol,
  lower(ifNull("event/action", '')) AS flow_state,
  if("event/durationms" IS NULL, NULL, toFloat64(assumeNotNull("event/durationms")) / 1000) AS flow_duration,
  "event/outbytes" AS source_bytes,
  "event/inbytes" AS destination_bytes,
  mapUpdate(extra, CAST(mapFilter((name, told) -> told != '', map('user', ifNull("event/user", ''))), 'Map(LowCardinality(String), String)')) AS extra
FROM record
