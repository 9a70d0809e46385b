-- What crt.sh answers to `output=json`: a list with one object for each entry it found (as clients of it declare it:
-- pektin-dns/pektin-js-client, src/foreign-apis/crt/types.ts; min_cert_id and min_entry_timestamp are the older names,
-- famasoon/crtsh, ctlog.go). crt.sh itself gives no CSV of this that we know of; the CSV read here is what people make
-- of the answer with jq or psql, under the same names.
--
-- It tells no hash and no log. A precertificate and its certificate are two entries with one serial number, and nothing
-- here says which is which. name_value holds the names that matched, one on a line, from subjectAltName and subject;
-- common_name is put to them. The time is the log's when the entry was made; where crt.sh has none, the start of
-- validity. issuer_ca_id and result_count stay in extra.
SELECT
  ['crtsh', toString(assumeNotNull(coalesce(id, min_cert_id)))] AS identity,
  assumeNotNull(coalesce(entry_timestamp, min_entry_timestamp, not_before)) AS event_time,
  'ct' AS sighting,
  issuer_name AS certificate_issuer,
  upper(replaceAll(ifNull(serial_number, ''), ':', '')) AS certificate_serial,
  not_before AS certificate_not_before,
  not_after AS certificate_not_after,
  arrayDistinct(arrayFilter(name -> name != '', arrayMap(name -> lower(trimBoth(name)),
    arrayPushBack(splitByChar('\n', name_value), ifNull(common_name, ''))))) AS certificate_names
FROM record
