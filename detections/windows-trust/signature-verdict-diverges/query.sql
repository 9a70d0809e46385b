-- Where a host calls the signature of a file valid and ours does not hold: one row for each host and file; of files that a
-- catalog may sign, one row for each host.
--
-- A file is the same by the best hash that the host tells: SHA-256, else SHA-1, else MD5. AppLocker tells the hash that
-- signatures are over (of programs; of scripts that of the whole file, which is recalled and not verified), and - in Fqbn
-- for files without a publisher. A judgement by a catalog that came in another run stands before one without.
-- param catalogs_of_windows Float64: catalogs in one run that are taken for all of a Windows
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); file_signature whole, few columns
WITH
  judged AS (
    SELECT
      lower(hex(assumeNotNull(file_hash_sha256))) AS sha256, lower(hex(assumeNotNull(any(file_hash_sha1)))) AS sha1, lower(hex(assumeNotNull(any(file_hash_md5)))) AS md5,
      if(any(file_digest_sha256) IS NULL, '', lower(hex(assumeNotNull(any(file_digest_sha256))))) AS digest,
      max(signature_status = 'digest-mismatch') AS is_changed, max(ifNull(signature_catalogs, 0)) AS most_catalogs, any(file_name) AS name,
      arraySlice(arraySort(groupUniqArray(5)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))), 1, 1) AS judgement
    FROM file_signature
    WHERE file_kind IN ('pe', 'installer', 'script')
    GROUP BY file_hash_sha256
    HAVING is_changed OR min(signature_status = 'unsigned') = 1
  ),
  by_hash AS (
    SELECT arrayJoin([sha256, sha1, md5, concat('applocker:', digest), concat('applocker:', sha256)]) AS known_by, sha256, is_changed, most_catalogs, name, judgement
    FROM judged
    WHERE known_by NOT IN ('', 'applocker:')
  ),
  claims AS (
    SELECT
      lower(host_name) AS claim_host, lower(replaceAll(claimed, '\\', '/')) AS file, claimed AS shown, process_entity_id AS process, code_signature_subject AS signer,
      if(user_id = '', user_name, user_id) AS user, event_time AS time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number AS record,
      record_key AS claim_key,
      multiIf(
        startsWith(channel, 'Microsoft-Windows-AppLocker/'), concat('applocker:', lower(replaceOne(fields['FileHash'], '0x', ''))),
        file_hash_sha256 IS NOT NULL, lower(hex(assumeNotNull(file_hash_sha256))),
        file_hashes = '', '',
        extract(file_hashes, '(?i)SHA1=([0-9a-f]{40})') != '', lower(extract(file_hashes, '(?i)SHA1=([0-9a-f]{40})')),
        lower(extract(file_hashes, '(?i)MD5=([0-9a-f]{32})'))
      ) AS told_hash,
      if(startsWith(channel, 'Microsoft-Windows-AppLocker/'), fields['FilePath'], dll_path) AS claimed
    FROM windows_event
    WHERE (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (6, 7) AND lower(code_signature_signed) = 'true' AND lower(code_signature_status) = 'valid')
      OR (channel IN ('Microsoft-Windows-AppLocker/EXE and DLL', 'Microsoft-Windows-AppLocker/MSI and Script') AND event_id IN (8002, 8005) AND fields['Fqbn'] NOT IN ('', '-'))
  ),
  met AS (
    SELECT claim_host, file, shown, process, signer, user, time, uid, evidence, record, claim_key, sha256, is_changed, name, judgement,
      NOT is_changed AND most_catalogs < {catalogs_of_windows:Float64}
        AND (match(replaceRegexpOne(replaceRegexpOne(file, '^(/[?]/|/device/harddiskvolume[0-9]+/|%osdrive%/)', 'c:/'), '^(%windir%|%system32%|/?systemroot)/', 'c:/windows/'), '^([a-z]:)?/windows/') OR positionCaseInsensitive(signer, 'microsoft') > 0) AS is_open
    FROM claims
    INNER JOIN by_hash ON by_hash.known_by = claims.told_hash
    ORDER BY time, uid
    LIMIT 1 BY claim_key
  ),
  told AS (
    SELECT
      claim_host, if(is_open, '', file) AS told_file, any(shown) AS told_shown, any(is_open) AS is_unanswered, any(is_changed) AS was_changed,
      arraySort(groupUniqArray(5)(sha256)) AS hashes, uniqExact(sha256) AS hash_count, arraySort(groupUniqArray(3)(name)) AS names,
      arraySort(groupUniqArrayIf(3)(substringUTF8(signer, 1, 100), signer NOT IN ('', '-'))) AS signers,
      groupUniqArrayIf(20)(process, process != '') AS processes, groupUniqArrayIf(5)(lower(user), user NOT IN ('', '-')) AS users,
      count() AS claim_count, min(time) AS first_claim, max(time) AS last_claim,
      arraySlice(arraySort(groupUniqArray(50)((time, uid, evidence, record))), 1, 19) AS chosen, any(judgement) AS judgement_row
    FROM met
    GROUP BY claim_host, told_file, is_open
  )
SELECT
  concat(claim_host, '|', if(is_unanswered, 'not answerable', substringUTF8(told_file, 1, 300))) AS key,
  if(is_unanswered,
    concat(toString(hash_count), ' files that ', claim_host, ' calls validly signed have no signature of their own, and too few catalogs were given to ask (', arrayStringConcat(names, ', '), if(hash_count > 3, ' and others', ''), ')'),
    concat(claim_host, ' calls the signature of ', substringUTF8(told_shown, 1, 200), ' valid', if(empty(signers), '', concat(', by ', arrayStringConcat(signers, ' and '))), '; ',
      if(was_changed, 'the file is not what was signed', 'the file has no signature'), ' (SHA-256 ', hashes[1], ')')) AS summary,
  arrayConcat(
    [('host_name', if(claim_host = '', '(not logged)', claim_host))],
    if(is_unanswered, [], [('file_path', substringUTF8(told_shown, 1, 300))]),
    arrayMap(one -> ('file_hash_sha256', one), hashes),
    arrayMap(one -> ('code_signature_subject', one), signers)
  ) AS entities,
  [multiIf(is_unanswered, 'not_answerable', was_changed, 'changed_after_signing', 'not_signed')] AS signals,
  arrayMap(one -> (one.2, one.3, one.4), arrayConcat(chosen, judgement_row)) AS events,
  claim_count + length(judgement_row) AS event_count,
  toString(first_claim) AS first_seen,
  toString(last_claim) AS last_seen,
  claim_host AS host,
  if(is_unanswered, 'not answerable', hashes[1]) AS object,
  if(is_unanswered, [], arrayConcat(
    [('file', told_file)], arrayMap(one -> ('content', one), hashes), arrayMap(one -> ('process', one), processes), arrayMap(one -> ('user', one), users)
  )) AS joins
FROM told
ORDER BY first_claim, key
