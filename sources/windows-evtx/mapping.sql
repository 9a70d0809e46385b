-- Windows events out of event logs (EVTX) and out of XML, told as one line each by our own readers (src/ingest/event-line.ts;
-- the fields are those of docs/evtx.md): `data` is EventData or UserData by its names without spaces.
--
-- A name that stands more than once is in the columns with its first value, and in `fields` as a JSON array of all of them.
-- What else System says is in extra: version, level, task, opcode, keywords, process_id and thread_id of who logged it,
-- activity_id, user_sid. So is `recovered`, for a record that the log does not answer for, and `problems`, for one that
-- could not be read whole.
--
-- Assumed of time: TimeCreated is the event's own, UTC. Where it is not there, or no time, the time at which the record was
-- written stands for it.
SELECT
  CAST(JSONExtractKeysAndValues(ifNull(record.data, '{}'), 'String'), 'Map(LowCardinality(String), String)') AS data,
  if(repeated IS NULL, data, mapUpdate(data, CAST(JSONExtractKeysAndValues(ifNull(repeated, '{}'), 'String'),
    'Map(LowCardinality(String), String)'))) AS fields,
  mapUpdate(record.extra, CAST(JSONExtractKeysAndValues(ifNull(other, '{}'), 'String'),
    'Map(LowCardinality(String), String)')) AS extra,
  ifNull(record.channel, '') AS log,
  ifNull(computer, '') AS host,
  ifNull(record.message, '') AS text,
  if(substring(data['UtcTime'], 5, 1) = '-', parseDateTime64BestEffortOrNull(data['UtcTime'], 6, 'UTC'), NULL) AS utc_time,
  assumeNotNull(coalesce(time_created, written)) AS system_time,
  record.event_id AS event_id,
  ifNull(record.provider_name, '') AS provider_name,
  event_record_id AS record_id
FROM record
