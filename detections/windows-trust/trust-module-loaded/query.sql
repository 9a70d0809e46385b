-- Which modules were loaded where trust is decided, or slipped to a program: one row for each host and module.
--
-- Loads are gathered by host, module and program before any pattern is tried: the same module is loaded over and over. A
-- program's own file is a load too, and says whether the program is signed. Slashes stand for backslashes in patterns.
-- A module that a slot was pointed at is looked for by its path; a bare name in a slot names none, and a module of Windows
-- is loaded everywhere, whatever points at it (specification AN1246 §1.3).
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins
-- order: by first_seen, then key
-- key: windows_event by channel and event_id for slots, by one column for loads; intel_entry by (snapshot, catalogue, key)
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'user-writable-places' AND key = 'path_pattern') AS writable_places,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'standard-directories' AND key = 'path_pattern') AS standard_places,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'verifier-programs' AND key = 'file_name') AS verifiers,
  modules AS (SELECT value AS file_name, attributes['home'] AS home FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'trust-modules' AND key = 'file_name'),
  slots AS (
    SELECT DISTINCT lower(host_name) AS slot_host,
      replaceRegexpOne(lower(replaceAll(trim(BOTH '"' FROM trimBoth(registry_data)), '\\', '/')), '^(%systemroot%|%windir%)/', 'c:/windows/') AS slot_file
    FROM windows_event
    WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 13) OR (channel = 'Security' AND event_id = 4657))
      AND (lower(registry_value) IN ('dll', '$dll') OR match(registry_path, '(?i)[\\\\][$]?dll$'))
      AND multiSearchAnyCaseInsensitive(registry_path, ['\\cryptsipdll', '\\providers\\trust\\']) AND position(registry_data, '\\') > 0
  ),
  told AS (
    SELECT
      host_name AS raw_host, dll_path AS raw_file, process_executable AS raw_program,
      max(lower(code_signature_signed) = 'true' AND lower(code_signature_status) IN ('valid', '')) AS is_signed,
      max(lower(code_signature_signed) = 'false' OR lower(code_signature_status) NOT IN ('valid', '', '-', 'unavailable')) AS is_unsigned
    FROM windows_event
    WHERE dll_path != '' AND event_id != 6
    GROUP BY host_name, dll_path, process_executable
  ),
  loads AS (
    SELECT
      raw_host, raw_file, raw_program, is_signed, is_unsigned,
      lower(raw_host) AS load_host, lower(replaceAll(raw_file, '\\', '/')) AS file, lower(replaceAll(raw_program, '\\', '/')) AS program_file
    FROM told
  ),
  signed_programs AS (SELECT load_host AS signed_host, program_file AS signed_file FROM loads WHERE file = program_file AND is_signed AND NOT is_unsigned),
  judged AS (
    SELECT
      raw_host, raw_file, raw_program, load_host, file,
      splitByChar('/', file)[-1] AS file_name,
      substring(file, 1, length(file) - length(file_name)) AS directory,
      arrayExists(pattern -> match(file, pattern), writable_places) AS writable,
      arrayExists(pattern -> match(file, pattern), standard_places) AS is_standard,
      has(verifiers, splitByChar('/', program_file)[-1]) AS in_verifier,
      [
        if((load_host, file) IN (SELECT slot_host, slot_file FROM slots) AND (writable OR NOT is_standard), 'slot_module', ''),
        if(modules.file_name != '' AND (writable OR NOT is_standard) AND (modules.home = '' OR NOT match(directory, modules.home)), 'trust_module_elsewhere', ''),
        if(in_verifier AND startsWith(file, '//'), 'share_into_verifier', ''),
        if(in_verifier AND is_unsigned AND writable AND NOT startsWith(file, '//'), 'unsigned_in_verifier', ''),
        multiIf(NOT is_unsigned OR NOT writable OR file = program_file OR NOT startsWith(program_file, directory) OR in_verifier, '',
          (load_host, program_file) IN (SELECT signed_host, signed_file FROM signed_programs), 'unsigned_beside_signed', 'unsigned_beside_program')
      ] AS said
    FROM loads
    LEFT JOIN modules ON modules.file_name = splitByChar('/', loads.file)[-1]
  ),
  suspects AS (SELECT raw_host, raw_file, raw_program, load_host, file, arrayFilter(signal -> signal != '', said) AS signal_list FROM judged WHERE arrayExists(signal -> signal != '', said)),
  observed AS (
    SELECT
      suspects.load_host AS load_host, suspects.file AS file, any(dll_path) AS shown_file, groupUniqArrayArray(5)(signal_list) AS signal_names,
      arraySlice(arraySort(groupUniqArray(10)(substringUTF8(process_executable, 1, 160))), 1, 3) AS programs,
      groupUniqArray(20)(process_entity_id) AS all_processes, groupUniqArrayIf(5)(lower(hex(assumeNotNull(file_hash_sha256))), file_hash_sha256 IS NOT NULL) AS all_hashes,
      groupUniqArray(5)(lower(if(user_id = '', user_name, user_id))) AS all_users,
      uniqExact(record_key) AS record_count, min(event_time) AS first_load, max(event_time) AS last_load,
      arrayMap(one -> (one.2, one.3, one.4), arraySlice(arraySort(groupUniqArray(100)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))), 1, 20)) AS chosen_events
    FROM windows_event
    INNER JOIN suspects ON suspects.raw_host = windows_event.host_name AND suspects.raw_file = windows_event.dll_path AND suspects.raw_program = windows_event.process_executable
    WHERE dll_path != '' AND event_id != 6 AND dll_path IN (SELECT raw_file FROM suspects)
    GROUP BY load_host, file
  )
SELECT
  concat(load_host, '|', substringUTF8(file, 1, 300)) AS key,
  concat(
    arrayStringConcat(programs, ' and '), ' loaded ', substringUTF8(shown_file, 1, 200), ' on ', load_host,
    multiIf(has(signal_names, 'slot_module'), ', which a trust slot was pointed at', has(signal_names, 'trust_module_elsewhere'), ', which has the name of a module that decides trust',
      has(signal_names, 'share_into_verifier'), ' from a share', ', which is not validly signed')
  ) AS summary,
  arrayConcat(
    [('host_name', if(load_host = '', '(not logged)', load_host)), ('dll_path', substringUTF8(shown_file, 1, 300))],
    arrayMap(one -> ('process_executable', one), programs),
    arrayMap(one -> ('file_hash_sha256', one), arrayFilter(one -> one != '', all_hashes))
  ) AS entities,
  arraySort(if(has(signal_names, 'unsigned_beside_signed'), arrayFilter(one -> one != 'unsigned_beside_program', signal_names), signal_names)) AS signals,
  chosen_events AS events,
  record_count AS event_count,
  toString(first_load) AS first_seen,
  toString(last_load) AS last_seen,
  load_host AS host,
  if(empty(all_hashes) OR all_hashes[1] = '', file, all_hashes[1]) AS object,
  arrayConcat(
    [('file', file)],
    arrayMap(one -> ('content', one), arrayFilter(one -> one != '', all_hashes)),
    arrayMap(one -> ('process', one), arrayFilter(one -> one != '', all_processes)),
    arrayMap(one -> ('user', one), arrayFilter(one -> one NOT IN ('', '-'), all_users))
  ) AS joins
FROM observed
ORDER BY first_load, key
