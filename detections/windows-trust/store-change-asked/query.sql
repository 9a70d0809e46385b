-- Which commands put certificates into stores: one row for each host, command and store.
--
-- certutil: [options] -addstore [-f] [-user] … STORE FILE, where everything that begins with a dash or a slash is an option;
-- -importpfx has an optional store before the file and means My without one; -dspublish names RootCA, SubCA or NTAuthCA last.
-- certmgr: /add … /s STORE. PowerShell: Import-Certificate, Import-PfxCertificate and Move-Item with Cert:\SCOPE\STORE. Quotes are
-- taken off first. Security 4688 and Sysmon 1 of one process are two rows of one host; their command is one object.
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue, key)
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'user-writable-places' AND key = 'path_pattern') AS writable_places,
  commands AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, lower(host_name) AS command_host, process_executable, user_name, user_id, process_entity_id, logon_id,
      if(script_text != '', script_text, process_command_line) AS told,
      lower(replaceAll(substring(told, 1, 20000), '"', '')) AS command
    FROM windows_event
    WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 1) OR (channel = 'Security' AND event_id = 4688) OR (channel = 'Microsoft-Windows-PowerShell/Operational' AND event_id = 4104))
      AND multiSearchAnyCaseInsensitive(if(script_text != '', script_text, process_command_line), ['addstore', 'importpfx', 'dspublish', 'certmgr', 'import-certificate', 'import-pfxcertificate', 'cert:\\'])
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  asked AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, command_host, process_executable, user_name, user_id, process_entity_id, logon_id, told, command,
      arrayFilter(word -> word != '' AND NOT startsWith(word, '-') AND NOT startsWith(word, '/'), splitByRegexp('\\s+', extract(command, '[-/]addstore\\s+(.*)$'))) AS added,
      arrayFilter(word -> word != '' AND NOT startsWith(word, '-') AND NOT startsWith(word, '/'), splitByRegexp('\\s+', extract(command, '[-/]importpfx\\s+(.*)$'))) AS imported,
      multiIf(
        length(added) >= 2, added[1],
        length(imported) >= 2 AND match(imported[1], '^[a-z]{1,20}$'), imported[1], notEmpty(imported), 'my',
        match(command, '[-/]dspublish\\s'), if(match(command, '\\s(rootca|ntauthca)\\s*$'), 'root', 'ca'),
        match(command, 'certmgr(\\.exe)?\\s') AND match(command, '\\s[-/]add\\s'), extract(command, '\\s[-/]s\\s+(?:[-/]r\\s+[a-z]+\\s+)?([a-z]+)'),
        match(command, '(import-certificate|import-pfxcertificate|move-item|copy-item)'), extract(command, '(?s).*cert:\\\\(?:localmachine|currentuser)\\\\([a-z]+)'),
        '') AS store,
      coalesce(nullIf(added[2], ''), nullIf(imported[-1], ''), '') AS source_file
    FROM commands
  ),
  named AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, command_host, process_executable, user_name, user_id, process_entity_id, logon_id, told, command, store,
      multiIf(store IN ('root', 'authroot', 'ntauth'), 'asked_for_root', store = 'trustedpublisher', 'asked_for_publisher', store IN ('ca', 'trust', 'trustedpeople'), 'asked_for_authority', store = 'my', 'asked_for_own', '') AS signal,
      arrayExists(pattern -> match(replaceAll(source_file, '\\', '/'), pattern), writable_places) AS writable
    FROM asked
  )
SELECT
  concat(command_host, '|', store, '|', lower(hex(sipHash64(command)))) AS key,
  concat(
    if(any(process_executable) = '', 'A script', substringUTF8(any(process_executable), 1, 160)), ' was told to put a certificate into the store ', store, ' on ', command_host, ': ',
    substringUTF8(replaceRegexpAll(any(told), '\\s+', ' '), 1, 200), if(any(user_name) IN ('', '-'), '', concat(' as ', substringUTF8(any(user_name), 1, 80)))
  ) AS summary,
  arrayFilter(one -> one.2 != '', [
    ('host_name', if(command_host = '', '(not logged)', command_host)), ('process_executable', substringUTF8(any(process_executable), 1, 160)),
    ('process_command_line', substringUTF8(any(told), 1, 300)), ('user_name', if(any(user_name) = '-', '', substringUTF8(any(user_name), 1, 80)))
  ]) AS entities,
  arrayFilter(one -> one != '', [any(signal), if(max(writable), 'from_writable_place', '')]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS events,
  count() AS event_count,
  toString(min(event_time)) AS first_seen,
  toString(max(event_time)) AS last_seen,
  command_host AS host,
  concat(store, '|', substringUTF8(command, 1, 300)) AS object,
  arrayConcat(
    groupUniqArrayIf(20)(('process', process_entity_id), process_entity_id != ''),
    groupUniqArrayIf(20)(('logon', logon_id), logon_id != ''),
    groupUniqArrayIf(20)(('user', lower(if(user_id = '', user_name, user_id))), user_name NOT IN ('', '-') OR user_id != '')
  ) AS joins
FROM named
WHERE signal != ''
GROUP BY command_host, store, command
ORDER BY first_seen, key
