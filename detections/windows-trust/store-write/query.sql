-- Which certificates came into a store of a Windows host, or out of Disallowed: one row for each host, store and thumbprint.
--
-- A certificate in a store is the value Blob below Certificates\<SHA-1 of the certificate> (specification AN1246 §1.1).
-- Its scopes: machine, Group Policy, Enterprise, one service, one user. Creating the key writes no certificate. The store
-- of a machine's or user's own certificates (My) is left out. AuthRoot, and what else is of a public program, counts for
-- nothing by its thumbprint, never by its writer: crypt32 writes it in whatever process verifies a certificate. Sysmon 13
-- says SetValue by its id alone, since NXLog hides the EventType; %%1906 is a deletion as 4657 says it, in events that
-- earlier versions stored. Sysmon and Security of one change are one row, as are repetitions: the trust is the same
-- however often it is written. Slashes stand for backslashes in patterns.
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins, ended
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); certificate_sighting by the bloom filter on certificate_sha1; intel_entry by (snapshot, catalogue, key)
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'user-writable-places' AND key = 'path_pattern') AS writable_places,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'scriptable-programs' AND key = 'executable') AS scriptable,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'scriptable-programs' AND key = 'registry_editor') AS registry_editors,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'scriptable-programs' AND key = 'policy_client') AS policy_clients,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'scriptable-programs' AND key = 'installer') AS installers,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-stores' AND key = 'store') AS stores,
  public_roots AS (SELECT value AS public_sha1 FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'public-roots' AND key = 'sha1'),
  of_the_house AS (
    SELECT concat(catalogue, ' ', value) AS house_id
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue IN ('trusted-roots', 'trusted-publishers') AND key IN ('sha1', 'sha256')
  ),
  known_roots AS (
    SELECT value AS known_sha1, any(attributes['label']) AS label, any(attributes['kind']) AS known_kind, any(attributes['confirmed']) AS confirmed
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'known-roots' AND key = 'sha1'
    GROUP BY known_sha1
  ),
  writes AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, toUInt32(event_id) AS id, lower(host_name) AS host,
      process_executable, user_name, process_entity_id, logon_id, user_id,
      id = 12 OR registry_operation IN ('value_deleted', 'key_deleted', '%%1906') AS deleted,
      extractGroups(lower(replaceAll(registry_path, '\\', '/')),
        '^(?:(hklm|hkey_local_machine|/registry/machine)|(?:hku|hkey_users|/registry/user)/([^/]+)|(hkcu|hkey_current_user))/software/(?:wow6432node/)?(policies/)?microsoft/(systemcertificates|enterprisecertificates|cryptography/services/[^/]+/systemcertificates)/([^/]+)/certificates/([0-9a-f]{40})(/blob)?$') AS parts,
      lower(replaceAll(process_executable, '\\', '/')) AS writer
    FROM windows_event
    WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND (event_id = 13 OR (event_id = 12 AND registry_operation IN ('key_deleted', 'value_deleted')))) OR (channel = 'Security' AND event_id = 4657))
      AND positionCaseInsensitive(registry_path, '\\certificates\\') > 0 AND notEmpty(parts) AND has(stores, parts[6]) AND parts[6] != 'my'
      AND (if(deleted, parts[6] = 'disallowed', parts[8] != ''))
  ),
  placed AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, id, host, process_executable, user_name, process_entity_id, logon_id, user_id, writer,
      deleted, splitByChar('/', writer)[-1] AS program,
      parts[6] AS store_id, transform(store_id, ['root', 'authroot', 'trustedpublisher', 'ca', 'trustedpeople', 'trust', 'ntauth', 'disallowed'], ['Root', 'AuthRoot', 'TrustedPublisher', 'CA', 'TrustedPeople', 'Trust', 'NTAuth', 'Disallowed'], store_id) AS store_name,
      parts[7] AS thumbprint, parts[1] != '' AS machine, parts[4] != '' AS policy, parts[5] = 'enterprisecertificates' AS enterprise,
      extract(parts[5], '^cryptography/services/([^/]+)/') AS service, if(parts[3] != '', '', parts[2]) AS sid,
      multiIf(
        service != '', concat('the ', store_name, ' store of service ', substringUTF8(service, 1, 60)),
        enterprise, concat('the Enterprise ', store_name, ' store'),
        machine AND policy, concat('the LocalMachine ', store_name, ' store of Group Policy'),
        machine, concat('the LocalMachine ', store_name, ' store'),
        sid IN ('.default', 's-1-5-18'), concat('the ', store_name, ' store of LocalSystem'),
        concat('the CurrentUser ', store_name, ' store', if(policy, ' of Group Policy', ''), if(sid = '', '', concat(' of ', upper(substringUTF8(sid, 1, 80)))))
      ) AS store
    FROM writes
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  changes AS (
    SELECT
      host, store, thumbprint, deleted, any(store_id) AS store_kind, any(machine AND service = '') AS machine_wide,
      groupUniqArrayIf(20)(('process', process_entity_id), process_entity_id != '') AS process_joins,
      groupUniqArrayIf(20)(('logon', logon_id), logon_id != '') AS logon_joins,
      groupUniqArrayIf(20)(('user', lower(if(user_id = '', user_name, user_id))), user_name NOT IN ('', '-') OR user_id != '') AS user_joins,
      max(program = '') AS unknown_writer,
      max(arrayExists(pattern -> match(writer, pattern), writable_places) OR has(scriptable, program)) AS unusual_writer,
      max(NOT machine AND has(registry_editors, program)) AS raw_user_write,
      max(program = 'wmiprvse.exe') AS by_wmi,
      min((policy OR enterprise) AND has(policy_clients, program) AND match(writer, '^([a-z]:|%systemroot%)?/?(windows/)?system32/')) AS distributed,
      min(has(policy_clients, program) AND match(writer, '^([a-z]:|%systemroot%)?/?(windows/)?system32/')) AS by_policy,
      min(has(installers, program) AND match(writer, '^([a-z]:|%systemroot%)?/?(windows/)?(system32|syswow64|servicing|winsxs)/')) AS by_installer,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(process_executable, 1, 160), process_executable != '')), 1, 3) AS writers,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(user_name, 1, 80), user_name NOT IN ('', '-'))), 1, 3) AS users,
      arraySort(groupUniqArray(if(id = 4657, 'Security 4657', concat('Sysmon ', toString(id))))) AS witnesses,
      count() AS record_count, min(event_time) AS change_first, max(event_time) AS change_last,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, uid, evidence, record_number))) AS chosen
    FROM placed
    GROUP BY host, store, thumbprint, deleted
  ),
  prevalence AS (SELECT thumbprint, uniqExact(host) AS hosts FROM changes WHERE NOT deleted GROUP BY thumbprint),
  keys_here AS (
    SELECT DISTINCT lower(host_name) AS key_host, lower(hex(assumeNotNull(certificate_sha1))) AS key_sha1
    FROM registry_value
    WHERE sighting = 'store' AND certificate_has_key = true AND certificate_sha1 IS NOT NULL
  ),
  certificates AS (
    SELECT lower(hex(assumeNotNull(certificate_sha1))) AS sha1, maxIf(lower(hex(assumeNotNull(certificate_sha256))), certificate_sha256 IS NOT NULL) AS its_sha256, max(substringUTF8(certificate_subject, 1, 160)) AS subject, toString(toDate(max(certificate_not_after))) AS valid_until,
      max(certificate_not_before) AS valid_from, dateDiff('day', max(certificate_not_before), max(certificate_not_after)) > 20 * 366 AS long_lived
    FROM certificate_sighting
    WHERE certificate_sha1 IN (SELECT toFixedString(unhex(thumbprint), 20) FROM changes)
    GROUP BY sha1
  )
