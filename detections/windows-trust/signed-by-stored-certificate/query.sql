-- Which files that ran are signed by a certificate that came into a store of the host: one row for each host, file and
-- certificate.
--
-- A certificate came into a store by an event (Sysmon 13, 4657), or lies in a hive and its key was written within the time;
-- public roots, My and Disallowed are left out. So is CA in a hive: it holds intermediates of Windows, which are as young as
-- the installation, and lend no trust. The chain of a file is that of its own signature, whose digest and signature hold;
-- whether it leads to a root is not asked, since that is what the store is for. TBS hashes are over the first element in
-- the certificate's DER; their length tells the algorithm (specification AN1246 §2.1). 3089 is joined to its 3033, 3034, 3076
-- or 3077 by the ActivityID.
-- param intel String: snapshot of the reference data
-- param days Float64: days from the store to the run; the run may also be a day earlier
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); registry_value by its first key, below SystemCertificates; file_signature whole, few columns; certificate_alias by (kind, value); certificate by certificate_id
WITH
  public_roots AS (SELECT value AS public_sha1 FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'public-roots' AND key IN ('sha1', 'blocked_sha1')),
  writes AS (
    SELECT
      lower(host_name) AS store_host, lower(replaceAll(registry_path, '\\', '/')) AS place, extract(place, '/certificates/([0-9a-f]{40})/blob$') AS sha1, event_time AS stored_at,
      lower(hex(event_uid)) AS stored_uid, toString(evidence_id) AS stored_evidence, record_number AS stored_record
    FROM windows_event
    WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 13) OR (channel = 'Security' AND event_id = 4657))
      AND positionCaseInsensitive(registry_path, 'certificates\\') > 0 AND match(place, '/(system|enterprise)certificates/') AND sha1 != '' AND NOT match(place, '/(my|disallowed)/certificates/')
    UNION ALL
    SELECT
      lower(host_name) AS store_host, lower(certificate_store) AS place, lower(hex(assumeNotNull(certificate_sha1))) AS sha1, assumeNotNull(registry_key_written) AS stored_at,
      lower(hex(event_uid)) AS stored_uid, toString(evidence_id) AS stored_evidence, record_number AS stored_record
    FROM registry_value
    WHERE sighting = 'store' AND certificate_sha1 IS NOT NULL AND registry_key_written IS NOT NULL AND host_name != '' AND NOT match(lower(certificate_store), '\\\\(my|disallowed|ca)$')
  ),
  stored AS (
    SELECT store_host, sha1 AS stored_sha1, min(stored_at) AS first_stored, argMin((stored_at, stored_uid, stored_evidence, stored_record), stored_at) AS stored_row
    FROM writes
    WHERE sha1 NOT IN (SELECT public_sha1 FROM public_roots)
    GROUP BY store_host, sha1
  ),
  ders AS (
    SELECT lower(hex(assumeNotNull(certificate_sha1))) AS der_sha1, certificate_der AS der, certificate_subject AS subject
    FROM registry_value
    WHERE sighting = 'store' AND certificate_sha1 IS NOT NULL AND certificate_der != '' AND der_sha1 IN (SELECT stored_sha1 FROM stored)
    UNION ALL
    SELECT lower(hex(assumeNotNull(certificate.sha1))) AS der_sha1, certificate.der AS der, certificate.subject AS subject
    FROM certificate
    WHERE from_der AND certificate.sha1 IS NOT NULL AND certificate.der != ''
      AND certificate_id IN (SELECT certificate_id FROM certificate_alias WHERE kind = 'sha1' AND value IN (SELECT stored_sha1 FROM stored))
  ),
  known AS (
    SELECT
      der_sha1, any(subject) AS stored_subject, any(der) AS one_der,
      -- The header of the certificate has two to five octets, and so has that of what is signed in it.
      2 + if(bitAnd(ascii(substring(one_der, 2, 1)), 128) = 0, 0, bitAnd(ascii(substring(one_der, 2, 1)), 127)) AS outer_octets,
      ascii(substring(one_der, outer_octets + 2, 1)) AS inner_first,
      substring(one_der, outer_octets + 1, multiIf(
        inner_first < 128, 2 + inner_first,
        inner_first = 129, 3 + ascii(substring(one_der, outer_octets + 3, 1)),
        inner_first = 130, 4 + 256 * ascii(substring(one_der, outer_octets + 3, 1)) + ascii(substring(one_der, outer_octets + 4, 1)),
        0)) AS tbs
    FROM ders
    GROUP BY der_sha1
  ),
  tbs_hashes AS (
    SELECT der_sha1 AS tbs_sha1, arrayJoin([lower(hex(SHA1(tbs))), lower(hex(SHA256(tbs))), lower(hex(SHA384(tbs))), lower(hex(SHA512(tbs)))]) AS tbs_hash
    FROM known
    WHERE tbs != ''
  ),
  signed AS (
    SELECT
      lower(hex(assumeNotNull(file_hash_sha256))) AS signed_sha256, lower(hex(assumeNotNull(any(file_hash_sha1)))) AS signed_file_sha1, lower(hex(assumeNotNull(any(file_hash_md5)))) AS signed_md5,
      arrayJoin(groupUniqArrayArray(50)(if(has(signature_reasons, 'chain-signature-wrong'), arraySlice(signature_chain_sha1, 1, 1), signature_chain_sha1))) AS chain_sha1,
      arraySlice(arraySort(groupUniqArray(5)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))), 1, 1) AS judgement
    FROM file_signature
    WHERE file_kind IN ('pe', 'installer', 'script')
      AND signature_status NOT IN ('unsigned', 'digest-mismatch', 'unsound-layout', 'signature-invalid', 'unreadable', 'unsupported')
    GROUP BY file_hash_sha256
    HAVING chain_sha1 IN (SELECT stored_sha1 FROM stored)
  ),
  by_hash AS (SELECT arrayJoin([signed_sha256, signed_file_sha1, signed_md5]) AS known_by, signed_sha256, chain_sha1, judgement FROM signed WHERE known_by != ''),
  -- A file that does not bring the certificate of its issuer: its name is all that is known.
  by_issuer AS (
    SELECT arrayJoin([lower(hex(assumeNotNull(file_hash_sha256))), lower(hex(assumeNotNull(file_hash_sha1))), lower(hex(assumeNotNull(file_hash_md5)))]) AS issued_by_hash, lower(hex(assumeNotNull(file_hash_sha256))) AS issued_sha256, der_sha1 AS issuer_sha1
    FROM file_signature
    INNER JOIN known ON lowerUTF8(known.stored_subject) = lowerUTF8(file_signature.signature_issuer)
    WHERE file_kind IN ('pe', 'installer', 'script') AND signature_issuer != '' AND signature_issuer != signature_signer AND length(signature_chain_sha1) = 1
      AND signature_status NOT IN ('unsigned', 'digest-mismatch', 'unsound-layout', 'signature-invalid', 'unreadable', 'unsupported')
  ),
  runs AS (
    SELECT
      lower(host_name) AS run_host, if(event_id = 1, process_executable, dll_path) AS shown, process_entity_id AS process, if(user_id = '', user_name, user_id) AS user, code_signature_subject AS signer,
      event_time AS time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number AS record, record_key AS run_key,
      multiIf(
        file_hash_sha256 IS NOT NULL, lower(hex(assumeNotNull(file_hash_sha256))),
        extract(file_hashes, '(?i)SHA1=([0-9a-f]{40})') != '', lower(extract(file_hashes, '(?i)SHA1=([0-9a-f]{40})')),
        lower(extract(file_hashes, '(?i)MD5=([0-9a-f]{32})'))
      ) AS told_hash
    FROM windows_event
    WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (1, 6, 7) AND run_host IN (SELECT store_host FROM stored)
  ),
  kernel AS (
    SELECT
      lower(host_name) AS run_host, event_time AS time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number AS record, record_key AS run_key, event_id AS id,
      upper(replaceRegexpAll(arrayFirst(one -> one != '', [extra['activity_id'], extra['ActivityID'], fields['ActivityID']]), '[{}]', '')) AS activity,
      arrayFilter(one -> one != '', [lower(replaceOne(fields['PublisherTBSHash'], '0x', '')), lower(replaceOne(fields['IssuerTBSHash'], '0x', ''))]) AS told_tbs, fields['PublisherName'] AS publisher,
      if(fields['FileNameBuffer'] != '', fields['FileNameBuffer'], fields['FileName']) AS told_file,
      if(fields['SHA256FlatHash'] != '', fields['SHA256FlatHash'], fields['SHA256Hash']) AS told_sha256
    FROM windows_event
    WHERE channel = 'Microsoft-Windows-CodeIntegrity/Operational' AND event_id IN (3033, 3034, 3076, 3077, 3089)
  ),
  parents AS (
    SELECT run_host AS parent_host, activity AS parent_activity, any(told_file) AS parent_file, any(lower(told_sha256)) AS parent_sha256
    FROM kernel
    WHERE id != 3089 AND activity != ''
    GROUP BY run_host, activity
  ),
  met AS (
    SELECT run_host, shown, process, user, time, uid, evidence, record, run_key, chain_sha1 AS certificate_sha1, signed_sha256 AS content, 'chains_to_stored' AS signal, judgement AS more
    FROM runs
    INNER JOIN by_hash ON by_hash.known_by = runs.told_hash
    UNION ALL
    SELECT run_host, parent_file AS shown, '' AS process, '' AS user, time, uid, evidence, record, run_key, tbs_sha1 AS certificate_sha1,
      if(match(parent_sha256, '^[0-9a-f]{64}$'), parent_sha256, '') AS content, 'kernel_chains_to_stored' AS signal, [] AS more
    FROM (SELECT run_host, time, uid, evidence, record, run_key, activity, arrayJoin(told_tbs) AS one_tbs FROM kernel WHERE id = 3089) AS signatures
    INNER JOIN tbs_hashes ON tbs_hashes.tbs_hash = signatures.one_tbs
    LEFT JOIN parents ON parents.parent_host = signatures.run_host AND parents.parent_activity = signatures.activity
    UNION ALL
    SELECT run_host, shown, process, user, time, uid, evidence, record, run_key, issuer_sha1 AS certificate_sha1, issued_sha256 AS content, 'issuer_named_like_stored' AS signal, [] AS more
    FROM runs
    INNER JOIN by_issuer ON by_issuer.issued_by_hash = runs.told_hash
    WHERE issued_by_hash != ''
    UNION ALL
    SELECT run_host, shown, process, user, time, uid, evidence, record, run_key, der_sha1 AS certificate_sha1, '' AS content, 'named_like_stored' AS signal, [] AS more
    FROM runs
    INNER JOIN (SELECT der_sha1, lowerUTF8(extract(stored_subject, '(?i)(?:^|,)CN=((?:[^,\\\\]|\\\\.)+)')) AS common_name FROM known WHERE common_name != '') AS names ON names.common_name = lowerUTF8(runs.signer)
  ),
  files AS (
    SELECT
      run_host, lower(replaceAll(shown, '\\', '/')) AS file, any(shown) AS shown_file, certificate_sha1,
      -- What is known by bytes needs no name.
      if(has(groupUniqArray(signal) AS said, 'chains_to_stored') OR has(said, 'kernel_chains_to_stored'), arrayFilter(one -> NOT endsWith(one, 'named_like_stored'), said), said) AS all_said,
      arrayExists(one -> endsWith(one, 'named_like_stored'), all_said) AS by_name,
      groupUniqArrayIf(5)(content, content != '') AS hashes, groupUniqArrayIf(20)(process, process != '') AS processes, groupUniqArrayIf(5)(lower(user), user NOT IN ('', '-')) AS users,
      uniqExact(run_key) AS run_count, min(time) AS first_run, max(time) AS last_run, any(first_stored) AS since,
      arraySlice(arraySort(groupUniqArray(50)((time, uid, evidence, record))), 1, 18) AS chosen, any(more) AS judgement_row, any(stored_row) AS store_row, any(stored_subject) AS subject
    FROM met
    INNER JOIN stored ON stored.store_host = met.run_host AND stored.stored_sha1 = met.certificate_sha1
    LEFT JOIN known ON known.der_sha1 = met.certificate_sha1
    WHERE time >= first_stored - toIntervalDay(1) AND time <= first_stored + toIntervalSecond(toUInt64({days:Float64} * 86400))
    GROUP BY run_host, file, certificate_sha1
  )
