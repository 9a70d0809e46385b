-- HAProxy, HTTP log format (docs.haproxy.org, configuration manual 8.2.3 and 8.2.6; real lines in the corpora of Sekoia and CrowdSec): one line for
-- each request, without or with captured headers in braces, and with whatever stands behind the request, which is kept as `rest`.
--
-- Times are those of the server's own zone. A captured header has no name in the log: one that looks like the name of a host is taken for
-- the Host header; the others stay in extra. A frontend whose name ends in ~ ended TLS itself. A request that HAProxy could not read is
-- written as <BADREQ>, and -1 in the place of a status means that there was no answer. The SNI is told by `option httpslog` alone (8.2.4),
-- behind the request: there it is the host where no header is, and stays in extra as server_name.
SELECT
  ['haproxy', toString(toUnixTimestamp64Micro(time)), toString(client), ifNull(toString(port), ''), frontend, ifNull(request, ''), status, ifNull(bytes, '')] AS identity,
  time AS event_time,
  client AS source_ip,
  replaceRegexpOne(IPv6NumToString(client), '^::ffff:', '') AS source_address,
  port AS source_port,
  'tcp' AS network_transport,
  'inbound' AS network_direction,
  replaceAll(ifNull(request, ''), '\\"', '"') AS request_told,
  extract(request_told, '^([A-Z][A-Z_-]{0,30}) +[^ ]') AS http_method,
  extract(request_told, '^[A-Z][A-Z_-]{0,30} +.* HTTP/([0-9.]{1,5})$') AS http_version,
  toValidUTF8(if(http_method = '', request_told, replaceRegexpOne(request_told, '^[A-Z_-]+ +(.*?)(?: +HTTP/[0-9.]{1,5})?$', '\\1'))) AS http_uri,
  if(http_method IN ('', 'CONNECT'), '', replaceRegexpOne(http_uri, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*', '')) AS target,
  substring(target, 1, if(position(target, '?') = 0, length(target), position(target, '?') - 1)) AS http_path,
  if(position(target, '?') = 0, '', substring(target, position(target, '?') + 1)) AS http_query,
  arrayFirst(one -> match(one, '^[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)*[.][A-Za-z][A-Za-z0-9-]*[A-Za-z0-9](:[0-9]+)?$'), splitByChar('|', ifNull(headers, ''))) AS host_told,
  extract(ifNull(rest, ''), ' ([A-Za-z0-9._-]*[.][A-Za-z0-9._-]*)/(?:TLSv1|SSLv3)[0-9.]*/[A-Z0-9_-]+$') AS sni_told,
  trimRight(lower(extract(coalesce(nullIf(extract(http_uri, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#]*)'), ''), nullIf(host_told, ''), sni_told), '^\\[?(.*?)\\]?(?::[0-9]*)?$')), '.') AS url_domain,
  toUInt16OrNull(status) AS http_status,
  toUInt64OrNull(replaceOne(ifNull(bytes, ''), '+', '')) AS http_response_bytes,
  mapUpdate(record.extra, CAST(mapFilter((name, told) -> told != '', map('frontend', frontend, 'headers', ifNull(headers, ''), 'server_name', sni_told, 'rest', ifNull(rest, ''))), 'Map(LowCardinality(String), String)')) AS extra
FROM record