SELECT
  concat(changes.host, '|', store, '|', changes.thumbprint, if(deleted, '|deleted', '')) AS key,
  concat(
    if(empty(writers), 'A process that the record does not name', arrayStringConcat(writers, ' and ')),
    if(deleted, ' took certificate ', ' wrote certificate '), changes.thumbprint, if(deleted, ' out of ', ' into '), store, ' on ', changes.host,
    if(empty(users), '', concat(' as ', arrayStringConcat(users, ' and '))),
    ' (', arrayStringConcat(witnesses, ' and '), ')',
    if(label = '', '', concat('; it is known as ', label)),
    if(public, '; it is a root of a public program', ''),
    if(subject = '', if(public OR label != '', '', '; the certificate itself is not in the evidence'), concat('; the evidence has the certificate: ', subject, ', valid until ', valid_until))
  ) AS summary,
  arrayConcat(
    [('host_name', if(changes.host = '', '(not logged)', changes.host)), ('certificate_sha1', changes.thumbprint)],
    arrayMap(one -> ('process_executable', one), writers),
    arrayMap(one -> ('user_name', one), users),
    if(subject = '', [], [('certificate_subject', subject)])
  ) AS entities,
  changes.thumbprint IN (SELECT public_sha1 FROM public_roots) AS public,
  concat(if(store_kind = 'trustedpublisher', 'trusted-publishers ', 'trusted-roots '), changes.thumbprint) IN (SELECT house_id FROM of_the_house)
    OR (its_sha256 != '' AND concat(if(store_kind = 'trustedpublisher', 'trusted-publishers ', 'trusted-roots '), its_sha256) IN (SELECT house_id FROM of_the_house)) AS house,
  arrayFilter(signal -> signal != '', [
    multiIf(
      deleted, if(by_policy, 'distrust_taken_back_by_policy', 'distrust_taken_back'),
      store_kind = 'disallowed', 'distrusted',
      public, 'public_root',
      store_kind IN ('root', 'authroot', 'ntauth'), if(machine_wide, 'machine_root', 'narrow_root'),
      store_kind = 'trustedpublisher', if(machine_wide, 'machine_publisher', 'narrow_publisher'),
      'authority'),
    if(house AND NOT deleted AND NOT public AND store_kind != 'disallowed', 'of_the_house', ''),
    if(NOT deleted AND NOT public AND store_kind != 'disallowed' AND (changes.host, changes.thumbprint) IN (SELECT key_host, key_sha1 FROM keys_here), 'key_is_here', ''),
    if(NOT deleted AND NOT public AND machine_wide AND store_kind IN ('root', 'authroot', 'ntauth') AND valid_from >= change_first - INTERVAL 2 DAY AND valid_from <= change_first + INTERVAL 1 DAY, 'just_made', ''),
    if(NOT deleted AND NOT public AND machine_wide AND store_kind IN ('root', 'authroot', 'ntauth') AND long_lived, 'long_lived', ''),
    if(unusual_writer AND NOT public AND store_kind != 'disallowed', 'unusual_writer', ''),
    if(by_wmi, 'by_wmi', ''),
    if(raw_user_write, 'raw_user_write', ''),
    if(distributed AND NOT deleted, 'distributed', ''),
    if(by_installer AND NOT deleted AND store_kind NOT IN ('root', 'authroot', 'ntauth', 'disallowed'), 'by_installer', ''),
    multiIf(deleted OR store_kind = 'disallowed', '', known_kind = 'compromised-key' AND confirmed = 'true', 'key_is_public', known_kind = 'test-artefact', 'test_artefact', known_kind != '', 'known_product', ''),
    if(machine_wide AND NOT deleted AND NOT public AND NOT house AND NOT distributed AND store_kind IN ('root', 'ntauth') AND (unusual_writer OR by_wmi OR unknown_writer) AND prevalence.hosts = 1, 'unapproved_root', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(change_first) AS first_seen,
  toString(change_last) AS last_seen,
  changes.host AS host,
  concat(store, '|', changes.thumbprint, if(deleted, '|deleted', '')) AS object,
  arrayConcat([('certificate', changes.thumbprint)], process_joins, logon_joins, user_joins) AS joins,
  '' AS ended
FROM changes
LEFT JOIN prevalence ON prevalence.thumbprint = changes.thumbprint
LEFT JOIN known_roots ON known_roots.known_sha1 = changes.thumbprint
LEFT JOIN certificates ON certificates.sha1 = changes.thumbprint
WHERE NOT public OR deleted OR store_kind NOT IN ('root', 'authroot')
ORDER BY change_first, key
