-- Messages of a certstream server, saved as they came (README of CaliDog/certstream-python and certstream-server; the
-- servers in Go and Rust write the same and add issuer, sha1 and sha256 to leaf_cert). `fingerprint` is SHA-1 with colons,
-- `seen` the time by the server's clock, `source` the log and `cert_index` the entry in it. `/latest.json` wraps messages
-- in a list. as_der, base64, is there in the full stream alone: then the hashes are over it.
--
-- A PrecertLogEntry is a precertificate. Older servers name the issuer only as the subject of the first certificate of
-- `chain`; the chain itself is not read. all_domains has subjectAltName and the common name.
SELECT
  ['certstream', coalesce("data/source/url", "data/source/name", ''), toString(ifNull("data/cert_index", 0)),
    lower(hex(ifNull(certificate_sha1, '')))] AS identity,
  "data/seen" AS event_time,
  'ct' AS sighting,
  coalesce("data/source/url", "data/source/name") AS ct_log,
  "data/cert_index" AS ct_entry_index,
  "data/leaf_cert/as_der" AS der,
  if(der IS NULL, "data/leaf_cert/sha256", SHA256(assumeNotNull(der))) AS certificate_sha256,
  if(der IS NULL, coalesce("data/leaf_cert/sha1", "data/leaf_cert/fingerprint"), SHA1(assumeNotNull(der))) AS certificate_sha1,
  if(der IS NULL, NULL, MD5(assumeNotNull(der))) AS certificate_md5,
  "data/leaf_cert/subject/aggregated" AS certificate_subject,
  coalesce("data/leaf_cert/issuer/aggregated",
    nullIf(JSONExtractString(ifNull("data/chain", '[]'), 1, 'subject', 'aggregated'), '')) AS certificate_issuer,
  upper(replaceAll(ifNull("data/leaf_cert/serial_number", ''), ':', '')) AS certificate_serial,
  "data/leaf_cert/not_before" AS certificate_not_before,
  "data/leaf_cert/not_after" AS certificate_not_after,
  arrayMap(name -> lower(name), "data/leaf_cert/all_domains") AS certificate_names,
  "data/leaf_cert/signature_algorithm" AS certificate_signature_algorithm,
  if(certificate_subject IS NULL OR certificate_issuer IS NULL, NULL,
    certificate_subject = certificate_issuer AND certificate_subject != '') AS certificate_self_issued,
  lower(replaceAll(ifNull("data/leaf_cert/extensions/subjectKeyIdentifier", ''), ':', '')) AS certificate_subject_key_id,
  replaceRegexpAll(replaceRegexpOne(lower(splitByChar('\n', ifNull("data/leaf_cert/extensions/authorityKeyIdentifier", ''))[1]),
    '^keyid:', ''), '[^0-9a-f]', '') AS certificate_authority_key_id,
  startsWith("data/leaf_cert/extensions/basicConstraints", 'CA:TRUE') AS certificate_is_ca,
  "data/update_type" = 'PrecertLogEntry' AS certificate_is_precertificate,
  ifNull(der, '') AS certificate_der
FROM record
