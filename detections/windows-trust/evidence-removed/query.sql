-- Where logs were cleared, or audit and Sysmon changed: one row for each host, kind and quarter of an hour.
--
-- Security 1102, System 104 (a log cleared); 4719 tells the audit policy by what was taken away (%%8448: success removed)
-- and the subcategory by its message number (%%12801 registry, %%12800 file system, %%13568 audit policy change) or GUID;
-- 4907 tells a key and its audit list before and after: S: without an entry is an audit list that is empty. Sysmon 16 is a new
-- configuration, 255 an error, 4 the state of the service. Installing or updating Sysmon stops and starts it: a start
-- within ten minutes ends it (specification AN1246 §2.4 A10; message numbers: Microsoft, event 4719 and 4907).
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id)
WITH
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(host_name) AS at_host, toUInt32(event_id) AS id, process_executable,
      user_name, user_id, process_entity_id, logon_id,
      substringUTF8(multiIf(
        event_id = 1102, 'Security',
        event_id = 104, fields['Channel'],
        event_id = 4719, concat(fields['SubcategoryId'], ' ', fields['SubcategoryGuid']),
        event_id = 4907, fields['ObjectName'],
        event_id = 16, fields['Configuration'],
        event_id = 255, fields['ID'],
        fields['State']), 1, 200) AS what,
      multiIf(
        event_id IN (1102, 104), 'log_cleared',
        event_id = 4719, 'audit_off',
        event_id = 4907, if(position(fields['NewSd'], '(') = 0, 'audit_off', 'audit_changed'),
        event_id = 16, 'sensor_configured',
        'sensor_stopped') AS signal
    FROM windows_event
    WHERE (channel = 'Security' AND event_id = 1102)
      OR (channel = 'System' AND event_id = 104)
      OR (channel = 'Security' AND event_id = 4719
        AND position(fields['AuditPolicyChanges'], '%%8448') > 0
        AND match(concat(fields['SubcategoryId'], ' ', lower(fields['SubcategoryGuid'])), '%%(12800|12801|13568)|0cce921[de]|0cce922f'))
      OR (channel = 'Security' AND event_id = 4907 AND match(replaceAll(fields['ObjectName'], '\\', '/'),
        '(?i)^(/registry/|hk(lm|ey)).*/(systemcertificates|enterprisecertificates|cryptography|amsi|control/ci)(/|$)'))
      OR (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (16, 255))
      OR (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 4 AND lower(fields['State']) = 'stopped')
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  starts AS (
    SELECT lower(host_name) AS started_host, arraySort(groupUniqArray(1000)(event_time)) AS start_times
    FROM windows_event
    WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 4 AND lower(fields['State']) = 'started'
    GROUP BY started_host
  ),
  lasting AS (
    SELECT event_time, event_uid, evidence_id, record_number, at_host, id, process_executable, user_name, user_id, process_entity_id, logon_id, what, signal
    FROM told
    LEFT JOIN starts ON started_host = at_host
    WHERE id != 4 OR NOT arrayExists(one -> one >= event_time AND one <= event_time + INTERVAL 10 MINUTE, start_times)
  ),
  gathered AS (
    SELECT
      at_host, signal, toStartOfInterval(event_time, INTERVAL 15 MINUTE) AS quarter,
      arraySort(groupUniqArrayIf(5)(what, what != '')) AS objects,
      arraySort(groupUniqArrayIf(3)(substringUTF8(process_executable, 1, 160), process_executable != '')) AS writers,
      arraySort(groupUniqArrayIf(3)(substringUTF8(user_name, 1, 80), user_name NOT IN ('', '-'))) AS users,
      groupUniqArrayIf(20)(('process', process_entity_id), process_entity_id != '') AS process_joins,
      groupUniqArrayIf(20)(('logon', logon_id), logon_id != '') AS logon_joins,
      count() AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arraySort(groupUniqArray(if(id IN (16, 255, 4), concat('Sysmon ', toString(id)), if(id = 104, 'System 104', concat('Security ', toString(id)))))) AS witnesses,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM lasting
    GROUP BY at_host, signal, quarter
  )
SELECT
  concat(at_host, '|', signal, '|', toString(quarter)) AS key,
  concat(
    multiIf(
      signal = 'log_cleared', concat('Logs were cleared: ', arrayStringConcat(objects, ', ')),
      signal = 'audit_off', concat('Auditing was taken away: ', arrayStringConcat(objects, ', ')),
      signal = 'audit_changed', concat('The auditing of a key was changed: ', arrayStringConcat(objects, ', ')),
      signal = 'sensor_configured', 'Sysmon was configured anew',
      'Sysmon stopped or failed'),
    ' on ', at_host, if(empty(users), '', concat(' by ', arrayStringConcat(users, ' and '))), ' (', arrayStringConcat(witnesses, ' and '), ')'
  ) AS summary,
  arrayConcat(
    [('host_name', if(at_host = '', '(not logged)', at_host))],
    arrayMap(one -> ('process_executable', one), writers),
    arrayMap(one -> ('user_name', one), users)
  ) AS entities,
  [signal] AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_one) AS first_seen,
  toString(last_one) AS last_seen,
  at_host AS host,
  concat(signal, '|', arrayStringConcat(objects, '|')) AS object,
  arrayConcat(process_joins, logon_joins) AS joins
FROM gathered
ORDER BY first_one, key
