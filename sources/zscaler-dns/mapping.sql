-- Zscaler Internet Access, DNS logs of Nanolog Streaming Service in the JSON feed that Splunk's and Sekoia's integrations configure (help.zscaler.com, "NSS Feed
-- Output Format: DNS Logs"; a real line in the corpus of Sekoia). The answer is an address, a name, or a word such as NotFound. Times are
-- UTC when the feed says so, and it does not say so itself. The user and what the rules did stay in extra.
SELECT
  ['zscaler', toString(toUnixTimestamp64Micro("event/datetime")), toString("event/clt_sip"), lower("event/dns_req"), ifNull("event/dns_reqtype", ''), ifNull("event/dns_resp", '')] AS identity,
  "event/datetime" AS event_time,
  "event/clt_sip" AS source_ip,
  replaceRegexpOne(IPv6NumToString("event/clt_sip"), '^::ffff:', '') AS source_address,
  "event/srv_dip" AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString("event/srv_dip"), '^::ffff:', ''), '') AS destination_address,
  "event/srv_dport" AS destination_port,
  'outbound' AS network_direction,
  trimRight(lower("event/dns_req"), '.') AS dns_question_name,
  ifNull("event/dns_reqtype", '') AS dns_question_type,
  if(isIPv4String(ifNull("event/dns_resp", '')) OR isIPv6String(ifNull("event/dns_resp", '')), [assumeNotNull("event/dns_resp")], []) AS dns_answers,
  multiIf(notEmpty(dns_answers), 'NOERROR', lower(ifNull("event/dns_resp", '')) = 'notfound', 'NXDOMAIN', '') AS dns_response_code,
  mapUpdate(extra, CAST(mapFilter((name, told) -> told != '', map('user', ifNull("event/user", ''), 'dns_resp', if(notEmpty(dns_answers), '', ifNull("event/dns_resp", '')))), 'Map(LowCardinality(String), String)')) AS extra
FROM record
