-- A certificate of the Censys data set, as the certificate view and the search for certificates give it (fields of the
-- type CertificateV2 of the search API, and "Certificates Dataset" of the documentation of Censys; the answers of
-- search v2 and of the platform wrap it in result, resource and hits). What the answer to one's own query leaves out is
-- empty here.
--
-- `raw` is DER in base64: where it is there, the hashes are over it. serial_number is decimal in some answers and
-- hexadecimal in others; serial_number_hex is taken where it is. The time is when Censys got to know the certificate;
-- where that is left out, when it looked at it last, and at the worst the start of validity. It is a CT log or a scan
-- that it came from: ct is said, since Censys takes all logs.
SELECT
  ['censys', lower(hex(ifNull(certificate_sha256, '')))] AS identity,
  assumeNotNull(coalesce(added_at, validated_at, modified_at, "parsed/validity_period/not_before")) AS event_time,
  'ct' AS sighting,
  raw AS der,
  if(der IS NULL, fingerprint_sha256, SHA256(assumeNotNull(der))) AS certificate_sha256,
  if(der IS NULL, fingerprint_sha1, SHA1(assumeNotNull(der))) AS certificate_sha1,
  if(der IS NULL, fingerprint_md5, MD5(assumeNotNull(der))) AS certificate_md5,
  coalesce(spki_fingerprint_sha256, "parsed/subject_key_info/fingerprint_sha256") AS certificate_spki_sha256,
  tbs_no_ct_fingerprint_sha256 AS certificate_tbs_no_ct_sha256,
  "parsed/subject_dn" AS certificate_subject,
  "parsed/issuer_dn" AS certificate_issuer,
  multiIf("parsed/serial_number_hex" IS NOT NULL, upper("parsed/serial_number_hex"),
    match("parsed/serial_number", '^[0-9]{1,60}$'), hex(toUInt256OrZero(assumeNotNull("parsed/serial_number"))),
    upper(ifNull("parsed/serial_number", ''))) AS certificate_serial,
  "parsed/validity_period/not_before" AS certificate_not_before,
  "parsed/validity_period/not_after" AS certificate_not_after,
  arrayMap(name -> lower(name), names) AS certificate_names,
  "parsed/subject_key_info/key_algorithm/name" AS certificate_key_algorithm,
  coalesce("parsed/subject_key_info/rsa/length", "parsed/subject_key_info/ecdsa/length") AS certificate_key_bits,
  "parsed/signature/signature_algorithm/name" AS certificate_signature_algorithm,
  if(certificate_subject IS NULL OR certificate_issuer IS NULL, NULL,
    certificate_subject = certificate_issuer AND certificate_subject != '') AS certificate_self_issued,
  lower(ifNull("parsed/extensions/subject_key_id", '')) AS certificate_subject_key_id,
  lower(ifNull("parsed/extensions/authority_key_id", '')) AS certificate_authority_key_id,
  "parsed/extensions/basic_constraints/is_ca" AS certificate_is_ca,
  precert AS certificate_is_precertificate,
  "parsed/ja4x" AS certificate_ja4x,
  ifNull(der, '') AS certificate_der
FROM record
