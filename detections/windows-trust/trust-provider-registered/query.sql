-- Which trust slots of a Windows host were set to something else than Windows sets: one row for each host and slot.
--
-- A slot is a function of a subject interface package (SIP), or a step of a trust provider, and a GUID (specification
-- AN1246 §1.2 a, b). Two values fill it: DLL and function. Either alone can turn it, so each value written is compared
-- with the golden one of the catalogue; a bare name and the path in System32 or SysWOW64 are the same. Values of a
-- known GUID whose golden function the catalogue does not know are judged by the DLL only. For a GUID that is not in
-- the catalogue all slots are one row: registering a provider writes several at once, and it is one thing. Both
-- registry views are one slot. The bytes of the DLL are known where Sysmon 7, 15 or 29 told its hash. Sysmon 13 and Security 4657 of one change are one row. A deletion is none (%%1906: as 4657 says it, in events that earlier versions stored).
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins, ended
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue, key)
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'user-writable-places' AND key = 'path_pattern') AS writable_places,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'scriptable-programs' AND key = 'installer') AS installers,
  slots AS (
    SELECT concat(key, value) AS slot_id, any(attributes) AS golden
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'trust-slots' AND key IN ('sip', 'action')
    GROUP BY slot_id
  ),
  writes AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, toUInt32(event_id) AS id,
      lower(host_name) AS host, process_executable, user_name, process_entity_id, logon_id, user_id, registry_data,
      extractGroups(replaceAll(registry_path, '\\', '/'),
        '(?i)^(?:hklm|hkey_local_machine|/registry/machine)/software/(wow6432node/)?microsoft/cryptography/(?:oid/encodingtype 0/cryptsipdll([a-z0-9]+)|providers/trust/(initialization|message|signature|certificate|certcheck|finalpolicy|diagnosticpolicy|cleanup))/(\\{[0-9a-f-]{36}\\})/(\\$?dll|funcname|\\$function)$') AS parts
    FROM windows_event
    WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 13) OR (channel = 'Security' AND event_id = 4657 AND registry_operation NOT IN ('value_deleted', '%%1906')))
      AND notEmpty(parts)
  ),
  placed AS (
    SELECT
      event_time, uid, evidence, record_number, record_key, id, host, process_executable, user_name, process_entity_id, logon_id, user_id,
      parts[1] != '' AS x86, parts[2] != '' AS sip, if(sip, concat('CryptSIPDll', parts[2]), parts[3]) AS slot, lower(concat(parts[2], parts[3])) AS function, upper(parts[4]) AS guid,
      endsWith(lower(parts[5]), 'dll') AS is_dll, trim(BOTH '"' FROM trimBoth(registry_data)) AS data,
      if(data IN ('', '-', 'Binary Data'), '(not in the record)', substringUTF8(data, 1, 120)) AS shown,
      lower(replaceAll(data, '\\', '/')) AS value,
      concat(if(sip, 'sip', 'action'), lower(guid)) AS slot_id
    FROM writes
    ORDER BY event_time, uid
    LIMIT 1 BY record_key
  ),
  judged AS (
    SELECT
      event_time, uid, evidence, record_number, record_key, id, host, process_executable, user_name, process_entity_id, logon_id, user_id, x86, sip, slot, function, guid, is_dll, shown,
      golden['name'] AS provider, golden['name'] = '' AS unknown_guid, golden['dll'] AS golden_dll, golden[function] AS golden_function,
      multiIf(
        data IN ('', '-', 'Binary Data'), 'unseen',
        is_dll AND golden_dll != '' AND (
          value = golden_dll
          OR match(value, concat('^(%systemroot%|%windir%|[a-z]:/windows)/(system32|syswow64)/', golden['directory'], replaceAll(golden_dll, '.', '[.]'), '$'))
        ), 'golden',
        is_dll AND golden['dll_pattern'] != '' AND match(value, golden['dll_pattern']), 'golden',
        NOT is_dll AND golden_function = '', 'not judged',
        NOT is_dll AND lower(value) = lower(golden_function), 'golden',
        'deviates'
      ) AS judgement,
      is_dll AND arrayExists(pattern -> match(value, pattern), writable_places) AS writable_dll,
      is_dll AND judgement != 'unseen' AND NOT match(value, '^("?)(%systemroot%|%windir%|%programfiles%|%programfiles[(]x86[)]%|[a-z]:/windows/(system32|syswow64)|[a-z]:/program files|[a-z]:/program files [(]x86[)])/') AS elsewhere,
      -- A file is joined by its path as other events tell it; a bare name names none, and those of Windows are loaded everywhere.
      if(elsewhere AND position(value, '/') > 0, replaceRegexpOne(value, '^(%systemroot%|%windir%)/', 'c:/windows/'), '') AS dll_file
    FROM placed
    LEFT JOIN slots ON slots.slot_id = placed.slot_id
  ),
  slot_files AS (SELECT DISTINCT host AS file_host, dll_file AS slot_file FROM judged WHERE dll_file != ''),
  hashed AS (
    SELECT lower(host_name) AS hashed_host, lower(replaceAll(if(event_id = 7, dll_path, file_path), '\\', '/')) AS hashed_file, groupUniqArray(5)(lower(hex(assumeNotNull(file_hash_sha256)))) AS file_hashes
    FROM windows_event
    WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (7, 15, 29) AND file_hash_sha256 IS NOT NULL
      AND (SELECT count() FROM slot_files) > 0 AND (hashed_host, hashed_file) IN (SELECT file_host, slot_file FROM slot_files)
    GROUP BY hashed_host, hashed_file
  ),
  changes AS (
    SELECT
      host, sip, guid, groupUniqArrayArray(5)(file_hashes) AS dll_hashes, any(provider) AS provider_name, unknown_guid, if(unknown_guid, '', function) AS one_function, min(slot) AS one_slot,
      arraySort(groupUniqArray(20)(slot)) AS slots_written, groupUniqArray(20)(function) AS functions,
      countIf(judgement = 'deviates') > 0 AS deviates, countIf(judgement = 'unseen') > 0 AS unseen, max(writable_dll) AS writable, max(elsewhere) AS unguarded,
      min(match(lower(replaceAll(process_executable, '\\', '/')), '^[a-z]:/windows/(system32|syswow64|servicing|winsxs)/') AND has(installers, lower(arrayElement(splitByChar('\\', process_executable), -1)))) AS by_servicing,
      groupUniqArrayIf(20)(('file', dll_file), dll_file != '' AND (unknown_guid OR judgement = 'deviates')) AS dll_joins,
      groupUniqArrayIf(20)(('process', process_entity_id), process_entity_id != '') AS process_joins,
      groupUniqArrayIf(20)(('logon', logon_id), logon_id != '') AS logon_joins,
      groupUniqArrayIf(20)(('user', lower(if(user_id = '', user_name, user_id))), user_name NOT IN ('', '-') OR user_id != '') AS user_joins,
      maxIf(event_time, judgement = 'golden') AS golden_last, maxIf(event_time, judgement = 'deviates') AS deviating_last, minIf(event_time, judgement = 'deviates') AS deviating_first,
      golden_last > deviating_last AND countIf(judgement = 'golden') > 0 AND countIf(judgement = 'deviates') > 0 AS set_back,
      arrayStringConcat(arraySort(groupUniqArray(2)(if(x86, '32-bit', '64-bit'))), ' and ') AS views,
      arraySlice(arraySort(groupUniqArrayIf(20)((multiIf(sip AND is_dll, 'Dll', sip, 'FuncName', is_dll, '$DLL', '$Function'), shown), unknown_guid OR judgement != 'golden')), 1, 4) AS values_set,
      any(golden_dll) AS expected_dll, any(golden_function) AS expected_function,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(process_executable, 1, 160), process_executable != '' AND (unknown_guid OR judgement != 'golden'))), 1, 3) AS writers,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(user_name, 1, 80), user_name NOT IN ('', '-') AND (unknown_guid OR judgement != 'golden'))), 1, 3) AS users,
      arraySort(groupUniqArray(if(id = 13, 'Sysmon 13', 'Security 4657'))) AS witnesses,
      count() AS record_count, min(event_time) AS slot_first, max(event_time) AS slot_last,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, uid, evidence, record_number))) AS chosen
    FROM judged
    LEFT JOIN hashed ON hashed.hashed_host = judged.host AND hashed.hashed_file = judged.dll_file
    GROUP BY host, sip, guid, unknown_guid, one_function
    HAVING unknown_guid OR deviates OR unseen
  )
