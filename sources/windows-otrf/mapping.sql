-- Windows events as flat JSON objects, event data beside the system fields: the form of OTRF Security-Datasets from
-- October 2020 on (seen there: 386,279 records, 2020 to 2023), written by its PowerShell exporter.
--
-- Assumed of time: Sysmon's UtcTime is UTC. TimeCreated is taken for the rest and is not to be trusted by the hour: in
-- that collection it is local time with a Z behind it, and in the afternoon on a 12-hour clock (4, 7, 16 or 19 hours
-- from UtcTime, by file). It is kept in extra. There is no record id there; one is read where it is.
--
-- `extra AS …` here replaces what the frame would put there: the event data is in `fields` already.
SELECT
  JSONExtractKeysAndValues(line, 'String') AS pairs,
  CAST(arrayMap(pair -> (replaceAll(pair.1, ' ', ''), pair.2), arrayFilter(pair -> pair.1 NOT IN ('Channel', 'EventID',
    'TimeCreated', '@timestamp', 'Hostname', 'SourceName', 'RecordNumber', 'Message', 'Task', 'Level', 'Keywords',
    'ProviderGuid', 'Version', 'Opcode'), pairs)), 'Map(LowCardinality(String), String)') AS data,
  data AS fields,
  CAST(arrayFilter(pair -> pair.1 IN ('TimeCreated', '@timestamp', 'Task', 'Level', 'Keywords', 'ProviderGuid', 'Version',
    'Opcode') OR (pair.1 = 'RecordNumber' AND RecordNumber IS NULL), pairs), 'Map(LowCardinality(String), String)') AS extra,
  Channel AS log,
  ifNull(Hostname, '') AS host,
  ifNull(Message, '') AS text,
  TimeCreated AS system_time,
  UtcTime AS utc_time,
  EventID AS event_id,
  SourceName AS provider_name,
  RecordNumber AS record_id
FROM record
