-- Where private keys were copied or used by what does not usually do so: one row for each host, way and UTC day.
--
-- Command lines of certutil with backup, backupdb, backupkey or exportPFX, 1007 of the certificate life cycle (a certificate was
-- exported, with or without its key), and CAPI2 70 (a program asked for a private key) by a program that is not among the usual
-- ones of adcs-programs. A verb counts where it is a word of its own with a dash or a slash before it. A password
-- behind -p is not repeated.
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue)
WITH
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-programs' AND key = 'argument' AND attributes['purpose'] = 'backup') AS backup_verbs,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-programs' AND key = 'argument' AND attributes['purpose'] = 'export') AS export_verbs,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-programs' AND key = 'key_user') AS key_users,
  commands AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)) AS host, user_name, process_executable,
      replaceRegexpAll(substringUTF8(process_command_line, 1, 2048), '(?i)([-/]p[ :=]+)("[^"]*"|[^ "]+)', '\\1***') AS command,
      arrayMap(one -> substring(one, 2), arrayFilter(one -> match(one, '^[-/][a-z]+$'),
        arraySlice(splitByRegexp('[\\s"]+', lower(substringUTF8(process_command_line, 1, 2048))), 1, 200))) AS verbs
    FROM windows_event
    WHERE ((channel = 'Security' AND event_id = 4688) OR (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 1))
      AND (positionCaseInsensitive(process_command_line, 'certutil') > 0 OR endsWith(lower(process_executable), '\\certutil.exe'))
  ),
  told AS (
    SELECT event_time, event_uid, evidence_id, record_number, record_key, host, user_name, process_executable AS program, if(hasAny(verbs, backup_verbs), 'ca_backup_command', 'export_command') AS signal, command AS what
    FROM commands
    WHERE hasAny(verbs, backup_verbs) OR hasAny(verbs, export_verbs)
    UNION ALL
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)), user_name, '', 'certificate_exported',
      substringUTF8(arrayFirst(one -> one != '', [fields['SubjectNames'], fields['Subject'], fields['SubjectName'], fields['Thumbprint'], message]), 1, 200)
    FROM windows_event
    WHERE channel IN ('Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational', 'Microsoft-Windows-CertificateServicesClient-Lifecycle-User/Operational') AND event_id = 1007
    UNION ALL
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)), user_name, substringUTF8(fields['EventAuxInfo@ProcessName'], 1, 160), 'key_asked_for',
      substringUTF8(arrayFirst(one -> one != '', [fields['Certificate@subjectName'], fields['Certificate@fileRef']]), 1, 200)
    FROM windows_event
    WHERE channel = 'Microsoft-Windows-CAPI2/Operational' AND event_id = 70 AND fields['EventAuxInfo@ProcessName'] != ''
      AND NOT has(key_users, lower(fields['EventAuxInfo@ProcessName']))
  ),
  once AS (
    SELECT event_time, event_uid, evidence_id, record_number, host, user_name, program, signal, what
    FROM told
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  gathered AS (
    SELECT
      host, signal, toDate(event_time) AS day,
      arraySlice(arraySort(groupUniqArrayIf(10)(what, what != '')), 1, 3) AS whats, arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(program, 1, 160), program != '')), 1, 3) AS programs,
      arraySort(groupUniqArrayIf(3)(substringUTF8(user_name, 1, 80), user_name NOT IN ('', '-'))) AS users,
      count() AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM once
    GROUP BY host, signal, day
  )
SELECT
  concat(host, '|', signal, '|', toString(day)) AS key,
  concat('On ', if(host = '', 'a host that is not logged', host), multiIf(
      signal = 'ca_backup_command', ', certutil was told to back a CA up: ',
      signal = 'export_command', ', certutil was told to export a private key: ',
      signal = 'certificate_exported', ', certificates were exported: ',
      concat(', ', arrayStringConcat(programs, ', '), ' asked for the private key of ')), arrayStringConcat(arrayMap(one -> substringUTF8(one, 1, 300), whats), '; '),
    if(empty(users), '', concat('; as ', arrayStringConcat(users, ', ')))) AS summary,
  arrayConcat([('host_name', if(host = '', '(not logged)', host))], arrayMap(one -> ('process_executable', one), programs),
    if(signal IN ('ca_backup_command', 'export_command'), arrayMap(one -> ('process_command_line', one), whats), []), arrayMap(one -> ('user_name', one), users)) AS entities,
  [signal] AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_one) AS first_seen,
  toString(last_one) AS last_seen
FROM gathered
ORDER BY first_one, key
