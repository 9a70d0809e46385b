-- Which programs got past the question that Windows asks of what came from elsewhere: one row for each host and file or command.
--
-- The mark of the web is the stream Zone.Identifier of a file; Sysmon 23 and 26 tell its deletion as a file of its own.
-- Windows deletes it too when the file itself goes, by the same process: a deletion of the file is in the same log and
-- second, and ends it. A drive of an image is any but A to C, in the day after an image was written (specification AN1246 §1.4).
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id)
WITH
  deleted AS (
    SELECT event_time, event_uid, evidence_id, record_number, record_key, lower(host_name) AS at_host, file_path, process_executable, process_entity_id, logon_id, user_id, user_name
    FROM windows_event
    WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (23, 26)
  ),
  gone AS (SELECT DISTINCT at_host AS gone_host, lower(file_path) AS gone_file, toStartOfSecond(event_time) AS gone_second FROM deleted WHERE NOT endsWith(lower(file_path), ':zone.identifier')),
  images AS (
    SELECT lower(host_name) AS image_host, groupUniqArray(200)(event_time) AS image_times
    FROM windows_event
    WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 11 AND match(file_path, '(?i)[.](iso|img|vhd|vhdx)$')
    GROUP BY image_host
  ),
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, at_host, substring(file_path, 1, length(file_path) - length(':Zone.Identifier')) AS shown, 'mark_removed' AS signal,
      process_executable, process_entity_id, logon_id, user_id, user_name
    FROM deleted
    WHERE match(file_path, '(?i)[.](exe|dll|scr|com|msi|msix|appx|ps1|vbs|js|wsf|hta|bat|cmd|lnk|iso|img|vhd|vhdx|chm|xll|docm|xlsm|pptm):zone[.]identifier$')
      AND (at_host, lower(substring(file_path, 1, length(file_path) - length(':Zone.Identifier'))), toStartOfSecond(event_time)) NOT IN (SELECT gone_host, gone_file, gone_second FROM gone)
    UNION ALL
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(host_name) AS at_host, substringUTF8(if(process_command_line = '', script_text, process_command_line), 1, 200) AS shown, 'unblock_asked' AS signal,
      process_executable, process_entity_id, logon_id, user_id, user_name
    FROM windows_event
    WHERE (((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 1) OR (channel = 'Security' AND event_id = 4688)) AND match(process_command_line, '(?i)(unblock-file\\s|\\bstreams(64)?([.]exe)?["'']?\\s[^|&]{0,100}-d\\b)'))
      OR (channel = 'Microsoft-Windows-PowerShell/Operational' AND event_id = 4104 AND match(script_text, '(?i)(^|[\\s;|&{(])unblock-file\\s') AND length(script_text) < 2000)
    UNION ALL
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(host_name) AS at_host, process_executable AS shown, 'run_from_image' AS signal,
      process_executable, process_entity_id, logon_id, user_id, user_name
    FROM windows_event
    INNER JOIN images ON image_host = lower(host_name)
    WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 1 AND match(process_executable, '^[D-Zd-z]:\\\\')
      AND arrayExists(written -> event_time >= written AND event_time <= written + INTERVAL 1 DAY, image_times)
  ),
  counted AS (
    SELECT event_time, event_uid, evidence_id, record_number, at_host, shown, signal, process_executable, process_entity_id, logon_id, user_id, user_name
    FROM told
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  gathered AS (
    SELECT
      at_host, signal, lower(replaceAll(shown, '\\', '/')) AS file, any(substringUTF8(shown, 1, 200)) AS shown_file,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(process_executable, 1, 160), process_executable != '')), 1, 3) AS programs,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(user_name, 1, 80), user_name NOT IN ('', '-'))), 1, 3) AS users,
      groupUniqArrayIf(20)(('process', process_entity_id), process_entity_id != '') AS process_joins,
      groupUniqArrayIf(20)(('logon', logon_id), logon_id != '') AS logon_joins,
      groupUniqArrayIf(20)(('user', lower(if(user_id = '', user_name, user_id))), user_name NOT IN ('', '-') OR user_id != '') AS user_joins,
      count() AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM counted
    GROUP BY at_host, signal, file
  )
SELECT
  concat(at_host, '|', signal, '|', substringUTF8(file, 1, 300)) AS key,
  concat(
    multiIf(
      signal = 'mark_removed', concat(if(empty(programs), 'Somebody', arrayStringConcat(programs, ' and ')), ' took the mark of the web off ', shown_file),
      signal = 'unblock_asked', concat('A command to unblock was given: ', shown_file),
      concat(shown_file, ' ran from a drive that is no fixed one, after an image of a disk was written')),
    ' on ', at_host, if(empty(users), '', concat(' as ', arrayStringConcat(users, ' and ')))
  ) AS summary,
  arrayConcat(
    [('host_name', if(at_host = '', '(not logged)', at_host))],
    if(signal = 'unblock_asked', [], [('file_path', shown_file)]),
    arrayMap(one -> ('process_executable', one), programs),
    arrayMap(one -> ('user_name', one), users)
  ) AS entities,
  [signal] AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_one) AS first_seen,
  toString(last_one) AS last_seen,
  at_host AS host,
  concat(signal, '|', substringUTF8(file, 1, 200)) AS object,
  arrayConcat(if(signal = 'unblock_asked', [], [('file', file)]), process_joins, logon_joins, user_joins) AS joins
FROM gathered
ORDER BY first_one, key
