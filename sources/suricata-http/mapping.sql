-- Suricata EVE, event type http (etc/schema.json; fields of Suricata 2 to 8, HTTP/2 with protocol HTTP/2). `length` is
-- the body of the response as far as it was seen; the body of the request is not counted. http_port, content type,
-- redirect, headers, xff and what custom logging adds are kept in extra.
--
-- hostname is the Host header without its port; where there is none, an absolute target or the authority of CONNECT
-- names the host. The target, path and query stand in their original percent-encoding.
SELECT
  [ifNull(flow_id, ''), 'http', toString(timestamp), ifNull(toString(tx_id), '')] AS identity,
  timestamp AS event_time,
  flow_id AS connection_id,
  src_ip AS source_ip,
  replaceRegexpOne(IPv6NumToString(src_ip), '^::ffff:', '') AS source_address,
  src_port AS source_port,
  dest_ip AS destination_ip,
  replaceRegexpOne(IPv6NumToString(dest_ip), '^::ffff:', '') AS destination_address,
  dest_port AS destination_port,
  lower(proto) AS network_transport,
  "http/http_method" AS http_method,
  "http/protocol" AS http_version,
  ifNull("http/url", '') AS http_uri,
  substring(http_uri, 1, if(position(http_uri, '?') = 0, length(http_uri), position(http_uri, '?') - 1)) AS http_path,
  if(position(http_uri, '?') = 0, '', substring(http_uri, position(http_uri, '?') + 1)) AS http_query,
  multiIf(
    ifNull("http/hostname", '') != '', assumeNotNull("http/hostname"),
    ifNull("http/http_method", '') = 'CONNECT', http_uri,
    extract(http_uri, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#]*)')
  ) AS authority,
  trimRight(lower(replaceRegexpOne(authority, ':[0-9]*$', '')), '.') AS url_domain,
  "http/status" AS http_status,
  "http/http_user_agent" AS http_user_agent,
  "http/http_refer" AS http_referrer,
  "http/length" AS http_response_bytes
FROM record
