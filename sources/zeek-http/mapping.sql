-- Zeek http.log (scripts/base/protocols/http/main.zeek). The columns read here are there since Zeek 2.0, version since
-- 2.5; file ids, MIME types, header names, password and the rest are kept in extra. open_http (package
-- zeek-open-connections) tells of a request whose connection is still open.
--
-- Through an explicit proxy the target is absolute (GET http://host/path) or, for CONNECT, an authority (host:443): that
-- names the host where the Host header is missing. Zeek takes the port off `host` from 3.1 on; it is taken off here too.
-- The target, path and query stand in their original percent-encoding.
SELECT
  [uid, 'http', toString(ts), ifNull(toString(trans_depth), '')] AS identity,
  ts AS event_time,
  uid AS connection_id,
  "id.orig_h" AS source_ip,
  replaceRegexpOne(IPv6NumToString("id.orig_h"), '^::ffff:', '') AS source_address,
  "id.orig_p" AS source_port,
  "id.resp_h" AS destination_ip,
  replaceRegexpOne(IPv6NumToString("id.resp_h"), '^::ffff:', '') AS destination_address,
  "id.resp_p" AS destination_port,
  'tcp' AS network_transport,
  method AS http_method,
  version AS http_version,
  ifNull(uri, '') AS http_uri,
  substring(http_uri, 1, if(position(http_uri, '?') = 0, length(http_uri), position(http_uri, '?') - 1)) AS http_path,
  if(position(http_uri, '?') = 0, '', substring(http_uri, position(http_uri, '?') + 1)) AS http_query,
  multiIf(
    ifNull(host, '') != '', assumeNotNull(host),
    ifNull(method, '') = 'CONNECT', http_uri,
    extract(http_uri, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#]*)')
  ) AS authority,
  trimRight(lower(replaceRegexpOne(authority, ':[0-9]*$', '')), '.') AS url_domain,
  status_code AS http_status,
  user_agent AS http_user_agent,
  referrer AS http_referrer,
  request_body_len AS http_request_bytes,
  response_body_len AS http_response_bytes,
  username AS user_name
FROM record
