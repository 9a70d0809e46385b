-- Where the OCSP responder was changed or stopped: one row for each host and UTC day.
--
-- Whoever can change it can have a revoked certificate called good. What the events 5120 to 5127 mean is data (ocsp-responder-events),
-- since the specification calls them not verified. 5124 tells all permissions in words, Allow(0x…) and who; bit 1 is OCSP
-- Administrator; who is told is who was not there in the 5124 before, or, in the first, who is no administrator.
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue)
WITH
  (SELECT groupArray((toUInt32OrZero(value), attributes['effect'], attributes['meaning'])) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'ocsp-responder-events' AND key = 'event') AS meanings,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-trustees' AND key = 'name' AND attributes['who'] = 'owner') AS owners,
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, lower(toString(host_name)) AS host, user_name, effect, meaning, property, value, administrators,
      lagInFrame(administrators) OVER (PARTITION BY host, effect ORDER BY event_time, event_uid ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS administrators_before
    FROM (
      SELECT
        event_time, event_uid, evidence_id, record_number, host_name, user_name,
        arrayFirst(one -> one.1 = event_id, meanings).2 AS effect, arrayFirst(one -> one.1 = event_id, meanings).3 AS meaning,
        substringUTF8(fields['PropertyName'], 1, 80) AS property, substringUTF8(fields['NewValue'], 1, 80) AS value,
        arrayDistinct(arrayMap(one -> lower(substringUTF8(trim(one[2]), 1, 120)), arrayFilter(
          one -> bitAnd(reinterpretAsUInt32(reverse(unhex(leftPad(one[1], 8, '0')))), 1) != 0,
          arraySlice(extractAllGroupsVertical(substringUTF8(fields['NewSecuritySettings'], 1, 65536), 'Allow[(]0x([0-9a-fA-F]{1,8})[)]\\s+([^\\r\\n\\t]+)'), 1, 200)))) AS administrators
      FROM windows_event
      WHERE channel = 'Security' AND event_id BETWEEN 5120 AND 5127
      ORDER BY event_time, event_uid
      LIMIT 1 BY record_key
    )
  ),
  judged AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, host, user_name,
      arrayFilter(one -> NOT has(administrators_before, one) AND NOT has(owners, arrayElement(splitByChar('\\', one), -1)), administrators) AS gained,
      multiIf(effect = 'stops', 'stopped', effect = 'permissions', if(notEmpty(gained), 'rights_to_one', 'permissions_changed'),
        effect = 'changes', if(lower(property) = 'auditfilter' AND match(value, '^[0-9]{1,5}$') AND bitAnd(toUInt64OrZero(value), 7) != 7, 'audit_narrowed', 'setting_changed'), '') AS signal,
      multiIf(effect = 'permissions' AND notEmpty(gained), concat(arrayStringConcat(arraySlice(gained, 1, 3), ', '), ' may now administer the OCSP responder'),
        property != '', concat(meaning, ': ', property, ' became ', value), meaning) AS what
    FROM told
    WHERE effect IN ('stops', 'permissions', 'changes')
  ),
  gathered AS (
    SELECT
      host, toDate(event_time) AS day, arraySort(groupUniqArray(6)(signal)) AS said, arraySlice(arraySort(groupUniqArray(20)(what)), 1, 6) AS whats,
      arraySort(groupUniqArrayIf(3)(substringUTF8(user_name, 1, 80), user_name NOT IN ('', '-'))) AS users,
      count() AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM judged
    WHERE signal != ''
    GROUP BY host, day
  )
SELECT
  concat(host, '|', toString(day)) AS key,
  concat('On ', if(host = '', 'a host that is not logged', host), ': ', arrayStringConcat(whats, '; '), if(empty(users), '', concat('; by ', arrayStringConcat(users, ', ')))) AS summary,
  arrayConcat([('host_name', if(host = '', '(not logged)', host))], arrayMap(one -> ('user_name', one), users)) AS entities,
  arrayFilter(signal -> has(said, signal), ['rights_to_one', 'permissions_changed', 'audit_narrowed', 'setting_changed', 'stopped']) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_one) AS first_seen,
  toString(last_one) AS last_seen
FROM gathered
ORDER BY first_one, key
