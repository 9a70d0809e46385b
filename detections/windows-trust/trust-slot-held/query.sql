-- Which trust slots of a Windows host stand at something else than Windows sets, by hives, .reg files and snapshots: one row
-- for each host and slot.
--
-- The twin of trust-provider-registered, which sees the writing: this sees the state, also where nothing was logged, and
-- tells with it that a state was put back. A value was set at its key's last change or before. The catalogue says for some
-- slots from which build of Windows on they exist; where the hive tells its build and it is another, the GUID is unknown
-- there. For a GUID that is not in the catalogue all slots are one row (specification AN1246 §1.0, §1.2 a, b).
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins, ended
-- order: by first_seen, then key
-- key: registry_value by (lower(registry_key), lower(registry_value)); intel_entry by (snapshot, catalogue, key)
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'user-writable-places' AND key = 'path_pattern') AS writable_places,
  slots AS (
    SELECT concat(key, value) AS slot_id, any(attributes) AS golden
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'trust-slots' AND key IN ('sip', 'action')
    GROUP BY slot_id
  ),
  builds AS (
    SELECT lower(host_name) AS build_host, max(ifNull(toUInt32OrNull(registry_data), 0)) AS build
    FROM registry_value
    WHERE lower(registry_key) = 'hklm\\software\\microsoft\\windows nt\\currentversion' AND lower(registry_value) IN ('currentbuild', 'currentbuildnumber') AND host_name != ''
    GROUP BY build_host
  ),
  held AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, lower(host_name) AS at_host, registry_view = 'x86' AS x86, registry_data, record_key,
      extractGroups(replaceAll(lower(registry_key), '\\', '/'),
        '^hklm/software/microsoft/cryptography/(?:oid/encodingtype 0/cryptsipdll([a-z0-9]+)|providers/trust/(initialization|message|signature|certificate|certcheck|finalpolicy|diagnosticpolicy|cleanup))/(\\{[0-9a-f-]{36}\\})$') AS parts,
      registry_key, lower(registry_value) AS value_name
    FROM registry_value
    WHERE (startsWith(lower(registry_key), 'hklm\\software\\microsoft\\cryptography\\oid\\encodingtype 0\\cryptsipdll') OR startsWith(lower(registry_key), 'hklm\\software\\microsoft\\cryptography\\providers\\trust\\'))
      AND lower(registry_value) IN ('dll', '$dll', 'funcname', '$function') AND notEmpty(parts) AND registry_operation NOT IN ('value_deleted', 'key_deleted')
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  placed AS (
    SELECT
      event_time, uid, evidence, record_number, at_host, x86, parts[1] != '' AS sip, lower(concat(parts[1], parts[2])) AS function, upper(parts[3]) AS guid, endsWith(value_name, 'dll') AS is_dll,
      splitByChar('\\', registry_key)[-2] AS slot,
      trim(BOTH '"' FROM trimBoth(registry_data)) AS data, if(data = '', '(nothing)', substringUTF8(data, 1, 120)) AS shown, lower(replaceAll(data, '\\', '/')) AS value,
      concat(if(sip, 'sip', 'action'), lower(guid)) AS slot_id
    FROM held
  ),
  judged AS (
    SELECT
      event_time, uid, evidence, record_number, at_host, x86, sip, slot, function, guid, is_dll, shown, build,
      golden['name'] != '' AND build > 0 AND build < ifNull(toUInt32OrNull(golden['from_build']), 0) AS too_early,
      if(too_early, '', golden['name']) AS provider, provider = '' AS unknown_guid, if(too_early, '', golden['dll']) AS golden_dll, if(too_early, '', golden[function]) AS golden_function,
      multiIf(
        is_dll AND golden_dll != '' AND (
          value = golden_dll
          OR match(value, concat('^(%systemroot%|%windir%|[a-z]:/windows)/(system32|syswow64)/', golden['directory'], replaceAll(golden_dll, '.', '[.]'), '$'))
        ), 'golden',
        is_dll AND golden['dll_pattern'] != '' AND match(value, golden['dll_pattern']), 'golden',
        is_dll AND golden_dll = '' AND golden['dll_pattern'] = '' AND provider != '', 'not judged',
        NOT is_dll AND golden_function = '', 'not judged',
        NOT is_dll AND lower(value) = lower(golden_function), 'golden',
        'deviates'
      ) AS judgement,
      is_dll AND arrayExists(pattern -> match(value, pattern), writable_places) AS writable_dll,
      is_dll AND value != '' AND position(value, '/') > 0 AND NOT match(value, '^(%systemroot%|%windir%|%programfiles%|%programfiles[(]x86[)]%|[a-z]:/windows/(system32|syswow64)|[a-z]:/program files|[a-z]:/program files [(]x86[)])/') AS elsewhere,
      if(elsewhere, replaceRegexpOne(value, '^(%systemroot%|%windir%)/', 'c:/windows/'), '') AS dll_file
    FROM placed
    LEFT JOIN slots ON slots.slot_id = placed.slot_id
    LEFT JOIN builds ON builds.build_host = placed.at_host
  ),
  states AS (
    SELECT
      at_host, sip, guid, any(provider) AS provider_name, unknown_guid, if(unknown_guid, '', function) AS one_function, min(slot) AS one_slot, max(too_early) AS on_other_build, any(build) AS host_build,
      arraySort(groupUniqArray(20)(slot)) AS slots_held, groupUniqArray(20)(function) AS functions,
      countIf(judgement = 'deviates') > 0 AS deviates, max(writable_dll) AS writable, max(elsewhere) AS unguarded,
      groupUniqArrayIf(20)(('file', dll_file), dll_file != '' AND (unknown_guid OR judgement = 'deviates')) AS dll_joins,
      maxIf(event_time, judgement = 'golden') AS golden_last, maxIf(event_time, judgement = 'deviates') AS deviating_last, minIf(event_time, judgement = 'deviates') AS deviating_first,
      NOT unknown_guid AND countIf(judgement = 'golden' AND is_dll) > 0 AND golden_last > deviating_last AND argMax(judgement, event_time) = 'golden' AS set_back,
      arrayStringConcat(arraySort(groupUniqArrayIf(2)(if(x86, '32-bit', '64-bit'), unknown_guid OR judgement = 'deviates')), ' and ') AS views,
      arraySlice(arraySort(groupUniqArrayIf(20)((multiIf(sip AND is_dll, 'Dll', sip, 'FuncName', is_dll, '$DLL', '$Function'), shown), unknown_guid OR judgement = 'deviates')), 1, 4) AS values_held,
      any(golden_dll) AS expected_dll, any(golden_function) AS expected_function,
      count() AS record_count, minIf(event_time, unknown_guid OR judgement = 'deviates') AS slot_first, max(event_time) AS slot_last,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySortedIf(20)((event_time, uid, evidence, record_number), unknown_guid OR judgement = 'deviates')) AS chosen
    FROM judged
    GROUP BY at_host, sip, guid, unknown_guid, one_function
    HAVING unknown_guid OR deviates
  )
