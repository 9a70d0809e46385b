-- Which certificates were written into a Root store of a Windows host: one row for each host, store and thumbprint.
--
-- A certificate in a store is the value Blob below Certificates\<SHA-1 of the certificate> (specification AN1246 §1.1).
-- Its scopes: machine, Group Policy, Enterprise, one service, one user. Creating the key writes no certificate. AuthRoot
-- is left out: crypt32 writes it in whatever process verifies a certificate. Sysmon 13 says SetValue by its id alone,
-- since NXLog hides the EventType; a deletion is none (%%1906: as 4657 says it, in events that earlier versions stored).
-- Both of one change are one row, as are repetitions: the trust is the same however often it is written. Slashes stand
-- for backslashes in patterns.
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins, ended
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); certificate_sighting by the bloom filter on certificate_sha1; intel_entry by (snapshot, catalogue, key)
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'user-writable-places' AND key = 'path_pattern') AS writable_places,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'scriptable-programs' AND key = 'executable') AS scriptable,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'scriptable-programs' AND key = 'registry_editor') AS registry_editors,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'scriptable-programs' AND key = 'policy_client') AS policy_clients,
  writes AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, toUInt32(event_id) AS id, lower(host_name) AS host,
      process_executable, user_name, process_entity_id, logon_id, user_id,
      extractGroups(lower(replaceAll(registry_path, '\\', '/')),
        '^(?:(hklm|hkey_local_machine|/registry/machine)|(?:hku|hkey_users|/registry/user)/([^/]+)|(hkcu|hkey_current_user))/software/(?:wow6432node/)?(policies/)?microsoft/(systemcertificates|enterprisecertificates|cryptography/services/[^/]+/systemcertificates)/root/certificates/([0-9a-f]{40})/blob$') AS parts,
      lower(replaceAll(process_executable, '\\', '/')) AS writer
    FROM windows_event
    WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 13) OR (channel = 'Security' AND event_id = 4657 AND registry_operation NOT IN ('value_deleted', '%%1906')))
      AND endsWith(lower(registry_path), '\\blob') AND notEmpty(parts)
  ),
  placed AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, id, host, process_executable, user_name, process_entity_id, logon_id, user_id, writer,
      splitByChar('/', writer)[-1] AS program,
      parts[6] AS thumbprint, parts[1] != '' AS machine, parts[4] != '' AS policy, parts[5] = 'enterprisecertificates' AS enterprise,
      extract(parts[5], '^cryptography/services/([^/]+)/') AS service, if(parts[3] != '', '', parts[2]) AS sid,
      multiIf(
        service != '', concat('the Root store of service ', substringUTF8(service, 1, 60)),
        enterprise, 'the Enterprise Root store',
        machine AND policy, 'the LocalMachine Root store of Group Policy',
        machine, 'the LocalMachine Root store',
        sid IN ('.default', 's-1-5-18'), 'the Root store of LocalSystem',
        concat('the CurrentUser Root store', if(policy, ' of Group Policy', ''), if(sid = '', '', concat(' of ', upper(substringUTF8(sid, 1, 80)))))
      ) AS store
    FROM writes
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  roots AS (
    SELECT
      host, store, thumbprint, any(machine AND service = '') AS machine_wide,
      groupUniqArrayIf(20)(('process', process_entity_id), process_entity_id != '') AS process_joins,
      groupUniqArrayIf(20)(('logon', logon_id), logon_id != '') AS logon_joins,
      groupUniqArrayIf(20)(('user', lower(if(user_id = '', user_name, user_id))), user_name NOT IN ('', '-') OR user_id != '') AS user_joins,
      max(program = '') AS unknown_writer,
      max(arrayExists(pattern -> match(writer, pattern), writable_places) OR has(scriptable, program)) AS unusual_writer,
      max(NOT machine AND has(registry_editors, program)) AS raw_user_write,
      max(program = 'wmiprvse.exe') AS by_wmi,
      min((policy OR enterprise) AND has(policy_clients, program) AND match(writer, '^([a-z]:|%systemroot%)?/?(windows/)?system32/')) AS distributed,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(process_executable, 1, 160), process_executable != '')), 1, 3) AS writers,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(user_name, 1, 80), user_name NOT IN ('', '-'))), 1, 3) AS users,
      arraySort(groupUniqArray(if(id = 13, 'Sysmon 13', 'Security 4657'))) AS witnesses,
      count() AS record_count, min(event_time) AS root_first, max(event_time) AS root_last,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, uid, evidence, record_number))) AS chosen
    FROM placed
    GROUP BY host, store, thumbprint
  ),
  prevalence AS (SELECT thumbprint, uniqExact(host) AS hosts FROM roots GROUP BY thumbprint),
  certificates AS (
    SELECT lower(hex(assumeNotNull(certificate_sha1))) AS sha1, max(substringUTF8(certificate_subject, 1, 160)) AS subject, toString(toDate(max(certificate_not_after))) AS valid_until
    FROM certificate_sighting
    WHERE certificate_sha1 IN (SELECT toFixedString(unhex(thumbprint), 20) FROM roots)
    GROUP BY sha1
  )
SELECT
  concat(roots.host, '|', store, '|', roots.thumbprint) AS key,
  concat(
    if(empty(writers), 'A process that the record does not name', arrayStringConcat(writers, ' and ')),
    ' wrote certificate ', roots.thumbprint, ' into ', store, ' on ', roots.host,
    if(empty(users), '', concat(' as ', arrayStringConcat(users, ' and '))),
    ' (', arrayStringConcat(witnesses, ' and '), ')',
    if(subject = '', '; the certificate itself is not in the evidence', concat('; the evidence has the certificate: ', subject, ', valid until ', valid_until))
  ) AS summary,
  arrayConcat(
    [('host_name', if(roots.host = '', '(not logged)', roots.host)), ('certificate_sha1', roots.thumbprint)],
    arrayMap(one -> ('process_executable', one), writers),
    arrayMap(one -> ('user_name', one), users),
    if(subject = '', [], [('certificate_subject', subject)])
  ) AS entities,
  arrayFilter(signal -> signal != '', [
    if(machine_wide, 'machine_root', 'narrow_root'),
    if(unusual_writer, 'unusual_writer', ''),
    if(by_wmi, 'by_wmi', ''),
    if(raw_user_write, 'raw_user_write', ''),
    if(distributed, 'distributed', ''),
    if(machine_wide AND NOT distributed AND (unusual_writer OR by_wmi OR unknown_writer) AND prevalence.hosts = 1, 'unapproved_root', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(root_first) AS first_seen,
  toString(root_last) AS last_seen,
  roots.host AS host,
  concat(store, '|', roots.thumbprint) AS object,
  arrayConcat([('certificate', roots.thumbprint)], process_joins, logon_joins, user_joins) AS joins,
  '' AS ended
FROM roots
LEFT JOIN prevalence ON prevalence.thumbprint = roots.thumbprint
LEFT JOIN certificates ON certificates.sha1 = roots.thumbprint
ORDER BY root_first, key
