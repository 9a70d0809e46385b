-- Which commands were to weaken a setting of trust: one row for each host, setting and command.
--
-- reg add KEY /v NAME [/t TYPE] /d DATA and reg delete KEY /v NAME, with or without quotes; Set-ItemProperty, New-ItemProperty and
-- Remove-ItemProperty with -Path (or the first argument), -Name and -Value. Data of 0x… is a number, and so are digits with zeros before them. The path so told is
-- compared with the catalogue, and the data with what weakens it. Bits of a number need the value before and are taken as
-- they are. Slashes stand for backslashes.
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue, key)
WITH
  policies AS (
    SELECT entry AS policy, value AS pattern, attributes
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'trust-policies' AND key = 'path_pattern'
  ),
  commands AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(host_name) AS at_host, process_executable, user_name, user_id, process_entity_id, logon_id,
      substring(if(script_text != '', script_text, process_command_line), 1, 8000) AS told, lower(replaceAll(told, '\\', '/')) AS command
    FROM windows_event
    WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 1) OR (channel = 'Security' AND event_id = 4688) OR (channel = 'Microsoft-Windows-PowerShell/Operational' AND event_id = 4104))
      AND multiSearchAnyCaseInsensitive(if(script_text != '', script_text, process_command_line), [' add ', ' delete ', 'itemproperty'])
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  parsed AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, at_host, process_executable, user_name, user_id, process_entity_id, logon_id, told, command,
      extractGroups(command, '\\breg(?:[.]exe)?["'']?\\s+(add|delete)\\s+(?:"([^"]{3,500})"|([^\\s"]{3,500}))') AS reg,
      extract(command, '\\b(set|new|remove)-itemproperty\\b') AS verb,
      notEmpty(reg) AS by_reg,
      if(by_reg, reg[1] = 'delete', verb = 'remove') AS deleted,
      if(by_reg, concat(reg[2], reg[3]), extract(command, 'itemproperty\\s+(?:-(?:literal)?path\\s+)?["'']?((?:registry::)?hk[a-z_]{2,20}:?/[^"'']{1,400}?)["'']?\\s+-(?:name|value|type|propertytype|force)')) AS raw_key,
      if(by_reg, extract(command, '\\s/v\\s+["'']?([^"''\\s]{1,200})'), extract(command, '\\s-name\\s+["'']?([^"''\\s]{1,200})')) AS value_name,
      if(by_reg, extract(command, '\\s/d\\s+["'']?([^"''\\s]{0,500})'), extract(command, '\\s-value\\s+["'']?([^"''\\s;)]{0,500})')) AS raw_data,
      if(startsWith(raw_data, '0x'), toString(reinterpretAsUInt64(reverse(unhex(substring(raw_data, 3, 16))))), if(match(raw_data, '^[0-9]{1,19}$'), toString(toUInt64OrZero(raw_data)), raw_data)) AS data,
      replaceRegexpOne(replaceRegexpOne(replaceRegexpOne(replaceRegexpOne(trim(BOTH '/' FROM replaceRegexpOne(raw_key, '^registry::', '')), '^(hkey_local_machine|hklm):?/', 'hklm/'), '^(hkey_current_user|hkcu):?/', 'hkcu/'), '^(hkey_users|hku):?/', 'hku/'), '/wow6432node/', '/') AS registry_key_told,
      concat(registry_key_told, '/', value_name) AS path
    FROM commands
  ),
  matched AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, at_host, process_executable, user_name, user_id, process_entity_id, logon_id, told, path, deleted, data, policy, attributes AS rule,
      toUInt64OrZero(data) AS number,
      multiIf(
        deleted, rule['weak_if_deleted'] = 'true' OR rule['any_change'] = 'true',
        rule['any_change'] = 'true', true,
        data = '', false,
        (rule['weak_data'] != '' AND match(data, rule['weak_data'])) OR (rule['weak_below'] != '' AND match(data, '^[0-9]+$') AND number < toUInt64OrZero(rule['weak_below']))
          OR bitAnd(number, bitOr(toUInt64OrZero(rule['weak_bits']), toUInt64OrZero(rule['lesser_bits']))) != 0
      ) AS weak
    FROM (
      SELECT event_time, event_uid, evidence_id, record_number, at_host, process_executable, user_name, user_id, process_entity_id, logon_id, told, path, deleted, data
      FROM parsed
      WHERE raw_key != '' AND value_name != ''
    ) AS named
    CROSS JOIN policies
    WHERE match(path, pattern) AND weak
  )
SELECT
  concat(at_host, '|', substringUTF8(path, 1, 300), '|', lower(hex(sipHash64(lower(told))))) AS key,
  concat(
    if(any(process_executable) = '', 'A script', substringUTF8(any(process_executable), 1, 160)), ' was told to ', if(any(deleted), 'delete ', 'set '), substringUTF8(path, 1, 200),
    if(any(data) = '' OR any(deleted), '', concat(' to ', substringUTF8(any(data), 1, 80))), ' on ', at_host,
    if(any(user_name) IN ('', '-'), '', concat(' as ', substringUTF8(any(user_name), 1, 80))), '; that says ', any(rule['meaning'])
  ) AS summary,
  arrayFilter(one -> one.2 != '', [
    ('host_name', if(at_host = '', '(not logged)', at_host)), ('registry_path', substringUTF8(path, 1, 300)), ('registry_data', substringUTF8(any(data), 1, 120)),
    ('process_executable', substringUTF8(any(process_executable), 1, 160)), ('process_command_line', substringUTF8(any(told), 1, 300)), ('user_name', if(any(user_name) = '-', '', substringUTF8(any(user_name), 1, 80)))
  ]) AS entities,
  [if(max(toUInt16OrZero(rule['points'])) >= 35, 'asked_much', 'asked')] AS signals,
  arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS events,
  uniqExact(event_uid) AS event_count,
  toString(min(event_time)) AS first_seen,
  toString(max(event_time)) AS last_seen,
  at_host AS host,
  concat(substringUTF8(path, 1, 200), '|', substringUTF8(any(data), 1, 80)) AS object,
  arrayConcat(
    groupUniqArrayIf(20)(('process', process_entity_id), process_entity_id != ''),
    groupUniqArrayIf(20)(('logon', logon_id), logon_id != ''),
    groupUniqArrayIf(20)(('user', lower(if(user_id = '', user_name, user_id))), user_name NOT IN ('', '-') OR user_id != '')
  ) AS joins
FROM matched
GROUP BY at_host, path, lower(told)
ORDER BY first_seen, key
