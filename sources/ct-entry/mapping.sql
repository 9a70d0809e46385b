-- Entries of logs of Certificate Transparency (RFC 6962; C2SP static-ct-api), as `counterseal ct` reads them: one line for each entry,
-- with what our reader made of its DER. The DER itself goes into the table certificate and is not kept a second time.
--
-- The time is the log's promise, by the log's clock. An entry is one entry of one log, so that the same certificate in two logs is two
-- sightings; one that was not verified, and later was, is two as well. A precertificate is what was logged, and is no certificate that anybody can use: it shares its tbs_no_ct_sha256 with the
-- one that was issued. `verified` tells that the entry was shown to be in the tree that the log signed; without it the log, or
-- whoever gave the file, may have made it up. A certificate that cannot be read has hashes alone.
SELECT
  ['ct', lower(hex(ct_log_id)), toString(ct_entry_index), toString(verified)] AS identity,
  logged_at AS event_time,
  'ct' AS sighting,
  record.ct_log AS ct_log,
  record.ct_entry_index AS ct_entry_index,
  verified AS ct_verified,
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
  is_precertificate AS certificate_is_precertificate,
  mapUpdate(record.extra, CAST(mapFilter((name, told) -> told != '', map('log_id', lower(hex(ct_log_id)), 'chain', arrayStringConcat(chain, ' '), 'watched', ifNull(watched, ''))), 'Map(LowCardinality(String), String)')) AS extra
FROM record
