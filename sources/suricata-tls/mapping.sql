-- Suricata EVE, event type tls (etc/schema.json of Suricata 8; log fields of Suricata 2 to 8). ja3, ja3s, ja4, chain,
-- certificate, session_resumed and client are there only when switched on.
--
-- `fingerprint` is SHA-1 of the server's DER. SHA-256 is known only where the DER itself was logged, as `certificate` or
-- as the first of `chain`, in base64: it is computed from it. The chain as logged is then told by SHA-256.
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
  JSONExtractString(ifNull("tls/ja3", '{}'), 'hash') AS tls_ja3,
  JSONExtractString(ifNull("tls/ja3s", '{}'), 'hash') AS tls_ja3s,
  "tls/ja4" AS tls_ja4,
  if(empty("tls/chain"), [ifNull("tls/certificate", '')], "tls/chain") AS logged,
  arrayFilter(der -> der != '', arrayMap(text -> tryBase64Decode(text), logged)) AS ders,
  if(empty(ders), NULL, SHA256(ders[1])) AS server_certificate_sha256,
  "tls/fingerprint" AS server_certificate_sha1,
  multiIf(notEmpty(ders), arrayMap(der -> lower(hex(SHA256(der))), ders), "tls/fingerprint" IS NULL, [],
    [lower(hex(assumeNotNull("tls/fingerprint")))]) AS server_certificate_chain,
  "tls/subject" AS server_certificate_subject,
  "tls/issuerdn" AS server_certificate_issuer,
  "tls/serial" AS server_certificate_serial,
  "tls/notbefore" AS server_certificate_not_before,
  "tls/notafter" AS server_certificate_not_after,
  tryBase64Decode(JSONExtractString(ifNull("tls/client", '{}'), 'certificate')) AS client_der,
  if(client_der = '', NULL, SHA256(client_der)) AS client_certificate_sha256,
  JSONExtractString(ifNull("tls/client", '{}'), 'subject') AS client_certificate_subject
FROM record
