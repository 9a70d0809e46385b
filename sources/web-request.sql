-- The end of the mappings of web servers' own logs: a line of a request, as logged, taken apart. A mapping gives it `request_told` (method,
-- target and version, or what the client sent in their place), `host_told` (the Host header, the SNI or the name of the virtual host,
-- with or without a port), `agent_told` and `referrer_told`. Empty means that the log does not say.
--
-- Apache httpd writes control characters and bytes beyond ASCII as \xHH, quotes as \" and backslashes as \\ (ap_escape_logitem);
-- nginx writes all of them as \xHH (ngx_http_log_escape). They are undone, but for control characters: those stay as they are written,
-- so that a request cannot write on the screen of the one who reads of it. What is no UTF-8 then is replaced (U+FFFD).
SELECT
  arrayMap(told -> if(position(told, '\\') = 0, told, decodeURLComponent(replaceAll(
    replaceRegexpAll(replaceAll(replaceAll(told, '%', '%25'), '\\\\', '%5C'), '\\\\x([2-6][0-9A-Fa-f]|7[0-9A-Ea-e]|[89A-Fa-f][0-9A-Fa-f])', '%\\1'),
    '\\"', '"'))), [request_told, referrer_told, agent_told]) AS undone,
  toValidUTF8(undone[1]) AS request_plain,
  toValidUTF8(undone[2]) AS http_referrer,
  toValidUTF8(undone[3]) AS http_user_agent
FROM mapped;

-- A request of a browser has a method in capitals and a target. What has neither (a TLS record, a word) stands in http_uri as it was sent.
SELECT
  extract(request_plain, '^([A-Z][A-Z_-]{0,30}) +[^ ]') AS http_method,
  extract(request_plain, '^[A-Z][A-Z_-]{0,30} +.* HTTP/([0-9.]{1,5})$') AS http_version,
  if(http_method = '', request_plain, replaceRegexpOne(request_plain, '^[A-Z_-]+ +(.*?)(?: +HTTP/[0-9.]{1,5})?$', '\\1')) AS http_uri
FROM mapped;

-- A target that names a host itself (a proxy's, RFC 9112 §3.2.2, or the authority of CONNECT) goes before the Host header.
SELECT
  if(http_method IN ('', 'CONNECT'), '', replaceRegexpOne(http_uri, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*', '')) AS target,
  multiIf(http_method = 'CONNECT', http_uri, match(http_uri, '^[A-Za-z][A-Za-z0-9+.-]*://'),
    extract(http_uri, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#]*)'), '') AS target_authority
FROM mapped;

SELECT
  substring(target, 1, if(position(target, '?') = 0, length(target), position(target, '?') - 1)) AS http_path,
  if(position(target, '?') = 0, '', substring(target, position(target, '?') + 1)) AS http_query,
  trimRight(lower(extract(if(target_authority != '', target_authority, host_told), '^\\[?(.*?)\\]?(?::[0-9]*)?$')), '.') AS url_domain,
  if(startsWith(http_version, '3'), 'udp', 'tcp') AS network_transport
FROM mapped;
