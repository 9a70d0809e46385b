-- One line of ZGrab2 (zmap/zgrab2, README and zgrab2_schemas): data.<module>.result. The server's own certificate stands
-- in handshake_log.server_certificates.certificate, `raw` in base64 and `parsed` as zcrypto reads it. The TLS log is
-- the result itself for the module tls; for http it is that of the request which was answered at last, for smtp, imap,
-- pop3 and ftp that of STARTTLS (result.tls): these paths are known from the schemas and from published results for tls;
-- for the mail modules and ftp they were not seen in a result.
--
-- Where `raw` is there the hashes are over it; `parsed` is read for the module tls alone. The chain is not read. A module
-- that is not named here, and one that met no certificate, is left to zgrab2-other. Of one line with several modules the
-- first of tls, http, smtp, imap, pop3, ftp that has a certificate is taken: ZGrab2 writes such lines only with `multiple`.
-- `port` is written from 2024 on.
SELECT
  ['zgrab2', ifNull(toString(ip), ''), ifNull(domain, ''), toString(ifNull(destination_port, 0)), toString(event_time),
    lower(hex(ifNull(certificate_sha256, '')))] AS identity,
  assumeNotNull(coalesce("data/tls/timestamp", "data/http/timestamp", "data/smtp/timestamp", "data/imap/timestamp", "data/pop3/timestamp", "data/ftp/timestamp")) AS event_time,
  'scan' AS sighting,
  ip AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(ip), '^::ffff:', ''), '') AS destination_address,
  coalesce("data/tls/port", "data/http/port", "data/smtp/port", "data/imap/port", "data/pop3/port", "data/ftp/port") AS destination_port,
  trimRight(lower(ifNull(domain, '')), '.') AS tls_server_name,
  coalesce("data/tls/result/handshake_log/server_certificates/certificate/raw",
    "data/http/result/response/request/tls_log/handshake_log/server_certificates/certificate/raw",
    "data/smtp/result/tls/handshake_log/server_certificates/certificate/raw",
    "data/imap/result/tls/handshake_log/server_certificates/certificate/raw",
    "data/pop3/result/tls/handshake_log/server_certificates/certificate/raw",
    "data/ftp/result/tls/handshake_log/server_certificates/certificate/raw") AS der,
  if(der IS NULL, "data/tls/result/handshake_log/server_certificates/certificate/parsed/fingerprint_sha256", SHA256(assumeNotNull(der))) AS certificate_sha256,
  if(der IS NULL, "data/tls/result/handshake_log/server_certificates/certificate/parsed/fingerprint_sha1", SHA1(assumeNotNull(der))) AS certificate_sha1,
  if(der IS NULL, "data/tls/result/handshake_log/server_certificates/certificate/parsed/fingerprint_md5", MD5(assumeNotNull(der))) AS certificate_md5,
  "data/tls/result/handshake_log/server_certificates/certificate/parsed/subject_key_info/fingerprint_sha256" AS certificate_spki_sha256,
  "data/tls/result/handshake_log/server_certificates/certificate/parsed/tbs_noct_fingerprint" AS certificate_tbs_no_ct_sha256,
  "data/tls/result/handshake_log/server_certificates/certificate/parsed/subject_dn" AS certificate_subject,
  "data/tls/result/handshake_log/server_certificates/certificate/parsed/issuer_dn" AS certificate_issuer,
  if(match("data/tls/result/handshake_log/server_certificates/certificate/parsed/serial_number", '^[0-9]{1,60}$'), hex(toUInt256OrZero(assumeNotNull("data/tls/result/handshake_log/server_certificates/certificate/parsed/serial_number"))), '') AS certificate_serial,
  "data/tls/result/handshake_log/server_certificates/certificate/parsed/validity/start" AS certificate_not_before,
  "data/tls/result/handshake_log/server_certificates/certificate/parsed/validity/end" AS certificate_not_after,
  arrayMap(name -> lower(name), "data/tls/result/handshake_log/server_certificates/certificate/parsed/names") AS certificate_names,
  "data/tls/result/handshake_log/server_certificates/certificate/parsed/subject_key_info/key_algorithm/name" AS certificate_key_algorithm,
  "data/tls/result/handshake_log/server_certificates/certificate/parsed/signature_algorithm/name" AS certificate_signature_algorithm,
  if(certificate_subject IS NULL OR certificate_issuer IS NULL, NULL,
    certificate_subject = certificate_issuer AND certificate_subject != '') AS certificate_self_issued,
  ifNull(der, '') AS certificate_der
FROM record
