-- Windows events as Winlogbeat and Elastic Agent collect them, told with dotted names at one level: the payload of events in
-- Security Onion's console and its answers, flattened exports of Elasticsearch, Kibana's CSV (seen: events of Security Onion
-- 2.4 and flattened winlog records in public repositories, 2025 and 2026; that answers of the console wrap a payload is known
-- from memory only). The nested form is that of windows-winlogbeat.
--
-- The data is what begins with winlog.event_data. or winlog.user_data.; a list of one text counts as that text. What the
-- modules moved to names of the Elastic Common Schema fills the columns, as in windows-winlogbeat, and stays in extra too.
--
-- Assumed of time: winlog.time_created, and where it is not there @timestamp, is the event's own, UTC. Kibana's CSV has
-- @timestamp in words and without a zone: it is kept in extra, and a record that tells no other time is refused.
--
-- `extra AS …` here replaces what the frame would put there: the event data is in `fields` already.
SELECT
  arrayMap(pair -> (pair.1, if(match(pair.2, '^\\["(?:[^"\\\\]|\\\\.)*"\\]$') AND isValidJSON(pair.2), JSONExtractString(pair.2, 1), pair.2)),
    JSONExtractKeysAndValues(line, 'String')) AS pairs,
  CAST(arrayMap(pair -> (replaceAll(replaceRegexpOne(pair.1, '^winlog\\.(?:event|user)_data\\.', ''), ' ', ''), pair.2),
    arrayFilter(pair -> match(pair.1, '^winlog\\.(?:event|user)_data\\.[^.]'), pairs)), 'Map(LowCardinality(String), String)') AS fields,
  CAST(arrayFilter(pair -> NOT match(pair.1, '^winlog\\.(?:event|user)_data\\.[^.]') AND pair.1 NOT IN ('winlog.channel', 'winlog.event_id',
      'winlog.provider_name', 'winlog.computer_name', 'message')
      AND NOT (pair.1 = 'winlog.time_created' AND "winlog.time_created" IS NOT NULL)
      AND NOT (pair.1 = 'winlog.record_id' AND "winlog.record_id" IS NOT NULL)
      AND NOT (pair.1 = '@timestamp' AND "@timestamp" IS NOT NULL AND "winlog.time_created" IS NULL), pairs), 'Map(LowCardinality(String), String)') AS extra,
  ifNull("winlog.provider_name", '') = 'Microsoft-Windows-Sysmon' AS sysmon,
  mapUpdate(CAST(arrayFilter(pair -> pair.2 != '', [
    ('Image', ifNull("process.executable", '')),
    ('CommandLine', ifNull("process.command_line", '')),
    ('ProcessGuid', ifNull("process.entity_id", '')),
    ('ProcessId', ifNull(toString("process.pid"), '')),
    ('ParentImage', ifNull("process.parent.executable", '')),
    ('ParentCommandLine', ifNull("process.parent.command_line", '')),
    ('ScriptBlockText', ifNull("powershell.file.script_block_text", '')),
    ('TargetObject', ifNull("registry.path", '')),
    ('Details', arrayFirst(value -> value != '', [JSONExtractString(ifNull("registry.data.strings", ''), 1), ifNull("registry.data.strings", '')])),
    ('User', if(sysmon,
      arrayStringConcat(arrayFilter(part -> part != '', [ifNull("user.domain", ''), ifNull("user.name", '')]), '\\'), '')),
    (if("winlog.event_id" IN (6, 7), 'ImageLoaded', 'TargetFilename'), if(sysmon, ifNull("file.path", ''), ''))
  ]), 'Map(LowCardinality(String), String)'), fields) AS data,
  "winlog.channel" AS log,
  coalesce("winlog.computer_name", "host.name", '') AS host,
  ifNull(record.message, '') AS text,
  "winlog.event_data.UtcTime" AS utc_time,
  assumeNotNull(coalesce("winlog.time_created", "@timestamp", utc_time)) AS system_time,
  "winlog.event_id" AS event_id,
  ifNull("winlog.provider_name", '') AS provider_name,
  "winlog.record_id" AS record_id
FROM record
