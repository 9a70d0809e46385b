-- Cisco Umbrella, proxy logs (intelligent proxy and secure web gateway) as they lie in the bucket (docs.umbrella.com, "Proxy Log Formats",
-- versions 1 to 10): CSV without names, a line for each request. Times are UTC. A column that a version does not have yet is missing at
-- the end of the line. Verdict, categories, the hash of the file and errors of the server's certificate stay in extra.
SELECT
  ['umbrella', toString(toUnixTimestamp64Micro(timestamp)), ifNull(identity, ''), ifNull(toString(internal_ip), ''), ifNull(toString(external_ip), ''), url, ifNull(toString(status), ''), ifNull(toString(response_size), '')] AS identity,
  timestamp AS event_time,
  coalesce(internal_ip, external_ip) AS source_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(source_ip), '^::ffff:', ''), '') AS source_address,
  destination_ip AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(destination_ip), '^::ffff:', ''), '') AS destination_address,
  'tcp' AS network_transport,
  'outbound' AS network_direction,
  upper(ifNull(method, '')) AS http_method,
  url AS http_uri,
  cutQueryStringAndFragment(extract(replaceRegexpOne(url, '^[A-Za-z][A-Za-z0-9+.-]*://', ''), '^[^/?#]*(/.*)$')) AS http_path,
  queryString(url) AS http_query,
  lower(extract(url, '^(?:[a-zA-Z]+://)?\\[?([^/?#\\]]*?)\\]?(?::[0-9]+)?(?:[/?#].*)?$')) AS url_domain,
  status AS http_status,
  request_size AS http_request_bytes,
  response_size AS http_response_bytes,
  ifNull(user_agent, '') AS http_user_agent,
  ifNull(referer, '') AS http_referrer,
  ifNull(record.identity, '') AS user_name
FROM record
