-- Suricata EVE, event type tls (etc/schema.json of Suricata 8; log fields of Suricata 2 to 8). ja3, ja3s, ja4, chain,
-- certificate, session_resumed and client are there only when switched on.
--
-- `fingerprint` is SHA-1 of the server's DER. SHA-256 is known only where the DER itself was logged, as `certificate` or
-- as the first of `chain`, in base64: it is computed from it. The chain as logged is then told by SHA-256.
-- client_handshake (Suricata 8) has no groups and no point formats: JA4 is computed from it, JA3 is not. Its version is the
-- highest that is offered, in words. Without it the string of ja3 tells version, ciphers, extensions, groups and formats, which
-- is not enough for JA4 where signature algorithms are offered. Both are without GREASE.
--
-- Suricata does not say whether the handshake came to its end. version UNDETERMINED is left as it is.
SELECT
  [ifNull(flow_id, ''), 'tls', toString(timestamp)] AS identity,
  timestamp AS event_time,
  flow_id AS connection_id,
  src_ip AS source_ip,
  replaceRegexpOne(IPv6NumToString(src_ip), '^::ffff:', '') AS source_address,
  src_port AS source_port,
  dest_ip AS destination_ip,
  replaceRegexpOne(IPv6NumToString(dest_ip), '^::ffff:', '') AS destination_address,
  dest_port AS destination_port,
  lower(proto) AS network_transport,
  "tls/version" AS tls_version,
  trimRight(lower(ifNull("tls/sni", '')), '.') AS tls_server_name,
  "tls/server_alpns"[1] AS tls_next_protocol,
  "tls/session_resumed" AS tls_resumed,
  '' AS client_hello,
  splitByChar(',', JSONExtractString(ifNull("tls/ja3", '{}'), 'string')) AS ja3_split,
  arrayMap(part -> if(part = '', CAST([], 'Array(String)'), splitByChar('-', part)),
    if(length(ja3_split) = 5 AND empty("tls/client_handshake/ciphers"), ja3_split, ['', '', '', '', ''])) AS ja3_parts,
  arrayMap(list -> if(arrayAll(text -> toUInt16OrNull(text) IS NOT NULL, list), arrayMap(text -> toUInt16OrZero(text), list), []),
    [ja3_parts[1], arrayConcat(ja3_parts[2], "tls/client_handshake/ciphers"), arrayConcat(ja3_parts[3], "tls/client_handshake/exts"),
      ja3_parts[4], ja3_parts[5], "tls/client_handshake/sig_algs"]) AS told_lists,
  toUInt16(transform(ifNull("tls/client_handshake/version", ''),
    ['TLS 1.3', 'TLS 1.2', 'TLS 1.1', 'TLSv1', 'TLS 1.0', 'SSLv3', 'SSLv2'], [772, 771, 770, 769, 769, 768, 2], 0)) AS offered_version,
  told_lists[2] AS told_ciphers,
  told_lists[3] AS told_extensions,
  multiIf(notEmpty(told_lists[1]), told_lists[1][1], offered_version = 0 OR has(told_extensions, 43), NULL, offered_version)
    AS told_version,
  if(offered_version != 0 AND has(told_extensions, 43), [offered_version], []) AS told_supported_versions,
  told_lists[4] AS told_curves,
  told_lists[5] AS told_point_formats,
  told_lists[6] AS told_signature_algorithms,
  "tls/client_alpns" AS told_alpn,
  JSONExtractString(ifNull("tls/ja3", '{}'), 'hash') AS told_ja3,
  JSONExtractString(ifNull("tls/ja3s", '{}'), 'hash') AS tls_ja3s,
  ifNull("tls/ja4", '') AS told_ja4,
  if(empty("tls/chain"), [ifNull("tls/certificate", '')], "tls/chain") AS logged,
  arrayFilter(der -> der != '', arrayMap(text -> tryBase64Decode(text), logged)) AS ders,
  if(empty(ders), NULL, SHA256(ders[1])) AS server_certificate_sha256,
  "tls/fingerprint" AS server_certificate_sha1,
  multiIf(notEmpty(ders), arrayMap(der -> lower(hex(SHA256(der))), ders), "tls/fingerprint" IS NULL, [],
    [lower(hex(assumeNotNull("tls/fingerprint")))]) AS server_certificate_chain,
  "tls/subject" AS server_certificate_subject,
  arrayMap(name -> lower(name), "tls/subjectaltname") AS server_certificate_names,
  "tls/issuerdn" AS server_certificate_issuer,
  "tls/serial" AS server_certificate_serial,
  "tls/notbefore" AS server_certificate_not_before,
  "tls/notafter" AS server_certificate_not_after,
  tryBase64Decode(JSONExtractString(ifNull("tls/client", '{}'), 'certificate')) AS client_der,
  if(client_der = '', NULL, SHA256(client_der)) AS client_certificate_sha256,
  JSONExtractString(ifNull("tls/client", '{}'), 'subject') AS client_certificate_subject
FROM record
