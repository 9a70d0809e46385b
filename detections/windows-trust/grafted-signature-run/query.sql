-- Which files with data in or behind their signatures ran: one row for each host and file.
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); file_signature whole, few columns
WITH
  grafted AS (
    SELECT
      lower(hex(assumeNotNull(file_hash_sha256))) AS sha256, lower(hex(assumeNotNull(any(file_hash_sha1)))) AS sha1, lower(hex(assumeNotNull(any(file_hash_md5)))) AS md5,
      groupUniqArrayArray(signature_doubts) AS all_doubts, any(signature_signer) AS signed_by, max(ifNull(signature_bytes, 0)) AS octets,
      arrayFilter(one -> one != '', [
        if(has(all_doubts, 'data-in-table'), 'data_in_table', ''),
        if(hasAny(all_doubts, ['data-after-table', 'data-after-signature', 'data-after-end', 'archive-after-end']), 'data_behind', ''),
        if(has(all_doubts, 'unsigned-attributes'), 'unsigned_attributes', ''),
        if(octets > 32768, 'long_signature', '')
      ]) AS said,
      arraySlice(arraySort(groupUniqArray(5)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))), 1, 1) AS judgement
    FROM file_signature
    WHERE file_kind IN ('pe', 'installer', 'script') AND signature_catalog_sha256 IS NULL AND (notEmpty(signature_doubts) OR signature_bytes > 32768)
    GROUP BY file_hash_sha256
    HAVING notEmpty(said)
  ),
  by_hash AS (SELECT arrayJoin([sha256, sha1, md5]) AS known_by, sha256, said, signed_by, judgement FROM grafted WHERE known_by != ''),
  runs AS (
    SELECT
      lower(host_name) AS run_host, if(event_id = 1, process_executable, dll_path) AS shown, lower(replaceAll(shown, '\\', '/')) AS file, process_entity_id AS process,
      if(user_id = '', user_name, user_id) AS user, event_time AS time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number AS record, record_key AS run_key,
      multiIf(
        file_hash_sha256 IS NOT NULL, lower(hex(assumeNotNull(file_hash_sha256))),
        extract(file_hashes, '(?i)SHA1=([0-9a-f]{40})') != '', lower(extract(file_hashes, '(?i)SHA1=([0-9a-f]{40})')),
        lower(extract(file_hashes, '(?i)MD5=([0-9a-f]{32})'))
      ) AS told_hash
    FROM windows_event
    WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (1, 6, 7) AND (file_hash_sha256 IS NOT NULL OR file_hashes != '')
  ),
  met AS (
    SELECT run_host, file, shown, process, user, time, uid, evidence, record, run_key, sha256, said, signed_by, judgement
    FROM runs
    INNER JOIN by_hash ON by_hash.known_by = runs.told_hash
    ORDER BY time, uid
    LIMIT 1 BY run_key
  ),
  files AS (
    SELECT
      run_host, file, any(shown) AS shown_file, any(sha256) AS hash, groupUniqArrayArray(said) AS all_said, any(signed_by) AS signer,
      groupUniqArrayIf(20)(process, process != '') AS processes, groupUniqArrayIf(5)(lower(user), user NOT IN ('', '-')) AS users,
      count() AS run_count, min(time) AS first_run, max(time) AS last_run,
      arraySlice(arraySort(groupUniqArray(50)((time, uid, evidence, record))), 1, 19) AS chosen, any(judgement) AS judgement_row
    FROM met
    GROUP BY run_host, file
  )
SELECT
  concat(run_host, '|', substringUTF8(file, 1, 300)) AS key,
  concat(
    substringUTF8(shown_file, 1, 200), ' ran on ', run_host, ' with ',
    arrayStringConcat(arrayMap(one -> transform(one, ['data_in_table', 'data_behind', 'unsigned_attributes', 'long_signature'],
      ['data behind its signature that nothing signs', 'data behind what is signed', 'an unsigned attribute of an unknown kind', 'a signature that is longer than its certificates make it'], one), arraySort(all_said)), ' and '),
    if(signer = '', '', concat(' (signer: ', substringUTF8(signer, 1, 120), ')'))
  ) AS summary,
  arrayConcat(
    [('host_name', if(run_host = '', '(not logged)', run_host)), ('file_path', substringUTF8(shown_file, 1, 300)), ('file_hash_sha256', hash)],
    if(signer = '', [], [('signature_signer', substringUTF8(signer, 1, 120))])
  ) AS entities,
  arraySort(all_said) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), arrayConcat(chosen, judgement_row)) AS events,
  run_count + length(judgement_row) AS event_count,
  toString(first_run) AS first_seen,
  toString(last_run) AS last_seen,
  run_host AS host,
  hash AS object,
  arrayConcat([('file', file), ('content', hash)], arrayMap(one -> ('process', one), processes), arrayMap(one -> ('user', one), users)) AS joins
FROM files
ORDER BY first_run, key
