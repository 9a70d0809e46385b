-- A service of a host in the Censys platform, with its certificate under `cert` (the reference of the platform's host
-- data set: cert.fingerprint_sha256, cert.parsed, …; the answer to a look-up wraps the host in result.resource, that to
-- a search in result.hits[].host_v1.resource). A host has many services: each is a record of its own here, with what
-- stands around the list. The chain that the server sent is not read. Where a host is asked for by name the name is kept
-- as that of the server; that `name` is in the platform's answers is not verified.
SELECT
  ['censys', toString(ip), toString("services/port"), ifNull(name, ''), toString(event_time),
    lower(hex(ifNull(certificate_sha256, '')))] AS identity,
  assumeNotNull(coalesce("services/scan_time", "services/observed_at", last_updated_at)) AS event_time,
  'scan' AS sighting,
  ip AS destination_ip,
  replaceRegexpOne(IPv6NumToString(ip), '^::ffff:', '') AS destination_address,
  "services/port" AS destination_port,
  trimRight(lower(ifNull(name, '')), '.') AS tls_server_name,
  "services/jarm/fingerprint" AS tls_jarm,
  "services/cert/raw" AS der,
  if(der IS NULL, "services/cert/fingerprint_sha256", SHA256(assumeNotNull(der))) AS certificate_sha256,
  if(der IS NULL, "services/cert/fingerprint_sha1", SHA1(assumeNotNull(der))) AS certificate_sha1,
  if(der IS NULL, "services/cert/fingerprint_md5", MD5(assumeNotNull(der))) AS certificate_md5,
  coalesce("services/cert/spki_fingerprint_sha256", "services/cert/parsed/subject_key_info/fingerprint_sha256") AS certificate_spki_sha256,
  "services/cert/tbs_no_ct_fingerprint_sha256" AS certificate_tbs_no_ct_sha256,
  "services/cert/parsed/subject_dn" AS certificate_subject,
  "services/cert/parsed/issuer_dn" AS certificate_issuer,
  multiIf("services/cert/parsed/serial_number_hex" IS NOT NULL, upper("services/cert/parsed/serial_number_hex"),
    match("services/cert/parsed/serial_number", '^[0-9]{1,60}$'), hex(toUInt256OrZero(assumeNotNull("services/cert/parsed/serial_number"))),
    upper(ifNull("services/cert/parsed/serial_number", ''))) AS certificate_serial,
  "services/cert/parsed/validity_period/not_before" AS certificate_not_before,
  "services/cert/parsed/validity_period/not_after" AS certificate_not_after,
  arrayMap(name -> lower(name), "services/cert/names") AS certificate_names,
  "services/cert/parsed/subject_key_info/key_algorithm/name" AS certificate_key_algorithm,
  coalesce("services/cert/parsed/subject_key_info/rsa/length", "services/cert/parsed/subject_key_info/ecdsa/length") AS certificate_key_bits,
  "services/cert/parsed/signature/signature_algorithm/name" AS certificate_signature_algorithm,
  if(certificate_subject IS NULL OR certificate_issuer IS NULL, NULL,
    certificate_subject = certificate_issuer AND certificate_subject != '') AS certificate_self_issued,
  lower(ifNull("services/cert/parsed/extensions/subject_key_id", '')) AS certificate_subject_key_id,
  lower(ifNull("services/cert/parsed/extensions/authority_key_id", '')) AS certificate_authority_key_id,
  "services/cert/parsed/extensions/basic_constraints/is_ca" AS certificate_is_ca,
  "services/cert/precert" AS certificate_is_precertificate,
  "services/cert/parsed/ja4x" AS certificate_ja4x,
  ifNull(der, '') AS certificate_der
FROM record
