-- Windows events as Wazuh's manager 3.8 and later decodes them (winevtchannel.c), in alerts.json and archives.json and in
-- answers of its index; Security Onion 2.3 had them so too (seen: the decoder's source, and alerts of 2022 to 2026 in public
-- write-ups). An alert is Wazuh's finding about the event: `rule`, `agent` and all else is kept in extra. Several alerts about
-- one event have one record key.
--
-- The manager writes the names of the data with a small first letter; here they begin with a capital one again, as nearly all
-- names of Windows do. Those that never did are in `fields` under a name that is not quite their own.
-- It writes each backslash of the data twice. Where all backslashes of a value stand in pairs, one of each pair is taken
-- away; a UNC path then has two again. It drops carriage returns, tabs and newlines, and puts quotes around the message.
-- UserData is not told whole by the manager: what it gives beside eventdata is kept in extra.
--
-- Assumed of time: systemTime is the event's own, UTC. Where it is not there, the manager's timestamp stands for it.
SELECT
  CAST(arrayMap(pair -> (
      replaceAll(concat(upper(substring(pair.1, 1, 1)), substring(pair.1, 2)), ' ', ''),
      if(match(pair.2, '^(?:[^\\\\]|\\\\\\\\)*$'), replaceAll(pair.2, '\\\\', '\\'), pair.2)),
    JSONExtractKeysAndValues(ifNull("data/win/eventdata", '{}'), 'String')), 'Map(LowCardinality(String), String)') AS data,
  data AS fields,
  mapUpdate(record.extra, CAST(arrayConcat(
    if("data/win/system/systemTime" IS NULL OR timestamp IS NULL, [], [('timestamp', JSONExtractString(line, 'timestamp'))]),
    arrayMap(pair -> (concat('data/win/', pair.1), pair.2), arrayConcat(
    arrayMap(pair -> (concat('system/', pair.1), pair.2), arrayFilter(pair -> pair.1 NOT IN ('channel', 'eventID', 'providerName',
      'computer', 'eventRecordID', 'systemTime', 'message'), JSONExtractKeysAndValues(line, 'data', 'win', 'system', 'String'))),
    arrayFilter(pair -> pair.1 NOT IN ('system', 'eventdata'), JSONExtractKeysAndValues(line, 'data', 'win', 'String'))))),
    'Map(LowCardinality(String), String)')) AS extra,
  "data/win/system/channel" AS log,
  ifNull("data/win/system/computer", '') AS host,
  replaceRegexpOne(ifNull("data/win/system/message", ''), '(?s)^"(.*)"$', '\\1') AS text,
  if(substring(data['UtcTime'], 5, 1) = '-', parseDateTime64BestEffortOrNull(data['UtcTime'], 6, 'UTC'), NULL) AS utc_time,
  assumeNotNull(coalesce("data/win/system/systemTime", timestamp)) AS system_time,
  "data/win/system/eventID" AS event_id,
  ifNull("data/win/system/providerName", '') AS provider_name,
  "data/win/system/eventRecordID" AS record_id
FROM record
