-- Which code ran that is not validly signed: one row for each host and file.
--
-- A program loads its own file, and Sysmon 7 then says whether it is signed. Unavailable is what Sysmon says of a file
-- without a signature. CodeIntegrity tells paths by device or by \SystemRoot; they are taken to drive C as
-- src/registry/file-path.ts does (specification AN1246 §1.4).
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue, key)
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'user-writable-places' AND key = 'path_pattern') AS writable_places,
  (SELECT groupArray((value, attributes['sha256'])) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'allowed-files' AND key = 'path_pattern') AS allowed_files,
  loads AS (
    SELECT
      lower(host_name) AS run_host, lower(replaceAll(dll_path, '\\', '/')) AS file, any(dll_path) AS told_file, if(event_id = 6, 'driver', 'program') AS kind,
      max(lower(code_signature_status) = 'revoked') AS revoked,
      max(lower(code_signature_signed) = 'false' OR lower(code_signature_status) NOT IN ('valid', '', '-', 'unavailable')) AS unsigned,
      arraySort(groupUniqArrayIf(3)(substringUTF8(code_signature_subject, 1, 100), code_signature_subject NOT IN ('', '-'))) AS signers,
      groupUniqArrayIf(20)(process_entity_id, process_entity_id != '') AS processes,
      groupUniqArrayIf(5)(lower(hex(assumeNotNull(file_hash_sha256))), file_hash_sha256 IS NOT NULL) AS hashes,
      groupUniqArrayIf(5)(lower(if(user_id = '', user_name, user_id)), user_name NOT IN ('', '-') OR user_id != '') AS users,
      uniqExact(record_key) AS record_count, min(event_time) AS first_load, max(event_time) AS last_load,
      arraySlice(arraySort(groupUniqArray(50)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))), 1, 20) AS chosen
    FROM windows_event
    WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (6, 7) AND (event_id = 6 OR lower(dll_path) = lower(process_executable))
    GROUP BY run_host, file, kind
  ),
  judged AS (
    SELECT
      lower(host_name) AS run_host,
      replaceRegexpOne(replaceRegexpOne(lower(replaceAll(if(fields['FileNameBuffer'] != '', fields['FileNameBuffer'], fields['FileName']), '\\', '/')), '^/device/harddiskvolume[0-9]+/', 'c:/'), '^/?systemroot/', 'c:/windows/') AS file,
      multiIf(event_id = 3004, 'unsigned_driver', event_id = 3077, 'refused', 'would_be_refused') AS signal,
      lower(fields['SHA256Hash']) AS hash,
      event_time, event_uid, evidence_id, record_number
    FROM windows_event
    WHERE channel = 'Microsoft-Windows-CodeIntegrity/Operational' AND event_id IN (3004, 3076, 3077)
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  runs AS (
    SELECT
      lower(host_name) AS run_host, lower(replaceAll(process_executable, '\\', '/')) AS file, any(process_executable) AS shown,
      groupUniqArrayIf(20)(process_entity_id, process_entity_id != '') AS processes,
      groupUniqArrayIf(5)(lower(hex(assumeNotNull(file_hash_sha256))), file_hash_sha256 IS NOT NULL) AS hashes,
      groupUniqArrayIf(5)(lower(if(user_id = '', user_name, user_id)), user_name NOT IN ('', '-') OR user_id != '') AS users,
      uniqExact(record_key) AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arraySlice(arraySort(groupUniqArray(50)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))), 1, 20) AS chosen_events
    FROM windows_event
    WHERE (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 1) OR (channel = 'Security' AND event_id = 4688)
    GROUP BY run_host, file
  ),
  written AS (
    SELECT lower(host_name) AS written_host, lower(replaceAll(file_path, '\\', '/')) AS written_file, max(event_time) AS written_last, min(event_time) AS written_first
    FROM windows_event
    WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (11, 29) AND match(file_path, '(?i)[.](exe|com|scr)$')
    GROUP BY written_host, written_file
  ),
  observed AS (
    SELECT
      run_host, file, told_file AS shown,
      arrayFilter(one -> one != '', [
        if(kind = 'driver', 'unsigned_driver', 'unsigned_program'), if(revoked, 'revoked_signer', '')
      ]) AS said,
      signers, processes, hashes, users, record_count, first_load AS first_one, last_load AS last_one, chosen AS chosen_events
    FROM loads
    WHERE (unsigned OR revoked) AND (kind = 'driver' OR revoked OR arrayExists(pattern -> match(file, pattern), writable_places))
    UNION ALL
    SELECT
      run_host, file, any(file) AS shown, groupUniqArray(3)(signal) AS said, [] AS signers, [] AS processes,
      groupUniqArrayIf(5)(hash, match(hash, '^[0-9a-f]{64}$')) AS hashes, [] AS users, count() AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arraySlice(arraySort(groupUniqArray(50)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))), 1, 20) AS chosen_events
    FROM judged
    WHERE file != ''
    GROUP BY run_host, file
    UNION ALL
    SELECT
      lower(host_name) AS run_host, lower(replaceAll(process_executable, '\\', '/')) AS file, any(process_executable) AS shown, ['driver_given'] AS said, [] AS signers,
      groupUniqArrayIf(20)(process_entity_id, process_entity_id != '') AS processes,
      groupUniqArrayIf(5)(lower(hex(assumeNotNull(file_hash_sha256))), file_hash_sha256 IS NOT NULL) AS hashes,
      groupUniqArrayIf(5)(lower(if(user_id = '', user_name, user_id)), user_name NOT IN ('', '-') OR user_id != '') AS users,
      uniqExact(record_key) AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arraySlice(arraySort(groupUniqArray(50)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))), 1, 20) AS chosen_events
    FROM windows_event
    WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 1) OR (channel = 'Security' AND event_id = 4688))
      AND positionCaseInsensitive(process_command_line, '.sys') > 0 AND match(process_command_line, '(?i)[.]sys(["\'\\s]|$)')
      AND arrayExists(pattern -> match(lower(replaceAll(process_executable, '\\', '/')), pattern), writable_places)
    GROUP BY run_host, file
    UNION ALL
    SELECT run_host, file, shown, ['signature_unknown'] AS said, [] AS signers, processes, hashes, users, record_count, first_one, last_one, chosen_events
    FROM runs
    INNER JOIN written ON written_host = run_host AND written_file = file
    WHERE written_first <= last_one AND first_one <= written_last + INTERVAL 1 DAY
      AND arrayExists(pattern -> match(file, pattern), writable_places)
      AND (run_host, file) NOT IN (SELECT run_host, file FROM loads)
  ),
  files AS (
    SELECT
      run_host, file, any(shown) AS shown_file, groupUniqArrayArray(5)(said) AS all_said, groupUniqArrayArray(3)(signers) AS all_signers, groupUniqArrayArray(20)(processes) AS all_processes,
      groupUniqArrayArray(5)(hashes) AS all_hashes, groupUniqArrayArray(5)(users) AS all_users, sum(record_count) AS all_records,
      min(first_one) AS first_run, max(last_one) AS last_run, arraySlice(arraySort(groupUniqArrayArray(40)(chosen_events)), 1, 20) AS all_chosen
    FROM observed
    GROUP BY run_host, file
  )