SELECT
  concat(run_host, '|', substringUTF8(file, 1, 300), '|', certificate_sha1) AS key,
  concat(
    if(shown_file = '', 'A file', substringUTF8(shown_file, 1, 200)), ' on ', run_host,
    if(by_name, ' is signed, by a name alone, by or below ', ' is signed by, or below, '), 'certificate ', certificate_sha1,
    if(subject = '', '', concat(' (', substringUTF8(subject, 1, 160), ')')), ', which came into a store of the host at ', toString(since)
  ) AS summary,
  arrayConcat(
    [('host_name', run_host), ('certificate_sha1', certificate_sha1)],
    if(shown_file = '', [], [('file_path', substringUTF8(shown_file, 1, 300))]),
    arrayMap(one -> ('file_hash_sha256', one), hashes),
    if(subject = '', [], [('certificate_subject', substringUTF8(subject, 1, 160))])
  ) AS entities,
  arraySort(all_said) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), arrayConcat(chosen, judgement_row, [store_row])) AS events,
  run_count + length(judgement_row) + 1 AS event_count,
  toString(first_run) AS first_seen,
  toString(last_run) AS last_seen,
  run_host AS host,
  concat(if(empty(hashes), file, hashes[1]), '|', certificate_sha1) AS object,
  arrayConcat(
    if(by_name, [('issuer', lower(subject))], [('certificate', certificate_sha1)]),
    if(file = '', [], [('file', file)]), arrayMap(one -> ('content', one), hashes), arrayMap(one -> ('process', one), processes), arrayMap(one -> ('user', one), users)
  ) AS joins
FROM files
ORDER BY first_run, key
