-- What stands in the registry, by a hive (regf, with its transaction logs) or a .reg file: one line of our own readers for each
-- value, and for each key without values (src/ingest/registry-line.ts). The canonical key is made by src/registry, so it is
-- the text that an event of the same value has. The line of a certificate store has the certificate beside the value.
--
-- Time: a key has the time at which one of its values or subkeys was last set or deleted; a value has none, so it was set then
-- or before. Registry text has no time at all. Its rows, and those of a hive without any, have the time of reading; that
-- registry_key_written and registry_snapshot_time are NULL says so. No line of ours has read_at: it would be another line at
-- every reading.
--
-- Identity: the same value with the same data in a key of the same last change, on the same host, is the same fact, in
-- however many copies of the hive it stands. Where nobody says which machine or which user it belongs to, two could have it
-- (images are cloned): there `evidence`, the hive or the .reg file, is part of it.
SELECT
  ['registry', ifNull(record.registry_value, ''), lower(ifNull(host, '')), ifNull(evidence, ''), lower(key), ifNull(view, ''),
    ifNull(toString(control_set), ''), lower(ifNull(record.value, '')), ifNull(type, ''), ifNull(operation, ''),
    if(sha256 IS NULL, ifNull(data, ''), hex(sha256)), ifNull(toString(key_written), '')] AS identity,
  coalesce(key_written, hive_written, read_at, now64(6, 'UTC')) AS event_time,
  ifNull(host, '') AS host_name,
  ifNull(path, key) AS registry_path,
  key AS registry_key,
  ifNull(record.value, '') AS registry_value,
  ifNull(view, '') AS registry_view,
  control_set AS registry_control_set,
  control_set_current AS registry_control_set_current,
  ifNull(data, '') AS registry_data,
  ifNull(type, '') AS registry_data_type,
  bytes AS registry_data_bytes,
  ifNull(record.hex, '') AS registry_data_hex,
  sha256 AS registry_data_sha256,
  cut AS registry_data_cut,
  ifNull(operation, '') AS registry_operation,
  key_written AS registry_key_written,
  hive_written AS registry_snapshot_time,
  ifNull(hive, '') AS registry_hive,
  problems AS registry_problems,
  if("certificate/sha256" IS NULL, '', 'store') AS sighting,
  ifNull("certificate/store", '') AS certificate_store,
  "certificate/sha256" AS certificate_sha256,
  "certificate/sha1" AS certificate_sha1,
  "certificate/spki_sha256" AS certificate_spki_sha256,
  ifNull("certificate/subject", '') AS certificate_subject,
  ifNull("certificate/issuer", '') AS certificate_issuer,
  upper(ifNull("certificate/serial", '')) AS certificate_serial,
  "certificate/not_before" AS certificate_not_before,
  "certificate/not_after" AS certificate_not_after,
  "certificate/is_ca" AS certificate_is_ca,
  "certificate/self_issued" AS certificate_self_issued,
  ifNull("certificate/friendly_name", '') AS certificate_friendly_name,
  JSONExtract(ifNull("certificate/usages", '[]'), 'Array(String)') AS certificate_usages,
  if("certificate/sha256" IS NULL, NULL, "certificate/usages" IS NOT NULL) AS certificate_restricted,
  "certificate/has_key" AS certificate_has_key,
  CAST(JSONExtractKeysAndValues(ifNull("certificate/properties", '{}'), 'String'), 'Map(LowCardinality(String), String)')
    AS certificate_properties,
  ifNull("certificate/der", '') AS certificate_der,
  mapUpdate(record.extra, CAST(JSONExtractKeysAndValues(ifNull(other, '{}'), 'String'), 'Map(LowCardinality(String), String)')) AS extra
FROM record
