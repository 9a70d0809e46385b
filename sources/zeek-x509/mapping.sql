-- Zeek x509.log (scripts/base/files/x509/main.zeek). From Zeek 5 on a certificate is named by `fingerprint`, SHA-256 of
-- its DER unless X509::hash_function says otherwise (40 digits are taken as SHA-1), and logged once a day; before, by
-- the file id `id`, once for every time it was seen. The other columns are the same since Zeek 2.2.
--
-- The serial is upper-case hexadecimal. Times have whole seconds. key_type is rsa, dsa or ecdsa; key_alg names the OID.
SELECT
  [coalesce(fingerprint, id, ''), 'x509', toString(ts), "certificate.serial"] AS identity,
  ts AS event_time,
  'tls' AS sighting,
  id AS file_id,
  lower(ifNull(fingerprint, '')) AS digits,
  if(match(digits, '^[0-9a-f]{64}$'), toFixedString(substring(unhex(digits), 1, 32), 32), NULL) AS certificate_sha256,
  if(match(digits, '^[0-9a-f]{40}$'), toFixedString(substring(unhex(digits), 1, 20), 20), NULL) AS certificate_sha1,
  "certificate.subject" AS certificate_subject,
  "certificate.issuer" AS certificate_issuer,
  upper("certificate.serial") AS certificate_serial,
  "certificate.not_valid_before" AS certificate_not_before,
  "certificate.not_valid_after" AS certificate_not_after,
  arrayMap(name -> lower(name), arrayConcat("san.dns", "san.uri", "san.email", "san.ip")) AS certificate_names,
  arrayStringConcat(arrayFilter(part -> part != '', [coalesce("certificate.key_type", "certificate.key_alg", ''),
    ifNull("certificate.curve", '')]), ' ') AS certificate_key_algorithm,
  "certificate.key_length" AS certificate_key_bits,
  "certificate.sig_alg" AS certificate_signature_algorithm,
  if("certificate.subject" IS NULL OR "certificate.issuer" IS NULL, NULL,
    "certificate.subject" = "certificate.issuer" AND "certificate.subject" != '') AS certificate_self_issued,
  "basic_constraints.ca" AS certificate_is_ca
FROM record
