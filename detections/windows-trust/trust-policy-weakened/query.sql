-- Which settings of trust were weakened: one row for each host and setting.
--
-- The settings and what weakens them are reference data (catalogue trust-policies): a pattern over the value that was set,
-- a number below which it is weak, bits that are new or gone, its deletion, or any change. Paths are told apart before any
-- pattern is tried: there are few. Smart App Control, the list of vulnerable drivers and hypervisor-protected code
-- integrity are observed by windows-trust/code-integrity-off (specification AN1246 §1.2 c, d).
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins, ended
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue, key)
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'user-writable-places' AND key = 'path_pattern') AS writable_places,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'scriptable-programs' AND key = 'executable') AS scriptable,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'scriptable-programs' AND key = 'policy_client') AS policy_clients,
  policies AS (
    SELECT entry AS policy, value AS pattern, attributes
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'trust-policies' AND key = 'path_pattern' AND entry NOT IN ('smart-app-control', 'vulnerable-drivers', 'hvci')
  ),
  baselines AS (
    SELECT value AS baseline_path, attributes['data'] AS baseline_data
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'registry-baselines' AND key = 'path'
  ),
  changes AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, lower(host_name) AS change_host, process_executable, process_entity_id, logon_id, user_id, user_name,
      lower(replaceAll(concat(registry_key, '\\', registry_value), '\\', '/')) AS path, registry_data AS data,
      registry_operation IN ('value_deleted', 'key_deleted') AS deleted, registry_data_before AS told_before
    FROM windows_event
    WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (12, 13)) OR (channel = 'Security' AND event_id = 4657))
      AND registry_key != '' AND registry_operation IN ('value_set', 'value_deleted', 'key_deleted')
      AND multiSearchAnyCaseInsensitive(registry_key, ['\\cryptography\\', '\\wintrust\\', '\\amsi\\', '\\policies\\', '\\appidsvc', '\\clsid\\{2781761e', '\\clsid\\{fdb00e52', '\\windows script\\', '\\currentversion\\explorer', 'bcd00000000', '\\systemcertificates\\'])
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  paths AS (
    SELECT path AS known_path, argMax(policy, length(pattern)) AS policy, argMax(attributes, length(pattern)) AS rule
    FROM (SELECT DISTINCT path FROM changes) AS distinct_paths
    CROSS JOIN policies
    WHERE match(path, pattern)
    GROUP BY known_path
  ),
  compared AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, change_host, process_executable, process_entity_id, logon_id, user_id, user_name, path, data, deleted, policy, rule,
      if(told_before IN ('', '-'), lagInFrame(data) OVER (PARTITION BY change_host, path ORDER BY event_time, event_uid ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), told_before) AS before
    FROM changes
    INNER JOIN paths ON paths.known_path = changes.path
  ),
  judged AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, change_host, process_executable, process_entity_id, logon_id, user_id, user_name, path, data, deleted, policy, rule, before,
      data NOT IN ('', '-', 'Binary Data') AS is_told,
      toUInt64OrZero(data) AS now_number, toUInt64OrZero(if(before = '', rule['usual'], before)) AS before_number,
      bitAnd(now_number, bitNot(before_number)) AS gained, bitAnd(before_number, bitNot(now_number)) AS lost,
      bitAnd(gained, toUInt64OrZero(rule['weak_bits'])) != 0 OR bitAnd(lost, toUInt64OrZero(rule['lost_bits'])) != 0 AS by_bits,
      bitAnd(gained, toUInt64OrZero(rule['lesser_bits'])) != 0 AS by_lesser_bits,
      multiIf(
        deleted, rule['weak_if_deleted'] = 'true' OR rule['any_change'] = 'true',
        rule['any_change'] = 'true', true,
        NOT is_told, false,
        (rule['weak_data'] != '' AND match(lower(data), rule['weak_data'])) OR (rule['weak_below'] != '' AND now_number < toUInt64OrZero(rule['weak_below'])) OR by_bits OR by_lesser_bits
      ) AND (rule['from_data'] = '' OR before = '' OR match(lower(before), rule['from_data'])) AS weak,
      if(by_lesser_bits AND NOT by_bits, rule['lesser_points'], rule['points']) AS points,
      lower(arrayElement(splitByChar('\\', process_executable), -1)) AS program,
      lower(replaceAll(process_executable, '\\', '/')) AS writer,
      has(policy_clients, program) AND match(writer, '^([a-z]:|%systemroot%)?/?(windows/)?system32/') AS by_policy,
      NOT deleted AND (replaceRegexpOne(path, '^hku/[^/]+/', 'hku/*/'), lower(data)) IN (SELECT baseline_path, baseline_data FROM baselines) OR NOT deleted AND (path, lower(data)) IN (SELECT baseline_path, baseline_data FROM baselines) AS baselined,
      if(weak AND NOT by_policy AND NOT baselined AND rule['rule_on'] = '' AND (rule['rule_bits'] = '' OR bitAnd(gained, toUInt64OrZero(rule['rule_bits'])) != 0), rule['rule'], '') AS met_rule
    FROM compared
  ),
  settings AS (
    SELECT
      change_host, path, any(policy) AS setting, any(rule['meaning']) AS meaning,
      maxIf(toUInt16OrZero(points), weak) AS most_points, groupUniqArrayIf(2)(met_rule, met_rule != '') AS rules,
      max(weak AND (has(scriptable, program) OR arrayExists(pattern -> match(writer, pattern), writable_places))) AS unusual,
      argMaxIf(if(deleted, '(deleted)', substringUTF8(data, 1, 120)), event_time, weak) AS shown, argMaxIf(substringUTF8(before, 1, 120), event_time, weak) AS shown_before,
      minIf(baselined, weak) AS of_the_baseline,
      argMaxIf(data, event_time, weak) AS last_data,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(process_executable, 1, 160), process_executable != '' AND weak)), 1, 3) AS writers,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(user_name, 1, 80), user_name NOT IN ('', '-') AND weak)), 1, 3) AS users,
      groupUniqArrayIf(20)(('process', process_entity_id), process_entity_id != '' AND weak) AS process_joins,
      groupUniqArrayIf(20)(('logon', logon_id), logon_id != '' AND weak) AS logon_joins,
      groupUniqArrayIf(20)(('user', lower(if(user_id = '', user_name, user_id))), (user_name NOT IN ('', '-') OR user_id != '') AND weak) AS user_joins,
      countIf(weak) AS record_count, minIf(event_time, weak) AS first_weak, maxIf(event_time, weak) AS last_weak, maxIf(event_time, NOT weak) AS last_strong,
      arrayMap(one -> (one.2, one.3, one.4), arraySlice(arraySort(groupArrayIf(200)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number), weak)), 1, 20)) AS chosen
    FROM judged
    GROUP BY change_host, path
    HAVING record_count > 0
  )
