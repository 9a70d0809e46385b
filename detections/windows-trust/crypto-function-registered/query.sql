-- Which functions of CryptoAPI, and usages of trust providers, were given a DLL: one row for each host, function and object.
--
-- Below OID\EncodingType 0 and 1 stands a key for each function and in it one for each object identifier (or #number), with
-- the values Dll and FuncName; DEFAULT has a list of DLLs. Below Providers\Trust\Usages stands a key for each usage. SIPs are left
-- to trust-provider-registered, and the settings of CertDllCreateCertificateChainEngine have no DLL. Both registry views are
-- one (specification AN1246 §1.2 b, c).
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins, ended
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue, key)
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'user-writable-places' AND key = 'path_pattern') AS writable_places,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'scriptable-programs' AND key = 'installer') AS installers,
  known AS (
    SELECT value AS function_id, any(attributes) AS about
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'crypto-functions' AND key = 'function'
    GROUP BY function_id
  ),
  baselines AS (
    SELECT value AS baseline_path, attributes['data'] AS baseline_data
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'registry-baselines' AND key = 'path'
  ),
  writes AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, toUInt32(event_id) AS id,
      lower(host_name) AS at_host, process_executable, user_name, process_entity_id, logon_id, user_id, registry_data, registry_path,
      extractGroups(replaceAll(registry_path, '\\', '/'),
        '(?i)^(?:hklm|hkey_local_machine|/registry/machine)/software/(wow6432node/)?microsoft/cryptography/(?:oid/encodingtype ([01])/([a-z0-9]+)/([^/]{1,100})/(dll|funcname)|providers/trust/(usages)/([^/]{1,100})/([$]dll|callback[a-z]+))$') AS parts
    FROM windows_event
    WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 13) OR (channel = 'Security' AND event_id = 4657 AND registry_operation NOT IN ('value_deleted', '%%1906')))
      AND positionCaseInsensitive(registry_path, '\\cryptography\\') > 0 AND notEmpty(parts) AND NOT startsWith(lower(parts[3]), 'cryptsipdll')
  ),
  placed AS (
    SELECT
      event_time, uid, evidence, record_number, record_key, id, at_host, process_executable, user_name, process_entity_id, logon_id, user_id,
      parts[1] != '' AS x86, parts[6] != '' AS is_usage, if(is_usage, 'usages', lower(parts[3])) AS function_key, if(is_usage, 'Usages', parts[3]) AS function, if(is_usage, parts[7], parts[4]) AS oid,
      lower(concat(parts[5], parts[8])) IN ('dll', '$dll') AS is_dll,
      trim(BOTH '"' FROM trimBoth(registry_data)) AS data, if(data IN ('', '-', 'Binary Data'), '(not in the record)', substringUTF8(data, 1, 160)) AS shown,
      lower(replaceAll(data, '\\', '/')) AS value,
      (lower(replaceAll(registry_path, '\\', '/')), lower(data)) IN (SELECT baseline_path, baseline_data FROM baselines) AS baselined,
      is_dll AND arrayExists(pattern -> match(value, pattern), writable_places) AS writable_dll,
      is_dll AND shown != '(not in the record)' AND match(value, '^((%systemroot%|%windir%|[a-z]:/windows)/(system32|syswow64)/)?[^/]+$') AS system_dll,
      is_dll AND match(value, '^(%systemroot%|%windir%|%programfiles%|%programfiles[(]x86[)]%|[a-z]:/windows/(system32|syswow64)|[a-z]:/program files|[a-z]:/program files [(]x86[)])/') AS guarded_dll,
      if(is_dll AND NOT system_dll AND position(value, '/') > 0, replaceRegexpOne(value, '^(%systemroot%|%windir%)/', 'c:/windows/'), '') AS dll_file
    FROM writes
    ORDER BY event_time, uid
    LIMIT 1 BY record_key
  ),
  changes AS (
    SELECT
      at_host, function_key, oid, any(function) AS shown_function, any(is_usage) AS usage,
      countIf(is_dll) > 0 AND minIf(baselined, is_dll) AS of_the_baseline,
      max(writable_dll) AS writable, countIf(is_dll) > 0 AND minIf(system_dll, is_dll) AS system, minIf(guarded_dll OR system_dll, is_dll) AS guarded,
      min(match(lower(replaceAll(process_executable, '\\', '/')), '^[a-z]:/windows/(system32|syswow64|servicing|winsxs)/') AND has(installers, lower(splitByChar('\\', process_executable)[-1]))) AS by_servicing,
      arraySlice(arraySort(groupUniqArray(10)(shown)), 1, 4) AS values_set,
      groupUniqArrayIf(20)(('file', dll_file), dll_file != '') AS dll_joins,
      groupUniqArrayIf(20)(('process', process_entity_id), process_entity_id != '') AS process_joins,
      groupUniqArrayIf(20)(('logon', logon_id), logon_id != '') AS logon_joins,
      groupUniqArrayIf(20)(('user', lower(if(user_id = '', user_name, user_id))), user_name NOT IN ('', '-') OR user_id != '') AS user_joins,
      arrayStringConcat(arraySort(groupUniqArray(2)(if(x86, '32-bit', '64-bit'))), ' and ') AS views,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(process_executable, 1, 160), process_executable != '')), 1, 3) AS writers,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(user_name, 1, 80), user_name NOT IN ('', '-'))), 1, 3) AS users,
      arraySort(groupUniqArray(if(id = 13, 'Sysmon 13', 'Security 4657'))) AS witnesses,
      count() AS record_count, min(event_time) AS first_set, max(event_time) AS last_set,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, uid, evidence, record_number))) AS chosen
    FROM placed
    GROUP BY at_host, function_key, oid
  )
SELECT
  concat(at_host, '|', function_key, '|', oid) AS key,
  concat(
    if(empty(writers), 'A process that the record does not name', arrayStringConcat(writers, ' and ')),
    if(usage, ' registered for the usage ', concat(' registered for ', shown_function, ' and the object ')), oid, ': ', arrayStringConcat(values_set, ', '), ' on ', at_host,
    if(empty(users), '', concat(' as ', arrayStringConcat(users, ' and '))),
    ' (', arrayStringConcat(witnesses, ' and '), if(views = '64-bit', '', concat(', ', views, ' view')), ')',
    if(about['does'] = '', '', concat('; the function ', about['does']))
  ) AS summary,
  arrayConcat(
    [('host_name', if(at_host = '', '(not logged)', at_host)), ('registry_path', concat(shown_function, '\\', oid))],
    arrayMap(one -> ('registry_data', one), arrayFilter(one -> one != '(not in the record)', values_set)),
    arrayMap(one -> ('process_executable', one), writers),
    arrayMap(one -> ('user_name', one), users)
  ) AS entities,
  arrayFilter(one -> one != '', [
    multiIf(usage, 'usage', about['decides'] = 'true', 'deciding_function', 'other_function'),
    if(writable, 'writable_dll', ''), if(system, 'system_dll', ''), if(by_servicing AND guarded, 'by_servicing', ''), if(of_the_baseline, 'of_the_baseline', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_set) AS first_seen,
  toString(last_set) AS last_seen,
  at_host AS host,
  concat(function_key, '|', oid, '|', arrayStringConcat(values_set, '|')) AS object,
  arrayConcat(dll_joins, process_joins, logon_joins, user_joins) AS joins,
  '' AS ended
FROM changes
LEFT JOIN known ON known.function_id = changes.function_key
ORDER BY first_set, key