SELECT
  concat(at_host, '|', if(sip, 'sip', 'action'), '|', guid, '|', one_function) AS key,
  concat(
    'The registry', if(at_host = '', '', concat(' of ', at_host)),
    if(unknown_guid,
      concat(' has ', if(sip, 'a SIP', 'a trust provider'), ' with ', if(on_other_build, concat('a GUID that build ', toString(host_build), ' does not have, '), 'the unknown GUID '), guid, ' for ', arrayStringConcat(arraySlice(slots_held, 1, 4), ', '), if(length(slots_held) > 4, concat(' and ', toString(length(slots_held) - 4), ' more'), ''), ', with '),
      concat(if(set_back, ' had ', ' has '), one_slot, ' of ', provider_name, ' ', guid, ' at ')),
    arrayStringConcat(arrayMap(one -> concat(one.1, ' ', one.2), values_held), ', '),
    if(views = '64-bit', '', concat(' (', views, ' view)')),
    if(unknown_guid, '', concat('; expected ', if(expected_dll = '', 'one of Microsoft''s DLLs', upper(expected_dll)), if(expected_function = '', '', concat(' and ', expected_function)))),
    if(set_back, '; a later state has the expected value', '')
  ) AS summary,
  arrayConcat(
    [('host_name', if(at_host = '', '(not logged)', at_host)), ('registry_path', concat(if(unknown_guid, slots_held[1], one_slot), '\\', guid))],
    arrayMap(one -> ('registry_data', one.2), arrayFilter(one -> one.2 != '(nothing)', values_held))
  ) AS entities,
  arrayFilter(signal -> signal != '', [
    multiIf(
      unknown_guid, if(has(functions, 'finalpolicy'), 'unknown_final_policy', 'unknown_provider'),
      hasAny(functions, ['verifyindirectdata', 'getsigneddatamsg', 'finalpolicy', 'certcheck', 'certificate', 'signature', 'message', 'initialization']), 'decision_slot',
      hasAny(functions, ['diagnosticpolicy', 'cleanup']), 'late_slot',
      hasAny(functions, ['ismyfiletype', 'ismyfiletype2']), 'load_slot',
      'other_slot'),
    if(unknown_guid AND sip AND unguarded AND hasAny(functions, ['verifyindirectdata', 'getsigneddatamsg']), 'new_trust_decision', ''),
    if(unknown_guid AND NOT unguarded, 'guarded_dll', ''),
    if(writable, 'writable_dll', ''),
    if(set_back, 'set_back', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(slot_first) AS first_seen,
  toString(slot_last) AS last_seen,
  at_host AS host,
  concat(if(sip, 'sip', 'action'), '|', guid, '|', one_function, '|', arrayStringConcat(arrayMap(one -> one.2, values_held), '|')) AS object,
  arrayConcat([('slot', concat(if(sip, 'sip', 'action'), '|', guid, '|', one_function))], dll_joins) AS joins,
  if(set_back, toString(golden_last), '') AS ended
FROM states
ORDER BY slot_first, key
