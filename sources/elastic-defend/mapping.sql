-- Events of Elastic Defend (formerly Endpoint Security) on Windows, one document a line, nested (elastic/endpoint-package:
-- its field documentation and sample events of registry, library, process and file, version 8.3).
--
-- There is no event log: channel is "Elastic Defend/" with event.dataset or, without it, the category; event_id is 0 and there
-- is no record_id. Two records are the same event when event.id and what is known of the event agree.
--
-- `fields` has process, registry, dll, file, user and Effective_process by their dotted names, two levels deep. The columns are
-- filled through the names that Sysmon and Defender have for the same thing. Effective_process, on whose behalf a service
-- acted, is not in the columns. The signature is that of the module, else of the file; of a process event, its own.
-- registry.data.bytes, the data in base64, is in `fields`; registry.data.strings, joined by newlines, is the column.
--
-- Assumed: registry.path is hive, key and value joined; an event "modification" with a value sets it; "deletion" with a value
-- deletes that, without one the key. Assumed of time: @timestamp is the event's own, UTC.
--
-- `extra AS …` here replaces what the frame would put there; it keeps whole what `fields` has not.
SELECT
  ['process', 'registry', 'dll', 'file', 'user', 'Effective_process'] AS groups,
  arrayFlatten(arrayMap(name -> arrayMap(pair -> (concat(name, '.', pair.1), pair.2), JSONExtractKeysAndValues(line, name, 'String')), groups))
    AS first_level,
  CAST(arrayFlatten(arrayMap(pair -> if(startsWith(pair.2, '{') AND isValidJSON(pair.2),
      arrayMap(inner -> (concat(pair.1, '.', inner.1), inner.2), JSONExtractKeysAndValues(pair.2, 'String')), [pair]), first_level)),
    'Map(LowCardinality(String), String)') AS fields,
  CAST(arrayConcat(
    arrayFilter(pair -> NOT has(groups, pair.1) AND pair.1 NOT IN ('@timestamp', 'message', 'event', 'host'), JSONExtractKeysAndValues(line, 'String')),
    arrayFlatten(arrayMap(name -> if(JSONType(line, name) IN ('Object', 'Null'), [], [(name, JSONExtractRaw(line, name))]), groups)),
    arrayMap(pair -> (concat('event.', pair.1), pair.2), JSONExtractKeysAndValues(line, 'event', 'String')),
    arrayMap(pair -> (concat('host.', pair.1), pair.2), JSONExtractKeysAndValues(line, 'host', 'String'))),
    'Map(LowCardinality(String), String)') AS extra,
  if(startsWith(ifNull("event/category", ''), '['), JSONExtract(assumeNotNull("event/category"), 'Array(String)'),
    [ifNull("event/category", '')]) AS categories,
  ifNull("event/dataset", '') = 'endpoint.events.process' OR has(categories, 'process') AS of_process,
  multiIf(fields['dll.path'] != '', 'dll', fields['file.path'] != '', 'file', of_process, 'process', '') AS subject,
  lower(ifNull("event/action", '')) AS action,
  fields['registry.value'] != '' AS has_value,
  fields['registry.path'] AS registry_told,
  arrayStringConcat(JSONExtract(fields['registry.data.strings'], 'Array(String)'), '\n') AS strings,
  CAST(arrayFilter(pair -> pair.2 != '', [
    ('event.id', ifNull("event/id", '')),
    ('Image', fields['process.executable']),
    ('CommandLine', fields['process.command_line']),
    ('ProcessGuid', fields['process.entity_id']),
    ('ProcessId', fields['process.pid']),
    ('ParentImage', fields['process.parent.executable']),
    ('ParentCommandLine', fields['process.parent.command_line']),
    ('ParentProcessGuid', fields['process.parent.entity_id']),
    ('ParentProcessId', fields['process.parent.pid']),
    ('LogonId', fields['process.Ext.authentication_id']),
    ('User', arrayStringConcat(arrayFilter(part -> part != '', [ifNull("user/domain", ''), ifNull("user/name", '')]), '\\')),
    ('SubjectUserSid', ifNull("user/id", '')),
    ('RegistryKey', if(has_value AND endsWith(lower(registry_told), concat('\\', lower(fields['registry.value']))),
      substring(registry_told, 1, length(registry_told) - length(fields['registry.value']) - 1), registry_told)),
    ('RegistryValueName', fields['registry.value']),
    ('RegistryValueType', fields['registry.data.type']),
    ('RegistryValueData', if(strings != '', strings, if(startsWith(fields['registry.data.strings'], '['), '', fields['registry.data.strings']))),
    ('ActionType', if(registry_told = '', '', multiIf(action = 'modification', if(has_value, 'RegistryValueSet', ''),
      action = 'deletion', if(has_value, 'RegistryValueDeleted', 'RegistryKeyDeleted'), action = 'creation', 'RegistryKeyCreated',
      action = 'rename', 'RegistryKeyRenamed', ''))),
    ('ImageLoaded', fields['dll.path']),
    ('TargetFilename', fields['file.path']),
    ('Hashes', if(subject != '' AND fields[concat(subject, '.hash.sha256')] != '', concat('SHA256=', fields[concat(subject, '.hash.sha256')]), '')),
    ('Signature', if(subject != '', fields[concat(subject, '.code_signature.subject_name')], '')),
    ('SignatureStatus', if(subject != '', fields[concat(subject, '.code_signature.status')], '')),
    ('Signed', if(subject != '', fields[concat(subject, '.code_signature.exists')], ''))
  ]), 'Map(LowCardinality(String), String)') AS data,
  concat('Elastic Defend/', if(ifNull("event/dataset", '') != '', assumeNotNull("event/dataset"), categories[1])) AS log,
  coalesce("host/name", "host/hostname", '') AS host,
  ifNull(record.message, '') AS text,
  CAST(NULL, 'Nullable(DateTime64(6, \'UTC\'))') AS utc_time,
  "@timestamp" AS system_time,
  toUInt16(0) AS event_id,
  'Elastic Defend' AS provider_name,
  CAST(NULL, 'Nullable(UInt64)') AS record_id
FROM record
