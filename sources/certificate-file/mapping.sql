-- Certificates that were given to Counterseal as files. Its own reader (ingest) writes one line for each, with what it
-- read out of the DER: every hash is over that DER, but spki_sha256 over SubjectPublicKeyInfo and tbs_no_ct_sha256 over
-- tbsCertificate. The DER itself goes into the table certificate and is not kept a second time.
--
-- The time is when the file was read: a file does not say when the certificate was met. The same certificate in two
-- files is one certificate, so the identity is its SHA-256.
SELECT
  ['certificate', lower(hex(sha256))] AS identity,
  read_at AS event_time,
  'file' AS sighting,
  sha256 AS certificate_sha256,
  sha1 AS certificate_sha1,
  if(match(ifNull(md5, ''), '^[0-9a-f]{32}$'), toFixedString(substring(unhex(ifNull(md5, '')), 1, 16), 16), NULL) AS certificate_md5,
  spki_sha256 AS certificate_spki_sha256,
  tbs_no_ct_sha256 AS certificate_tbs_no_ct_sha256,
  subject AS certificate_subject,
  issuer AS certificate_issuer,
  upper(ifNull(serial, '')) AS certificate_serial,
  not_before AS certificate_not_before,
  not_after AS certificate_not_after,
  arrayMap(name -> lower(name), names) AS certificate_names,
  key_algorithm AS certificate_key_algorithm,
  key_bits AS certificate_key_bits,
  signature_algorithm AS certificate_signature_algorithm,
  self_issued AS certificate_self_issued,
  subject_key_id AS certificate_subject_key_id,
  authority_key_id AS certificate_authority_key_id,
  is_ca AS certificate_is_ca,
  is_precertificate AS certificate_is_precertificate
FROM record
