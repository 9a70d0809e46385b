-- Windows events as Velociraptor's artifacts tell them in columns: Windows.EventLogs.EvtxHunter as JSON and CSV, and
-- Windows.EventLogs.Evtx as CSV, where System and EventData are JSON within a field (Velociraptor's artifact definitions,
-- 2021 to 2025; no file of these two was seen). An artifact that gives neither EventRecordID nor EventTime is not taken.
--
-- GUIDs, logon ids and UserData are read as in windows-velociraptor. UserSID and Username are those of the logging process:
-- they are kept in extra.
--
-- Assumed of time: both artifacts cut the event's time to whole seconds, UTC. System still has the fraction, where it is
-- there; Sysmon's UtcTime has it too.
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
  mapUpdate(record.extra, CAST(arrayFilter(pair -> pair.2 != '', [('UserSID', ifNull(UserSID, '')), ('Username', ifNull(Username, '')),
    ('System', ifNull(System, ''))]), 'Map(LowCardinality(String), String)')) AS extra,
  Channel AS log,
  if(ifNull(Computer, '') != '', assumeNotNull(Computer), JSONExtractString(ifNull(System, '{}'), 'Computer')) AS host,
  ifNull(record.Message, '') AS text,
  if(substring(data['UtcTime'], 5, 1) = '-', parseDateTime64BestEffortOrNull(data['UtcTime'], 6, 'UTC'), NULL) AS utc_time,
  toDecimal128OrNull(JSONExtractRaw(ifNull(System, '{}'), 'TimeCreated', 'SystemTime'), 6) AS seconds,
  if(seconds BETWEEN 0 AND 200000000000, fromUnixTimestamp64Micro(toInt64(seconds * 1000000), 'UTC'), NULL) AS told_time,
  assumeNotNull(coalesce(told_time, EventTime, TimeCreated)) AS system_time,
  EventID AS event_id,
  if(ifNull(Provider, '') != '', assumeNotNull(Provider), JSONExtractString(ifNull(System, '{}'), 'Provider', 'Name')) AS provider_name,
  EventRecordID AS record_id
FROM record
