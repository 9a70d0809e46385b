-- Windows events as Winlogbeat wrote them up to 6.8, before the Elastic Common Schema: event_data and the system fields
-- at the top (Winlogbeat reference 6.8, "Exported fields"; seen in OTRF Security-Datasets of 2019, versions 6.5 and 6.7).
--
-- Assumed of time: @timestamp is the event's own, UTC.
SELECT
  CAST(arrayMap(pair -> (replaceAll(pair.1, ' ', ''), pair.2), arrayConcat(
    JSONExtractKeysAndValues(ifNull(event_data, '{}'), 'String'),
    JSONExtractKeysAndValues(ifNull(user_data, '{}'), 'String'))), 'Map(LowCardinality(String), String)') AS fields,
  fields AS data,
  log_name AS log,
  ifNull(computer_name, '') AS host,
  ifNull(record.message, '') AS text,
  if(substring(fields['UtcTime'], 5, 1) = '-', parseDateTime64BestEffortOrNull(fields['UtcTime'], 6, 'UTC'), NULL) AS utc_time,
  "@timestamp" AS system_time,
  record.event_id AS event_id,
  source_name AS provider_name,
  record_number AS record_id
FROM record
