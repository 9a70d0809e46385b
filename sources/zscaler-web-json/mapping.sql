-- Zscaler Internet Access, web logs of Nanolog Streaming Service in the JSON feed that Splunk's and Sekoia's integrations configure (help.zscaler.com, "NSS Feed
-- Output Format: Web Logs"; real lines in the corpus of Sekoia). The feed is a template: other names are other feeds, and one in text is
-- read as zscaler-web. Times are UTC when the feed says so, and it does not say so itself.
--
-- Characters that are not printable come as %HH. NA, None and Unknown stand for nothing. A session that Zscaler did not decrypt has the
-- protocol SSL and no path. Verdict, categories and the address before Zscaler stay in extra.
SELECT
  ['zscaler', ifNull("event/event_id", ''), toString(toUnixTimestamp64Micro("event/datetime")), toString("event/ClientIP"), "event/url", ifNull("event/requestmethod", '')] AS identity,
  "event/datetime" AS event_time,
  "event/ClientIP" AS source_ip,
  replaceRegexpOne(IPv6NumToString("event/ClientIP"), '^::ffff:', '') AS source_address,
  "event/serverip" AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString("event/serverip"), '^::ffff:', ''), '') AS destination_address,
  'tcp' AS network_transport,
  'outbound' AS network_direction,
  if(ifNull("event/requestmethod", '') IN ('NA', 'None', 'invalid'), '', upper(ifNull("event/requestmethod", ''))) AS http_method,
  concat(if(ifNull("event/protocol", '') IN ('HTTP', 'HTTPS'), concat(lower(assumeNotNull("event/protocol")), '://'), ''), "event/url") AS http_uri,
  cutQueryStringAndFragment(extract("event/url", '^[^/?#]*(/.*)$')) AS http_path,
  queryString("event/url") AS http_query,
  trimRight(lower(extract("event/url", '^\\[?([^/?#\\]]*?)\\]?(?::[0-9]+)?(?:[/?#].*)?$')), '.') AS url_domain,
  toUInt16OrNull(ifNull("event/status", '')) AS http_status,
  "event/requestsize" AS http_request_bytes,
  "event/responsesize" AS http_response_bytes,
  if(ifNull("event/useragent", '') IN ('Unknown', 'None', 'NA'), '', toValidUTF8(decodeURLComponent(ifNull("event/useragent", '')))) AS http_user_agent,
  if(ifNull("event/refererURL", '') IN ('None', 'NA'), '', ifNull("event/refererURL", '')) AS http_referrer,
  ifNull("event/user", '') AS user_name,
  mapUpdate(extra, CAST(mapFilter((name, told) -> told NOT IN ('', url_domain), map('hostname', ifNull("event/hostname", ''))), 'Map(LowCardinality(String), String)')) AS extra
FROM record
