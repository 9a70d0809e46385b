-- Where the settings or the permissions of a CA were weakened, as the CA itself tells: one row for each CA, kind and UTC day.
--
-- 4891 tells an entry of the configuration and its new value, not the old one: what it was before is the last 4891 of the same
-- entry, where there is one. A value may be told as decimal, as hexadecimal or as the names of its flags. 4882 tells all
-- permissions of the CA in words, Allow(0x…) and who; bit 1 is Manage CA, bit 2 Issue and Manage Certificates. 4890 tells the
-- restrictions of certificate managers; 4892 with property 29 tells the templates that the CA serves, each with its OID. What
-- is said of the audit itself is audit-silent's.
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue)
WITH
  (
    SELECT groupArray((splitByChar('#', value)[1], toUInt64OrZero(attributes['mask']), attributes['weakens'], attributes['name'], attributes['weight'] = 'high', attributes['esc'], attributes['contains']))
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'adcs-configuration' AND key = 'entry' AND NOT startsWith(value, 'auditfilter')
  ) AS rules,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-trustees' AND key = 'name' AND attributes['who'] = 'everyone') AS everyone,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-trustees' AND key = 'name' AND attributes['who'] = 'owner') AS owners,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-templates' AND key = 'template' AND attributes['effect'] IN ('agent', 'any')) AS risky_templates,
  told AS (
    SELECT event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)) AS authority, toUInt32(event_id) AS id, user_name, fields
    FROM windows_event
    WHERE channel = 'Security' AND event_id IN (4882, 4890, 4891, 4892)
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  settings AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, user_name, entry, value, number,
      lagInFrame(number) OVER (PARTITION BY authority, node, entry ORDER BY event_time, event_uid ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS number_before,
      lagInFrame(value) OVER (PARTITION BY authority, node, entry ORDER BY event_time, event_uid ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS value_before,
      row_number() OVER (PARTITION BY authority, node, entry ORDER BY event_time, event_uid) > 1 AS known_before
    FROM (
      SELECT
        event_time, event_uid, evidence_id, record_number, authority, user_name, lower(fields['Node']) AS node, lower(trim(fields['Entry'])) AS entry,
        substringUTF8(fields['Value'], 1, 16384) AS value,
        if(match(value, '^\\s*[0-9]{1,10}\\b'), toUInt64OrZero(extract(value, '^\\s*([0-9]{1,10})\\b')),
          reinterpretAsUInt64(reverse(unhex(leftPad(extract(value, '(?i)0x([0-9a-f]{1,8})\\b'), 16, '0'))))) AS number
      FROM told
      WHERE id = 4891
    )
  ),
  weakened AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, user_name,
      arrayFilter(rule -> rule.1 = entry AND multiIf(
        rule.3 = 'contains', position(lower(value), rule.7) > 0 AND NOT (known_before AND position(lower(value_before), rule.7) > 0),
        rule.3 = 'set', (bitAnd(number, rule.2) != 0 OR positionCaseInsensitive(value, rule.4) > 0) AND if(known_before, bitAnd(number_before, rule.2) = 0, rule.5),
        match(value, '(?i)^\\s*(0x[0-9a-f]{1,8}|[0-9]{1,10})\\b') AND bitAnd(number, rule.2) = 0 AND ((known_before AND bitAnd(number_before, rule.2) != 0) OR (NOT known_before AND rule.5))), rules) AS broken
    FROM settings
  ),
  permissions AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, user_name, grants,
      lagInFrame(grants) OVER (PARTITION BY authority ORDER BY event_time, event_uid ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS grants_before
    FROM (
      SELECT
        event_time, event_uid, evidence_id, record_number, authority, user_name,
        arrayDistinct(arrayFlatten(arrayMap(one -> arrayMap(bit -> (lower(substringUTF8(trim(one[2]), 1, 120)), bit.2), arrayFilter(
            bit -> bitAnd(reinterpretAsUInt32(reverse(unhex(leftPad(one[1], 8, '0')))), bit.1) != 0, [(1, 'Manage CA'), (2, 'Issue and Manage Certificates')])),
          arraySlice(extractAllGroupsVertical(substringUTF8(fields['SecuritySettings'], 1, 65536), 'Allow[(]0x([0-9a-fA-F]{1,8})[)]\\s+([^\\r\\n\\t]+)'), 1, 200)))) AS grants
      FROM told
      WHERE id = 4882
    )
  ),
  served AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, user_name, templates,
      lagInFrame(templates) OVER (PARTITION BY authority ORDER BY event_time, event_uid ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS templates_before
    FROM (
      SELECT
        event_time, event_uid, evidence_id, record_number, authority, user_name,
        arrayFilter(one -> one != '' AND NOT match(one, '^[0-2]([.][0-9]+)+$'),
          arrayMap(one -> trim(one), arraySlice(splitByChar('\n', replaceAll(substringUTF8(fields['PropertyValue'], 1, 65536), '\r', '')), 1, 2000))) AS templates
      FROM told
      WHERE id = 4892 AND fields['PropertyName'] = '29'
    )
  ),
  changes AS (
    SELECT event_time, event_uid, evidence_id, record_number, authority, user_name, if(rule.5, 'weakened_setting', 'loosened_setting') AS signal,
      concat(rule.4, if(rule.3 = 'cleared', ' was taken away', ' was set'), if(rule.6 IN ('', '-'), '', concat(' (', rule.6, ')'))) AS what
    FROM weakened
    ARRAY JOIN broken AS rule
    UNION ALL
    SELECT event_time, event_uid, evidence_id, record_number, authority, user_name,
      if(has(everyone, arrayElement(splitByChar('\\', grant.1), -1)), 'rights_to_everyone', 'rights_to_one'), concat(grant.1, ' now has ', grant.2)
    FROM permissions
    ARRAY JOIN arrayFilter(one -> NOT has(grants_before, one) AND NOT has(owners, arrayElement(splitByChar('\\', one.1), -1)), grants) AS grant
    UNION ALL
    SELECT event_time, event_uid, evidence_id, record_number, authority, user_name, 'manager_restrictions',
      concat('the restrictions of certificate managers were set to ', substringUTF8(fields['EnableRestrictedPermissions'], 1, 40))
    FROM told
    WHERE id = 4890
    UNION ALL
    SELECT event_time, event_uid, evidence_id, record_number, authority, user_name,
      if(has(risky_templates, lower(template)), 'risky_template_served', 'template_served'), concat('template ', substringUTF8(template, 1, 80), ' is now served')
    FROM served
    ARRAY JOIN arrayFilter(one -> notEmpty(templates_before) AND NOT has(templates_before, one), templates) AS template
  ),
  gathered AS (
    SELECT
      authority, toDate(event_time) AS day,
      arraySort(groupUniqArray(10)(signal)) AS said,
      arraySlice(arraySort(groupUniqArray(20)(what)), 1, 8) AS whats,
      arraySort(groupUniqArrayIf(3)(substringUTF8(user_name, 1, 80), user_name NOT IN ('', '-'))) AS users,
      uniqExact(event_uid) AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arrayMap(one -> (one.2, one.3, one.4), arraySlice(arraySort(groupUniqArray(1000)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))), 1, 20)) AS chosen
    FROM changes
    GROUP BY authority, day
  )
SELECT
  concat(authority, '|', toString(day)) AS key,
  concat('On the CA ', authority, ', ', arrayStringConcat(whats, '; '), if(empty(users), '; the event names no account', concat('; by ', arrayStringConcat(users, ', ')))) AS summary,
  arrayConcat([('host_name', if(authority = '', '(not logged)', authority))], arrayMap(one -> ('user_name', one), users)) AS entities,
  arrayFilter(signal -> has(said, signal), ['weakened_setting', 'loosened_setting', 'rights_to_everyone', 'rights_to_one', 'manager_restrictions', 'risky_template_served', 'template_served']) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_one) AS first_seen,
  toString(last_one) AS last_seen
FROM gathered
ORDER BY first_one, key
