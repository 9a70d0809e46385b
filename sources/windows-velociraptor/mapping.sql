-- Windows events as Velociraptor's parse_evtx() gives them, in the results of Windows.EventLogs.Evtx, of monitoring
-- artifacts and of its Sigma models, and as dumpevtx of the same library prints them (Velociraptor's artifact definitions
-- and test cases, the documentation of its Sigma models; seen there with events of 2019 to 2025). JSON lines and JSON.
--
-- It tells GUIDs without braces and hexadecimal numbers as decimal ones. In data of the names …Guid and …LogonId that is
-- undone, so that the same process and the same logon bear one name whoever collected them; all else is as it was told.
-- What is below an element of UserData counts as the data. OSPath, ClientId and all else is kept in extra.
--
-- Assumed of time: SystemTime is the event's own, UTC, in seconds; the last digits of its fraction are rounded.
SELECT
  arrayConcat(
    JSONExtractKeysAndValues(ifNull(EventData, '{}'), 'String'),
    arrayFlatten(arrayMap(
      pair -> if(startsWith(pair.2, '{') AND isValidJSON(pair.2), JSONExtractKeysAndValues(pair.2, 'String'), [pair]),
      JSONExtractKeysAndValues(ifNull(UserData, '{}'), 'String')))) AS pairs,
  CAST(arrayMap(pair -> (replaceAll(pair.1, ' ', ''), multiIf(
      match(pair.1, '(?i)Guid$') AND match(pair.2, '^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$'), concat('{', pair.2, '}'),
      match(pair.1, '(?i)LogonId$') AND match(pair.2, '^[0-9]{1,19}$'),
        concat('0x', replaceRegexpOne(lower(hex(toUInt64OrZero(pair.2))), '^0', '')),
      pair.2)),
    arrayFilter(pair -> NOT startsWith(pair.1, 'xmlns'), pairs)), 'Map(LowCardinality(String), String)') AS data,
  data AS fields,
  if(JSONHas(line, 'System', 'Provider', 'Guid'),
    mapUpdate(record.extra, map('System/Provider/Guid', JSONExtractString(line, 'System', 'Provider', 'Guid'))), record.extra) AS extra,
  "System/Channel" AS log,
  ifNull("System/Computer", '') AS host,
  ifNull(record.Message, '') AS text,
  if(substring(data['UtcTime'], 5, 1) = '-', parseDateTime64BestEffortOrNull(data['UtcTime'], 6, 'UTC'), NULL) AS utc_time,
  "System/TimeCreated/SystemTime" AS system_time,
  "System/EventID/Value" AS event_id,
  ifNull("System/Provider/Name", '') AS provider_name,
  "System/EventRecordID" AS record_id
FROM record
