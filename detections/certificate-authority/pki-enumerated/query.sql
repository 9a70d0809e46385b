-- Who looked the PKI of the domain over: one row for each host, account and UTC day.
--
-- Tools by their names or by arguments that only they have, certutil with verbs that list (a verb is a word of its own with a dash or
-- a slash before it), and 5145 on the pipe \cert of a CA, by which ICertPassage is asked, from another host. Questions by LDAP
-- are not looked at: directory event 1644 has no names for its data, and products tell them each in their own way.
-- param intel String: snapshot of the reference data
-- param several UInt32: distinct verbs of certutil on one day
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue)
WITH
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-programs' AND key = 'program') AS tools,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-programs' AND key = 'token' AND attributes['purpose'] = 'tool') AS tool_arguments,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-programs' AND key = 'argument' AND attributes['purpose'] = 'enumerate') AS listing_verbs,
  arraySlice(arrayConcat(['certutil'], tools, tool_arguments), 1, 250) AS needles,
  commands AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, lower(toString(host_name)) AS host, user_name, command, words,
      replaceRegexpOne(arrayElement(splitByChar('\\', lower(process_executable)), -1), '[.]exe$', '') AS program,
      arrayMap(one -> replaceRegexpOne(arrayElement(splitByChar('\\', replaceAll(one, '/', '\\')), -1), '[.](exe|py|ps1)$', ''), arraySlice(words, 1, 4)) AS first_words
    FROM (
      SELECT
        event_time, event_uid, evidence_id, record_number, host_name, user_name, process_executable, substringUTF8(process_command_line, 1, 2048) AS command,
        arraySlice(splitByRegexp('[\\s"]+', lower(substringUTF8(process_command_line, 1, 2048))), 1, 200) AS words
      FROM windows_event
      WHERE ((channel = 'Security' AND event_id = 4688) OR (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 1))
        AND multiSearchAnyCaseInsensitive(concat(process_executable, ' ', process_command_line), needles)
      ORDER BY event_time, event_uid
      LIMIT 1 BY record_key
    )
  ),
  seen AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, host, user_name, command,
      has(tools, program) OR hasAny(tools, first_words) AS by_name,
      arrayExists(word -> arrayExists(one -> word = one OR (endsWith(one, ':') AND startsWith(word, one)), tool_arguments), words) AS by_argument,
      if(program = 'certutil' OR has(first_words, 'certutil'),
        arrayFilter(verb -> has(listing_verbs, verb), arrayMap(one -> substring(one, 2), arrayFilter(one -> match(one, '^[-/][a-z]+$'), words))), []) AS verbs
    FROM commands
    WHERE has(tools, program) OR hasAny(tools, first_words) OR program = 'certutil' OR has(first_words, 'certutil')
      OR arrayExists(word -> arrayExists(one -> word = one OR (endsWith(one, ':') AND startsWith(word, one)), tool_arguments), words)
  ),
  told AS (
    SELECT event_time, event_uid, evidence_id, record_number, host, user_name, command, by_name, by_argument, verbs, '' AS address
    FROM seen
    WHERE by_name OR by_argument OR notEmpty(verbs)
    UNION ALL
    SELECT event_time, event_uid, evidence_id, record_number, lower(toString(host_name)), user_name, '', false, false, [], substringUTF8(replaceRegexpOne(fields['IpAddress'], '^::ffff:', ''), 1, 45)
    FROM windows_event
    WHERE channel = 'Security' AND event_id = 5145 AND lower(fields['RelativeTargetName']) = 'cert' AND endsWith(upper(fields['ShareName']), 'IPC$')
      AND fields['IpAddress'] NOT IN ('', '-', '::1', '127.0.0.1')
  ),
  gathered AS (
    SELECT
      host, lower(user_name) AS account, toDate(event_time) AS day, substringUTF8(any(user_name), 1, 80) AS who, max(by_name) AS named, max(by_argument) AS argued,
      arraySort(groupUniqArrayArray(20)(verbs)) AS all_verbs, arraySort(groupUniqArrayIf(5)(address, address != '')) AS addresses,
      arraySlice(arraySort(groupUniqArrayIf(20)(command, command != '')), 1, 3) AS commands_told,
      uniqExact(event_uid) AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM told
    GROUP BY host, account, day
  )
SELECT
  concat(host, '|', account, '|', toString(day)) AS key,
  concat(
    if(who IN ('', '-'), 'Somebody', who), if(empty(commands_told), concat(' asked ', host, ' through its pipe cert'), concat(' on ', host, ' looked the PKI over')),
    if(empty(commands_told), '', concat(': ', arrayStringConcat(arrayMap(one -> substringUTF8(one, 1, 300), commands_told), '; '))),
    if(empty(addresses), '', concat('; from ', arrayStringConcat(addresses, ', '))),
    ' on ', toString(day)
  ) AS summary,
  arrayFilter(one -> one.2 NOT IN ('', '-'), arrayConcat([('host_name', if(host = '', '(not logged)', host)), ('user_name', who)],
    arrayMap(one -> ('process_command_line', one), commands_told), arrayMap(one -> ('source_address', one), addresses))) AS entities,
  arrayFilter(signal -> signal != '', [
    if(named, 'tool_named', ''), if(argued AND NOT named, 'tool_argument', ''), if(notEmpty(all_verbs), 'certutil_lists', ''),
    if(length(all_verbs) >= {several:UInt32}, 'certutil_lists_much', ''), if(notEmpty(addresses), 'ca_pipe', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_one) AS first_seen,
  toString(last_one) AS last_seen
FROM gathered
ORDER BY first_one, key
