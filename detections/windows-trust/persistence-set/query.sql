-- What was set to start again: one row for each host, place and command.
--
-- Places of the registry and of the disk are reference data (catalogue persistence-places). The files that a command names are found by how paths begin and end; programs of Windows itself that only run others
-- (System32 and SysWOW64) join nothing and are left out (specification AN1246 §1.5).
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue, key)
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'user-writable-places' AND key = 'path_pattern') AS writable_places,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'scriptable-programs' AND key = 'installer') AS installers,
  (SELECT arrayStringConcat(groupArray(concat('(?:', value, ')')), '|') FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'persistence-places' AND key = 'registry_pattern') AS registry_places,
  (SELECT arrayStringConcat(groupArray(concat('(?:', value, ')')), '|') FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'persistence-places' AND key = 'file_pattern') AS file_places,
  baselines AS (
    SELECT value AS baseline_path, attributes['data'] AS baseline_data
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'registry-baselines' AND key = 'path'
  ),
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, host_name, process_executable, process_entity_id, logon_id, user_id, user_name,
      multiIf(event_id = 7045, 'service', event_id = 4697, 'service', event_id IN (4698, 4702), 'task', 'wmi_subscription') AS signal,
      multiIf(
        event_id = 7045, fields['ServiceName'], event_id = 4697, fields['ServiceName'], event_id IN (4698, 4702), fields['TaskName'], fields['Name']) AS place,
      multiIf(
        event_id = 7045, fields['ImagePath'], event_id = 4697, fields['ServiceFileName'], event_id = 4698, fields['TaskContent'], event_id = 4702, fields['TaskContentNew'],
        concat(fields['Destination'], fields['Query'], fields['Consumer'])) AS command
    FROM windows_event
    WHERE (channel = 'System' AND event_id = 7045) OR (channel = 'Security' AND event_id IN (4697, 4698, 4702)) OR (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (19, 20, 21))
    UNION ALL
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, host_name, process_executable, process_entity_id, logon_id, user_id, user_name,
      if(match(registry_path, '(?i)\\\\services\\\\'), 'service', 'run_key') AS signal, registry_path AS place, registry_data AS command
    FROM windows_event
    WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 13) OR (channel = 'Security' AND event_id = 4657 AND registry_operation NOT IN ('value_deleted', '%%1906')))
      AND registry_places != ''
      AND match(lower(replaceAll(if(registry_key = '', registry_path, concat(registry_key, '\\', registry_value)), '\\', '/')), registry_places)
    UNION ALL
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, host_name, process_executable, process_entity_id, logon_id, user_id, user_name,
      if(positionCaseInsensitive(file_path, '\\windows\\system32\\tasks\\') > 0, 'task', 'startup_file') AS signal, file_path AS place, file_path AS command
    FROM windows_event
    WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 11
      AND file_places != '' AND match(lower(replaceAll(file_path, '\\', '/')), file_places)
  ),
  placed AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, lower(host_name) AS set_host, process_executable, process_entity_id, logon_id, user_id, user_name, signal, place,
      substring(command, 1, 4000) AS short_command,
      arrayMap(path -> replaceRegexpOne(replaceRegexpOne(lower(replaceAll(path, '\\', '/')), '^(%systemroot%|%windir%|/systemroot)/', 'c:/windows/'), '^/[?][?]/', ''),
        arraySlice(extractAll(short_command, '(?i)((?:[a-z]:|%[a-z0-9()]+%|\\\\\\\\[^\\\\\\s"]+|\\\\SystemRoot)\\\\[^"<>|*?:,]{0,240}?\\.(?:exe|dll|sys|scr|com|ocx|cpl|ps1|vbs|js|wsf|bat|cmd|msi|lnk))'), 1, 10)) AS paths
    FROM told
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  grouped AS (
    SELECT
      set_host, place, short_command, any(signal) AS kind, any(paths) AS files,
      min(match(lower(replaceAll(process_executable, '\\', '/')), '^[a-z]:/windows/(system32|syswow64)/') AND has(installers, lower(splitByChar('\\', process_executable)[-1]))) AS by_installer,
      notEmpty(files) AND arrayAll(path -> match(path, '^(%programfiles%|%programfiles[(]x86[)]%|c:/windows/(system32|syswow64)|[a-z]:/program files|[a-z]:/program files [(]x86[)])/') AND NOT arrayExists(pattern -> match(path, pattern), writable_places), files) AS guarded,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(process_executable, 1, 160), process_executable != '')), 1, 3) AS writers,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(user_name, 1, 80), user_name NOT IN ('', '-'))), 1, 3) AS users,
      groupUniqArrayIf(20)(('process', process_entity_id), process_entity_id != '') AS process_joins,
      groupUniqArrayIf(20)(('logon', logon_id), logon_id != '') AS logon_joins,
      groupUniqArrayIf(20)(('user', lower(if(user_id = '', user_name, user_id))), user_name NOT IN ('', '-') OR user_id != '') AS user_joins,
      count() AS record_count, min(event_time) AS first_set, max(event_time) AS last_set,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM placed
    GROUP BY set_host, place, short_command
  )
SELECT
  concat(set_host, '|', substringUTF8(place, 1, 300), '|', lower(hex(sipHash64(short_command)))) AS key,
  concat(
    if(empty(writers), 'Somebody', arrayStringConcat(writers, ' and ')),
    multiIf(kind = 'service', ' set up the service ', kind = 'task', ' set up the task ', kind = 'run_key', ' set ', kind = 'startup_file', ' put there to be started: ', ' made the WMI subscription '),
    substringUTF8(place, 1, 200), if(place = short_command, '', concat(' to ', substringUTF8(replaceRegexpAll(short_command, '\\s+', ' '), 1, 200))), ' on ', set_host
  ) AS summary,
  arrayConcat(
    [('host_name', if(set_host = '', '(not logged)', set_host))],
    arrayMap(one -> ('process_executable', one), writers),
    arrayMap(one -> ('file_path', substringUTF8(one, 1, 300)), arraySlice(files, 1, 3)),
    arrayMap(one -> ('user_name', one), users)
  ) AS entities,
  arrayFilter(one -> one != '', [kind, if((replaceRegexpOne(lower(replaceAll(place, '\\', '/')), '^hku/[^/]+/', 'hku/*/'), lower(short_command)) IN (SELECT baseline_path, baseline_data FROM baselines) OR (lower(replaceAll(place, '\\', '/')), lower(short_command)) IN (SELECT baseline_path, baseline_data FROM baselines), 'of_the_baseline', ''), if(by_installer AND guarded, 'by_installer', ''), if(arrayExists(path -> arrayExists(pattern -> match(path, pattern), writable_places), files), 'writable_target', '')]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_set) AS first_seen,
  toString(last_set) AS last_seen,
  set_host AS host,
  concat(kind, '|', substringUTF8(place, 1, 200), '|', substringUTF8(short_command, 1, 200)) AS object,
  arrayConcat(
    arrayMap(path -> ('file', path), arrayFilter(path -> NOT match(path, '^c:/windows/(system32|syswow64)/[^/]+[.]exe$'), arrayDistinct(files))),
    process_joins, logon_joins, user_joins
  ) AS joins
FROM grouped
ORDER BY first_set, key
