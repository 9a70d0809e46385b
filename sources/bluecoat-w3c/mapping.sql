-- Access log of ProxySG and Edge SWG in the extended format (Broadcom techdocs, "Access log formats"), in whatever columns the header names.
-- Times are UTC. s-ip is the proxy; r-ip, where it is logged, the server. Path and query may be one column or two. What a tunnel carried is
-- seen where the proxy ends TLS: its lines have the scheme https, and those of a tunnel alone tcp or ssl. The verdict of the filter, the
-- category and what is known of the server's certificate (x-rs-certificate-…) stay in extra.
SELECT
  ['bluecoat', toString(toUnixTimestamp64Micro(_time)), toString("c-ip"), ifNull("cs-method", ''), "cs-host", ifNull("cs-uri-path", ''), ifNull("cs-uri-query", ''), ifNull("cs-uri", ''),
    ifNull(toString("sc-status"), ''), ifNull(toString("sc-bytes"), ''), ifNull(toString("cs-bytes"), '')] AS identity,
  _time AS event_time,
  "c-ip" AS source_ip,
  replaceRegexpOne(IPv6NumToString("c-ip"), '^::ffff:', '') AS source_address,
  "r-ip" AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString("r-ip"), '^::ffff:', ''), '') AS destination_address,
  "cs-uri-port" AS destination_port,
  'tcp' AS network_transport,
  'outbound' AS network_direction,
  if(lower(ifNull("cs-method", '')) = 'unknown', '', ifNull("cs-method", '')) AS http_method,
  extract(ifNull("cs-version", ''), '^HTTP/([0-9.]{1,5})$') AS http_version,
  trimRight(lower("cs-host"), '.') AS url_domain,
  concat(ifNull("cs-uri-path", ''), ifNull("cs-uri-query", '')) AS told,
  if(http_method = 'CONNECT' OR ifNull("cs-uri-scheme", '') IN ('tcp', 'ssl'), '', substring(told, 1, if(position(told, '?') = 0, length(told), position(told, '?') - 1))) AS http_path,
  if(position(told, '?') = 0, '', substring(told, position(told, '?') + 1)) AS http_query,
  coalesce("cs-uri", concat(if("cs-uri-scheme" IS NULL, '', concat(assumeNotNull("cs-uri-scheme"), '://')), "cs-host",
    if("cs-uri-port" IS NULL, '', concat(':', toString(assumeNotNull("cs-uri-port")))), told)) AS http_uri,
  "sc-status" AS http_status,
  "cs-bytes" AS http_request_bytes,
  "sc-bytes" AS http_response_bytes,
  toValidUTF8(ifNull("cs(User-Agent)", '')) AS http_user_agent,
  toValidUTF8(ifNull("cs(Referer)", '')) AS http_referrer,
  coalesce("cs-username", "cs-userdn", '') AS user_name
FROM record
