-- Rows of osquery's table certificates on Windows, as its logger writes results one event a line (osquery's documentation,
-- "Logging", and specs/certificates.table; no file of it was seen).
--
-- unixTime is when the result was logged. `removed` says that the query no more has the certificate: it is a sighting all
-- the same, and action is in extra. The table tells no bytes, so nothing is verified. subject2 and issuer2 are the names with
-- their commas escaped; the older columns stand in where they are not. Which host it is, is in extra.
SELECT
  ['osquery', lower(hostIdentifier), lower(hex("columns/sha1")), lower("columns/store_location"), lower("columns/store"),
    ifNull("columns/sid", ''), action, toString(unixTime)] AS identity,
  unixTime AS event_time,
  'store' AS sighting,
  arrayStringConcat(arrayFilter(part -> part != '', ["columns/store_location", ifNull("columns/sid", ''), "columns/store"]), '\\') AS certificate_store,
  "columns/sha1" AS certificate_sha1,
  if(ifNull("columns/subject2", '') != '', ifNull("columns/subject2", ''), ifNull("columns/subject", '')) AS certificate_subject,
  if(ifNull("columns/issuer2", '') != '', ifNull("columns/issuer2", ''), ifNull("columns/issuer", '')) AS certificate_issuer,
  upper(ifNull("columns/serial", '')) AS certificate_serial,
  "columns/not_valid_before" AS certificate_not_before,
  "columns/not_valid_after" AS certificate_not_after,
  "columns/ca" AS certificate_is_ca,
  "columns/self_signed" AS certificate_self_issued,
  mapUpdate(record.extra, CAST([('hostIdentifier', hostIdentifier), ('action', action)], 'Map(LowCardinality(String), String)')) AS extra
FROM record
