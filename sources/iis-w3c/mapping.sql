-- IIS in the W3C extended format (learn.microsoft.com, "W3C Logging"), in whatever columns the header names. Times are UTC. A space within a
-- value is written as +, so what was a + cannot be told from it; the query stays as it is written. IIS logs a request when it is answered.
--
-- As shipped IIS logs no host: add the field cs-host, and cs-version, sc-bytes and cs-bytes beside it. The substatus of a refused client
-- certificate (403.7, 403.13, 403.16, 403.17) stays in extra. What http.sys refuses before IIS sees it stands in iis-httperr.
SELECT
  ['iis', toString(toUnixTimestamp64Micro(_time)), "c-ip", ifNull(toString("s-port"), ''), ifNull("cs-method", ''), ifNull("cs-uri-stem", ''), ifNull("cs-uri-query", ''),
    ifNull(toString("sc-status"), ''), ifNull(toString("sc-bytes"), ''), ifNull("cs(User-Agent)", '')] AS identity,
  _time AS event_time,
  toIPv6OrNull(replaceRegexpOne("c-ip", '%.*$', '')) AS source_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(source_ip), '^::ffff:', ''), "c-ip") AS source_address,
  "s-ip" AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString("s-ip"), '^::ffff:', ''), '') AS destination_address,
  "s-port" AS destination_port,
  'tcp' AS network_transport,
  'inbound' AS network_direction,
  ifNull("cs-method", '') AS http_method,
  extract(ifNull("cs-version", ''), '^HTTP/([0-9.]{1,5})$') AS http_version,
  ifNull("cs-uri-stem", '') AS http_path,
  ifNull("cs-uri-query", '') AS http_query,
  concat(http_path, if(http_query = '', '', concat('?', http_query))) AS http_uri,
  trimRight(lower(extract(ifNull("cs-host", ''), '^\\[?(.*?)\\]?(?::[0-9]*)?$')), '.') AS url_domain,
  "sc-status" AS http_status,
  "cs-bytes" AS http_request_bytes,
  "sc-bytes" AS http_response_bytes,
  toValidUTF8(replaceAll(ifNull("cs(User-Agent)", ''), '+', ' ')) AS http_user_agent,
  toValidUTF8(replaceAll(ifNull("cs(Referer)", ''), '+', ' ')) AS http_referrer,
  ifNull("cs-username", '') AS user_name
FROM record
