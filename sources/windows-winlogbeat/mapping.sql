-- Windows events as Winlogbeat and Elastic Agent write them from 7.0 on, in the Elastic Common Schema (Winlogbeat
-- reference, "Exported fields"; seen in Sekoia's intake tests, versions 7.10 to 8.14): winlog.event_data is the event data.
--
-- The sysmon, security and powershell modules move event data to ECS fields and take it away from event_data. The
-- columns are then filled from there; `fields` keeps what event_data still has, and extra the rest of the record.
--
-- Assumed of time: time_created, and where it is not there @timestamp, is the event's own, UTC. The sysmon module puts
-- UtcTime in @timestamp.
SELECT
  CAST(arrayMap(pair -> (replaceAll(pair.1, ' ', ''), pair.2), arrayConcat(
    JSONExtractKeysAndValues(ifNull("winlog/event_data", '{}'), 'String'),
    JSONExtractKeysAndValues(ifNull("winlog/user_data", '{}'), 'String'))), 'Map(LowCardinality(String), String)') AS fields,
  ifNull("winlog/provider_name", '') = 'Microsoft-Windows-Sysmon' AS sysmon,
  mapConcat(fields, CAST(if("process/pid" IS NULL AND "process/executable" IS NULL AND "file/path" IS NULL
      AND "registry/path" IS NULL AND "powershell/file" IS NULL, [], [
    ('Image', ifNull("process/executable", '')),
    ('CommandLine', ifNull("process/command_line", '')),
    ('ProcessGuid', ifNull("process/entity_id", '')),
    ('ProcessId', ifNull(toString("process/pid"), '')),
    ('ParentImage', JSONExtractString(ifNull("process/parent", '{}'), 'executable')),
    ('ParentCommandLine', JSONExtractString(ifNull("process/parent", '{}'), 'command_line')),
    ('ScriptBlockText', JSONExtractString(ifNull("powershell/file", '{}'), 'script_block_text')),
    ('TargetObject', ifNull("registry/path", '')),
    ('Details', arrayStringConcat(JSONExtract(ifNull("registry/data", '{}'), 'strings', 'Array(String)'), '\n')),
    ('User', if(sysmon,
      arrayStringConcat(arrayFilter(part -> part != '', [ifNull("user/domain", ''), ifNull("user/name", '')]), '\\'), '')),
    (if("winlog/event_id" IN (6, 7), 'ImageLoaded', 'TargetFilename'), if(sysmon, ifNull("file/path", ''), ''))
  ]), 'Map(LowCardinality(String), String)')) AS data,
  "winlog/channel" AS log,
  ifNull("winlog/computer_name", '') AS host,
  ifNull(record.message, '') AS text,
  if(substring(fields['UtcTime'], 5, 1) = '-', parseDateTime64BestEffortOrNull(fields['UtcTime'], 6, 'UTC'), NULL) AS utc_time,
  coalesce("winlog/time_created", "@timestamp") AS system_time,
  "winlog/event_id" AS event_id,
  "winlog/provider_name" AS provider_name,
  "winlog/record_id" AS record_id
FROM record
