-- Rows of osquery's table registry, as its logger writes results one event a line: scheduled queries, and snapshots with
-- --logger_snapshot_event_type (osquery's documentation, "Logging", and specs/windows/registry.table; no file of it was seen).
-- Snapshots as one line with a list, and batches, are not read.
--
-- unixTime is when the result was logged, mtime the last change of the key; key is with its root. `added` says that it stands
-- there now, `removed` that the query no more has it: a value that was altered is one of each. That data of binary values are
-- hexadecimal digits is assumed: such as have other characters, or an odd number of them, stay text. A certificate in
-- a Blob is not read out of it. HKEY_CURRENT_USER is whoever osquery runs as, that is LocalSystem.
SELECT
  ['osquery', lower(hostIdentifier), lower("columns/key"), lower(ifNull("columns/name", '')), "columns/type", action,
    lower(hex(SHA256(ifNull("columns/data", '')))), toString(unixTime)] AS identity,
  unixTime AS event_time,
  hostIdentifier AS host_name,
  if(ifNull("columns/name", '') = '(Default)' OR "columns/type" = 'subkey', '', ifNull("columns/name", '')) AS registry_value,
  multiIf(action = 'removed', if("columns/type" = 'subkey', 'key_deleted', 'value_deleted'), '') AS registry_operation,
  if("columns/type" = 'subkey' AND ifNull("columns/name", '') != '', concat("columns/key", '\\', ifNull("columns/name", '')), "columns/key") AS told_key,
  if(registry_value = '', told_key, concat(told_key, '\\', registry_value)) AS registry_path,
  replaceRegexpOne(replaceRegexpAll(told_key, '\\\\+', '\\\\'), '\\\\$', '') AS key_1,
  replaceRegexpOne(key_1, '(?i)^(?:HKEY_LOCAL_MACHINE|HKLM)(\\\\|$)', 'HKLM\\1') AS key_2,
  replaceRegexpOne(key_2, '(?i)^(?:HKEY_USERS|HKU)(\\\\|$)', 'HKU\\1') AS key_3,
  replaceRegexpOne(key_3, '(?i)^(?:HKEY_CURRENT_USER|HKCU|HKU\\\\S-1-5-18|HKU\\\\\\.DEFAULT)(\\\\|$)', 'HKU\\\\.DEFAULT\\1') AS key_4,
  replaceRegexpOne(key_4, '(?i)^(?:HKEY_CLASSES_ROOT|HKCR)(\\\\|$)', 'HKLM\\\\SOFTWARE\\\\Classes\\1') AS key_5,
  replaceRegexpOne(key_5, '(?i)^(HKLM\\\\SYSTEM)\\\\ControlSet[0-9]{3}(\\\\|$)', '\\1\\\\CurrentControlSet\\2') AS key_6,
  replaceRegexpOne(key_6, '(?i)^((?:HKLM|HKU\\\\[^\\\\]+)\\\\SOFTWARE(?:\\\\Classes)?)(?:\\\\WOW6432Node)+(\\\\|$)', '\\1\\2') AS registry_key,
  if(length(registry_key) < length(key_6), 'x86', '') AS registry_view,
  if("columns/type" = 'subkey', '', "columns/type") AS registry_data_type,
  "columns/type" = 'REG_BINARY' AND match(ifNull("columns/data", ''), '^(?:[0-9A-Fa-f]{2})+$') AS binary,
  if(binary, '', ifNull("columns/data", '')) AS registry_data,
  if(binary, toUInt64(intDiv(length(ifNull("columns/data", '')), 2)), NULL) AS registry_data_bytes,
  if(binary, lower(substring(ifNull("columns/data", ''), 1, 8192)), '') AS registry_data_hex,
  if(binary, SHA256(unhex(ifNull("columns/data", ''))), NULL) AS registry_data_sha256,
  if(binary, length(ifNull("columns/data", '')) > 8192, NULL) AS registry_data_cut,
  "columns/mtime" AS registry_key_written,
  unixTime AS registry_snapshot_time
FROM record
