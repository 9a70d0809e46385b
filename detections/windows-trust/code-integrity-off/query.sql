-- Where code integrity was switched off or weakened: one row for each host and setting.
--
-- Three kinds of witness: what Windows says at its start (Security 4826, where %%1842 is yes and %%1843 no), registry values, and
-- command lines of bcdedit (specification AN1246 §1.2 d). A start that says yes after one that said no is a change; the
-- first start that is known may have been so for ever. A state ends with the next start that says no. The old value of
-- Smart App Control is known from Security 4657 alone, or from a value that was set before.
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins, ended
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id)
WITH
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(host_name) AS host, toUInt32(event_id) AS id, process_executable, user_name, user_id,
      process_entity_id, logon_id, process_command_line, registry_data, registry_data_before, lower(concat(registry_key, '\\', registry_value)) AS value,
      lower(arrayElement(splitByChar('\\', process_executable), -1)) AS program
    FROM windows_event
    WHERE (((channel = 'Security' AND event_id = 4657) OR (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 13))
        AND multiSearchAnyCaseInsensitive(registry_key, ['\\control\\ci', '\\control\\deviceguard']))
      OR (((channel = 'Security' AND event_id = 4688) OR (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 1))
        AND (positionCaseInsensitive(process_command_line, 'bcdedit') > 0 OR endsWith(lower(process_executable), 'bcdedit.exe')))
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  boots AS (
    SELECT event_time, event_uid, evidence_id, record_number, lower(host_name) AS host,
      [('test signing', fields['TestSigning']), ('no integrity checks', fields['DisableIntegrityChecks'])] AS switches
    FROM windows_event
    WHERE channel = 'Security' AND event_id = 4826
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  starts AS (
    SELECT event_time, event_uid, evidence_id, record_number, host, switch.1 AS setting, switch.2 = '%%1842' AS is_on,
      lagInFrame(switch.2) OVER (PARTITION BY host, switch.1 ORDER BY event_time, event_uid ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before
    FROM boots
    ARRAY JOIN switches AS switch
    WHERE switch.2 != ''
  ),
  registry AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, host, process_executable, user_name, user_id, process_entity_id, logon_id,
      multiIf(endsWith(value, '\\control\\ci\\policy\\verifiedandreputablepolicystate'), 'Smart App Control',
        endsWith(value, '\\control\\ci\\config\\vulnerabledriverblocklistenable'), 'the list of vulnerable drivers',
        endsWith(value, '\\control\\deviceguard\\scenarios\\hypervisorenforcedcodeintegrity\\enabled'), 'hypervisor-protected code integrity',
        '') AS setting,
      registry_data = '0' AS is_off,
      if(registry_data_before IN ('', '-'), lagInFrame(registry_data) OVER (PARTITION BY host, value ORDER BY event_time, event_uid ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), registry_data_before) AS before
    FROM told
    WHERE id IN (13, 4657) AND multiSearchAny(value, ['\\control\\ci\\', '\\control\\deviceguard\\'])
  ),
  commands AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, host, process_executable, user_name, user_id, process_entity_id, logon_id, process_command_line,
      lower(process_command_line) AS command,
      multiIf(match(command, '\\stestsigning\\s+(on|yes|true|1)\\b'), 'test signing', match(command, '\\snointegritychecks\\s+(on|yes|true|1)\\b'), 'no integrity checks',
        match(command, '\\sloadoptions\\s+"?d*disable_integrity_checks'), 'no integrity checks', '') AS setting
    FROM told
    WHERE id IN (1, 4688) AND (program = 'bcdedit.exe' OR position(lower(process_command_line), 'bcdedit') > 0)
  ),
  observed AS (
    SELECT
      host, setting, if(is_on, if(before = '%%1843', 'turned_on', 'on'), 'end') AS signal, event_time, event_uid, evidence_id, record_number,
      '' AS executable, '' AS user, '' AS sid, '' AS process, '' AS logon, '' AS command
    FROM starts
    UNION ALL
    SELECT host, setting, multiIf(NOT is_off, 'end', setting = 'Smart App Control' AND before = '1', 'policy_off', 'weakened'), event_time, event_uid, evidence_id, record_number,
      process_executable, user_name, user_id, process_entity_id, logon_id, ''
    FROM registry
    WHERE setting != ''
    UNION ALL
    SELECT host, setting, 'asked_for', event_time, event_uid, evidence_id, record_number, process_executable, user_name, user_id, process_entity_id, logon_id, process_command_line
    FROM commands
    WHERE setting != ''
  ),
  settings AS (
    SELECT
      host, setting, groupUniqArrayIf(5)(signal, signal != 'end') AS said,
      maxIf(event_time, signal = 'end') AS last_off, maxIf(event_time, signal != 'end') AS last_on, minIf(event_time, signal != 'end') AS first_on,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(executable, 1, 160), executable != '' AND signal != 'end')), 1, 3) AS writers,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(user, 1, 80), user NOT IN ('', '-') AND signal != 'end')), 1, 3) AS users,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(command, 1, 200), command != '')), 1, 2) AS commands_told,
      groupUniqArrayIf(20)(('process', process), process != '') AS process_joins,
      groupUniqArrayIf(20)(('logon', logon), logon != '') AS logon_joins,
      groupUniqArrayIf(20)(('user', lower(if(sid = '', user, sid))), user NOT IN ('', '-') OR sid != '') AS user_joins,
      countIf(signal != 'end') AS record_count,
      arrayMap(one -> (one.2, one.3, one.4), arraySort(groupArrayIf(200)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number), signal != 'end'))) AS chosen
    FROM observed
    GROUP BY host, setting
    HAVING record_count > 0
  )
SELECT
  concat(host, '|', setting) AS key,
  concat(
    multiIf(has(said, 'turned_on'), 'Windows started with ', has(said, 'on'), 'Windows started with ', hasAny(said, ['policy_off', 'weakened']), concat(if(empty(writers), 'A process that the record does not name', arrayStringConcat(writers, ' and ')), ' switched off '), concat(if(empty(writers), 'Somebody', arrayStringConcat(writers, ' and ')), ' was told to set ')),
    setting, ' on ', host,
    if(has(said, 'turned_on'), ', and without it before', ''),
    if(empty(commands_told), '', concat('; command ', arrayStringConcat(commands_told, ' and '))),
    if(empty(users), '', concat(' as ', arrayStringConcat(users, ' and ')))
  ) AS summary,
  arrayConcat(
    [('host_name', if(host = '', '(not logged)', host)), ('registry_value', setting)],
    arrayMap(one -> ('process_executable', one), writers),
    arrayMap(one -> ('process_command_line', one), commands_told),
    arrayMap(one -> ('user_name', one), users)
  ) AS entities,
  arrayFilter(signal -> has(said, signal) AND NOT (signal = 'on' AND has(said, 'turned_on')) AND NOT (signal = 'weakened' AND has(said, 'policy_off')), ['turned_on', 'on', 'policy_off', 'weakened', 'asked_for']) AS signals,
  arraySlice(chosen, 1, 20) AS events,
  record_count AS event_count,
  toString(first_on) AS first_seen,
  toString(last_on) AS last_seen,
  host,
  setting AS object,
  arrayConcat([('kernel', 'unsigned code')], process_joins, logon_joins, user_joins) AS joins,
  if(last_off > last_on, toString(last_off), '') AS ended
FROM settings
ORDER BY first_on, key
