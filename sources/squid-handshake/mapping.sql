-- The ClientHellos that Squid was told to look at (`ssl_bump peek` or `stare`), written by two lines of squid.conf beside the usual log:
--
--   logformat counterseal_tls %ts.%03tu tls %>a %>p %<a %<p %ssl::>sni %ssl::bump_mode %>handshake
--   access_log daemon:/var/log/squid/tls.log counterseal_tls
--
-- %>handshake (src/cf.data.pre, logformat; since Squid 4) is in base64 all that the client sent up to the end of its ClientHello, so JA3 and
-- JA4 are computed from the bytes themselves. A dash stands for nothing: a line with neither name nor ClientHello is of a
-- request without TLS. %<a is where the proxy went, which may not have happened yet. `mode` is what Squid did: peek, splice, bump, terminate.
SELECT
  ['squid', 'tls', toString(time), toString(client), ifNull(toString(client_port), ''), ifNull(sni, ''), hex(sipHash64(ifNull(hello, '')))] AS identity,
  time AS event_time,
  client AS source_ip,
  replaceRegexpOne(IPv6NumToString(client), '^::ffff:', '') AS source_address,
  client_port AS source_port,
  server AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(server), '^::ffff:', ''), '') AS destination_address,
  server_port AS destination_port,
  'tcp' AS network_transport,
  'outbound' AS network_direction,
  trimRight(lower(ifNull(sni, '')), '.') AS tls_server_name,
  mapUpdate(record.extra, CAST(map('ssl_bump', ifNull(mode, '')), 'Map(LowCardinality(String), String)')) AS extra,
  tryBase64Decode(substring(ifNull(hello, ''), 1, 131072)) AS client_hello,
  CAST(NULL, 'Nullable(UInt16)') AS told_version,
  CAST([], 'Array(UInt16)') AS told_supported_versions,
  CAST([], 'Array(UInt16)') AS told_ciphers,
  CAST([], 'Array(UInt16)') AS told_extensions,
  CAST([], 'Array(UInt16)') AS told_curves,
  CAST([], 'Array(UInt16)') AS told_point_formats,
  CAST([], 'Array(UInt16)') AS told_signature_algorithms,
  CAST([], 'Array(String)') AS told_alpn,
  '' AS told_ja3,
  '' AS told_ja4
FROM record