SELECT
  concat(change_host, '|', substringUTF8(path, 1, 300)) AS key,
  concat(
    if(empty(writers), 'A process that the record does not name', arrayStringConcat(writers, ' and ')), if(shown = '(deleted)', ' deleted ', ' set '), substringUTF8(path, 1, 200),
    if(shown IN ('(deleted)', ''), '', concat(' to ', shown)), if(shown_before = '', '', concat(' from ', shown_before)), ' on ', change_host,
    if(empty(users), '', concat(' as ', arrayStringConcat(users, ' and '))), '; it says ', meaning
  ) AS summary,
  arrayConcat(
    [('host_name', if(change_host = '', '(not logged)', change_host)), ('registry_path', substringUTF8(path, 1, 300))],
    if(shown = '', [], [('registry_data', substringUTF8(shown, 1, 300))]),
    arrayMap(one -> ('process_executable', one), writers),
    arrayMap(one -> ('user_name', one), users)
  ) AS entities,
  arrayFilter(signal -> signal != '', [
    transform(most_points, [50, 45, 40, 35, 30, 25], ['weakened_50', 'weakened_45', 'weakened_40', 'weakened_35', 'weakened_30', 'weakened_25'], 'weakened_20'),
    if(has(rules, 'A8'), 'rule_a8', ''), if(has(rules, 'A9'), 'rule_a9', ''), if(unusual, 'unusual_writer', ''), if(of_the_baseline, 'of_the_baseline', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_weak) AS first_seen,
  toString(last_weak) AS last_seen,
  change_host AS host,
  concat(setting, '|', substringUTF8(path, 1, 200), '|', shown) AS object,
  arrayConcat(
    if(match(lower(last_data), '^[a-z]:\\\\.*[.]dll$') AND NOT match(lower(last_data), '^c:\\\\windows\\\\'), [('file', lower(replaceAll(last_data, '\\', '/')))], []),
    process_joins, logon_joins, user_joins
  ) AS joins,
  if(last_strong > last_weak, toString(last_strong), '') AS ended
FROM settings
ORDER BY first_weak, key
