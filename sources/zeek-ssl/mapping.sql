-- Zeek ssl.log (scripts/base/protocols/ssl/main.zeek). cert_chain_fps came with Zeek 5 and holds SHA-256 unless
-- X509::hash_function says otherwise (40 digits are taken as SHA-1); logs from 2.2 on name the chain by file ids, which
-- x509.log has as `id`; Zeek 2.0 and 2.1 have issuer_subject and the validity here. From Zeek 5 on subject, issuer and
-- validation_status are there only when policy scripts are loaded; ja3 and ja4 come from packages. ssl_history,
-- sni_matches_cert, ocsp_status and what ssl-log-ext adds are kept in extra.
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
  ja3 AS tls_ja3,
  ja3s AS tls_ja3s,
  ja4 AS tls_ja4,
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
