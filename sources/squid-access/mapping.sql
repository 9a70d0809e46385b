-- Squid's access.log (src/cf.data.pre, logformat): one line for a request that a client made of the proxy. The formats
-- squid, combined and common are known; any other is given as it stands in squid.conf.
--
-- `<a` is where the proxy went. CONNECT has a host and a port and no path. `strip_query_terms` is on unless somebody switched it off,
-- so that what was searched is mostly not in the log. A dash stands for nothing; times are whole seconds, with %tu beside them milliseconds.
SELECT
  ['squid', toString(time), ifNull(time_fraction, ''), toString(client), ifNull(method, ''), url, ifNull(toString(bytes), '')] AS identity,
  time + toIntervalMillisecond(ifNull(toUInt16OrNull(substring(time_fraction, 1, 3)), 0)) AS event_time,
  client AS source_ip,
  replaceRegexpOne(IPv6NumToString(client), '^::ffff:', '') AS source_address,
  client_port AS source_port,
  server AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(server), '^::ffff:', ''), '') AS destination_address,
  coalesce(server_port, toUInt16OrNull(extract(url, '^[^/?#]*:([0-9]+)$')), toUInt16OrNull(extract(url, '^[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*:([0-9]+)'))) AS destination_port,
  'tcp' AS network_transport,
  'outbound' AS network_direction,
  upper(ifNull(method, '')) AS http_method,
  ifNull(replaceOne(protocol, 'HTTP/', ''), '') AS http_version,
  url AS http_uri,
  if(ifNull(method, '') = 'CONNECT', '', path(url)) AS http_path,
  if(ifNull(method, '') = 'CONNECT', '', queryString(url)) AS http_query,
  lower(if(ifNull(method, '') = 'CONNECT', extract(url, '^\\[?([^/?#\\]]*?)\\]?(?::[0-9]+)?$'), domain(url))) AS url_domain,
  status AS http_status,
  ifNull(user_agent, '') AS http_user_agent,
  ifNull(referrer, '') AS http_referrer,
  bytes_received AS http_request_bytes,
  bytes AS http_response_bytes,
  decodeURLComponent(ifNull(user, '')) AS user_name
FROM record
