-- Zeek ssl.log (scripts/base/protocols/ssl/main.zeek). cert_chain_fps came with Zeek 5 and holds SHA-256 unless
-- X509::hash_function says otherwise (40 digits are taken as SHA-1); logs from 2.2 on name the chain by file ids, which
-- x509.log has as `id`; Zeek 2.0 and 2.1 have issuer_subject and the validity here. From Zeek 5 on subject, issuer and
-- validation_status are there only when policy scripts are loaded; ja3, ja4 and ja4s come from packages. ocsp_status is kept in
-- extra.
--
-- What the client offers is there when policy/protocols/ssl/ssl-log-ext is loaded: then JA3 and JA4 are computed where no
-- package gives them. Before sigalgs and hashalgs were added to that script, JA4 cannot be computed. A list with
-- a number beyond 16 bits, as a cipher of SSL 2 has, is left out whole: half of it would give a fingerprint that no client has.
--
-- The log does not name the transport. DTLS is over UDP and TLS up to 1.2 over TCP; TLS 1.3 may be QUIC and stays open.
SELECT
  [uid, 'ssl', toString(ts)] AS identity,
  ts AS event_time,
  uid AS connection_id,
  "id.orig_h" AS source_ip,
  replaceRegexpOne(IPv6NumToString("id.orig_h"), '^::ffff:', '') AS source_address,
  "id.orig_p" AS source_port,
  "id.resp_h" AS destination_ip,
  replaceRegexpOne(IPv6NumToString("id.resp_h"), '^::ffff:', '') AS destination_address,
  "id.resp_p" AS destination_port,
  multiIf(startsWith(ifNull(version, ''), 'DTLS'), 'udp', match(ifNull(version, ''), '^(SSLv[23]|TLSv1[012])$'), 'tcp', ''
  ) AS network_transport,
  version AS tls_version,
  cipher AS tls_cipher,
  curve AS tls_curve,
  trimRight(lower(ifNull(server_name, '')), '.') AS tls_server_name,
  next_protocol AS tls_next_protocol,
  resumed AS tls_resumed,
  established AS tls_established,
  last_alert AS tls_last_alert,
  validation_status AS tls_validation_status,
  ssl_history AS tls_history,
  '' AS client_hello,
  client_version AS told_version,
  if(arrayAll(text -> toUInt16OrNull(text) IS NOT NULL, client_supported_versions), arrayMap(text -> toUInt16OrZero(text), client_supported_versions), []) AS told_supported_versions,
  if(arrayAll(text -> toUInt16OrNull(text) IS NOT NULL, client_ciphers), arrayMap(text -> toUInt16OrZero(text), client_ciphers), []) AS told_ciphers,
  if(arrayAll(text -> toUInt16OrNull(text) IS NOT NULL, ssl_client_exts), arrayMap(text -> toUInt16OrZero(text), ssl_client_exts), []) AS told_extensions,
  if(arrayAll(text -> toUInt16OrNull(text) IS NOT NULL, client_curves), arrayMap(text -> toUInt16OrZero(text), client_curves), []) AS told_curves,
  if(arrayAll(text -> toUInt16OrNull(text) IS NOT NULL, point_formats), arrayMap(text -> toUInt16OrZero(text), point_formats), []) AS told_point_formats,
  if(length(sigalgs) != length(hashalgs), [], arrayMap((signature, hash) -> toUInt16(toUInt8OrZero(hash) * 256 + toUInt8OrZero(signature)),
    sigalgs, hashalgs)) AS told_signature_algorithms,
  orig_alpn AS told_alpn,
  ifNull(ja3, '') AS told_ja3,
  ja3s AS tls_ja3s,
  ifNull(ja4, '') AS told_ja4,
  ja4s AS tls_ja4s,
  sni_matches_cert AS tls_sni_matches_certificate,
  lower(cert_chain_fps[1]) AS server_digits,
  if(match(server_digits, '^[0-9a-f]{64}$'), toFixedString(substring(unhex(server_digits), 1, 32), 32), NULL)
    AS server_certificate_sha256,
  if(match(server_digits, '^[0-9a-f]{40}$'), toFixedString(substring(unhex(server_digits), 1, 20), 20), NULL)
    AS server_certificate_sha1,
  cert_chain_fuids[1] AS server_certificate_file_id,
  arrayConcat(cert_chain_fps, cert_chain_fuids) AS server_certificate_chain,
  subject AS server_certificate_subject,
  coalesce(issuer, issuer_subject, '') AS server_certificate_issuer,
  not_valid_before AS server_certificate_not_before,
  not_valid_after AS server_certificate_not_after,
  lower(client_cert_chain_fps[1]) AS client_digits,
  if(match(client_digits, '^[0-9a-f]{64}$'), toFixedString(substring(unhex(client_digits), 1, 32), 32), NULL)
    AS client_certificate_sha256,
  client_subject AS client_certificate_subject
FROM record