SELECT
  concat(host, '|', if(sip, 'sip', 'action'), '|', guid, '|', one_function) AS key,
  concat(
    if(empty(writers), 'A process that the record does not name', arrayStringConcat(writers, ' and ')),
    multiIf(
      unknown_guid, concat(' registered ', if(sip, 'a SIP', 'a trust provider'), ' with the unknown GUID ', guid, ' for ', arrayStringConcat(arraySlice(slots_written, 1, 4), ', '), if(length(slots_written) > 4, concat(' and ', toString(length(slots_written) - 4), ' more'), ''), ', with '),
      deviates, concat(' set ', one_slot, ' of ', provider_name, ' ', guid, ' to '),
      concat(' wrote ', one_slot, ' of ', provider_name, ' ', guid, ', with ')),
    arrayStringConcat(arrayMap(one -> concat(one.1, ' ', one.2), values_set), ', '),
    ' on ', host,
    if(empty(users), '', concat(' as ', arrayStringConcat(users, ' and '))),
    ' (', arrayStringConcat(witnesses, ' and '), if(views = '64-bit', '', concat(', ', views, ' view')), ')',
    if(deviates AND NOT unknown_guid, concat('; expected ', if(expected_dll = '', 'one of Microsoft''s DLLs', upper(expected_dll)), if(expected_function = '', '', concat(' and ', expected_function))), ''),
    if(set_back, '; the expected value was written back later', '')
  ) AS summary,
  arrayConcat(
    [('host_name', if(host = '', '(not logged)', host)), ('registry_path', concat(if(unknown_guid, slots_written[1], one_slot), '\\', guid))],
    arrayMap(one -> ('registry_data', one.2), arrayFilter(one -> one.2 != '(not in the record)', values_set)),
    arrayMap(one -> ('file_hash_sha256', one), dll_hashes),
    arrayMap(one -> ('process_executable', one), writers),
    arrayMap(one -> ('user_name', one), users)
  ) AS entities,
  arrayFilter(signal -> signal != '', [
    multiIf(
      unknown_guid, if(has(functions, 'finalpolicy'), 'unknown_final_policy', 'unknown_provider'),
      NOT deviates, 'value_unseen',
      hasAny(functions, ['verifyindirectdata', 'getsigneddatamsg', 'finalpolicy', 'certcheck', 'certificate', 'signature', 'message', 'initialization']), 'decision_slot',
      hasAny(functions, ['diagnosticpolicy', 'cleanup']), 'late_slot',
      hasAny(functions, ['ismyfiletype', 'ismyfiletype2']), 'load_slot',
      hasAny(functions, ['getcaps', 'getsealeddigest']), 'capability_slot',
      'signing_slot'),
    if(unknown_guid AND sip AND unguarded AND hasAny(functions, ['verifyindirectdata', 'getsigneddatamsg']), 'new_trust_decision', ''),
    if(writable, 'writable_dll', ''),
    if(unknown_guid AND by_servicing AND NOT unguarded, 'by_servicing', ''),
    multiIf(NOT set_back, '', dateDiff('second', deviating_first, golden_last) <= 86400, 'set_back_soon', 'set_back')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(slot_first) AS first_seen,
  toString(slot_last) AS last_seen,
  changes.host AS host,
  concat(if(sip, 'sip', 'action'), '|', guid, '|', one_function, '|', arrayStringConcat(arrayMap(one -> one.2, values_set), '|')) AS object,
  arrayConcat([('slot', concat(if(sip, 'sip', 'action'), '|', guid, '|', one_function))], dll_joins, process_joins, logon_joins, user_joins) AS joins,
  if(set_back, toString(golden_last), '') AS ended
FROM changes
ORDER BY slot_first, key