SELECT
  concat(run_host, '|', substringUTF8(file, 1, 300)) AS key,
  concat(
    substringUTF8(shown_file, 1, 200),
    multiIf(has(all_said, 'unsigned_driver'), ', a driver that is not validly signed, was loaded on ', has(all_said, 'revoked_signer'), ', whose signature was revoked, ran on ',
      has(all_said, 'unsigned_program'), ', which is not validly signed, ran on ', has(all_said, 'driver_given'), ' was given a driver on ', has(all_said, 'signature_unknown') AND length(all_said) = 1, ', of which nobody says whether it is signed, was put there and ran on ', has(all_said, 'refused'), ' was refused by App Control on ', ' would have been refused by App Control on '),
    run_host, if(empty(all_signers), '', concat(' (signer as told: ', arrayStringConcat(all_signers, ' and '), ')'))
  ) AS summary,
  arrayConcat(
    [('host_name', if(run_host = '', '(not logged)', run_host)), ('file_path', substringUTF8(shown_file, 1, 300))],
    arrayMap(one -> ('file_hash_sha256', one), all_hashes),
    arrayMap(one -> ('code_signature_subject', one), all_signers)
  ) AS entities,
  arrayConcat(
    arraySort(all_said),
    multiIf(
      NOT has(all_said, 'unsigned_program'), [],
      notEmpty(all_hashes) AND arrayAll(hash -> arrayExists(one -> one.2 = hash AND match(file, one.1), allowed_files), all_hashes), ['allowed_file'],
      arrayExists(one -> one.2 = '' AND match(file, one.1), allowed_files), ['allowed_path'],
      [])
  ) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), all_chosen) AS events,
  all_records AS event_count,
  toString(first_run) AS first_seen,
  toString(last_run) AS last_seen,
  run_host AS host,
  if(empty(all_hashes), file, all_hashes[1]) AS object,
  arrayConcat(
    [('file', file)], if(has(all_said, 'unsigned_driver'), [('kernel', 'unsigned code')], []), arrayMap(one -> ('content', one), all_hashes), arrayMap(one -> ('process', one), all_processes), arrayMap(one -> ('user', one), all_users)
  ) AS joins
FROM files
ORDER BY first_run, key
