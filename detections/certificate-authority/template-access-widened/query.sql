-- Where the access list of a certificate template was widened: one row for each template and UTC day.
--
-- 4900 tells the whole security descriptor before and after, in SDDL and then in words. What is compared are grants: who, and
-- what that lets them do. Full control is control, and so are changing permissions (WD), owner (WO) and all properties (WP
-- without a GUID); CR with the GUID of enrolment, or with none, is enrolment. Rights come as pairs of letters or as one number.
-- Entries with conditions are read without them; denials are not looked at.
-- param intel String: snapshot of the reference data
-- param restore_hours UInt32: within this time what was taken back belongs to the change, in hours
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue)
WITH
  (
    SELECT groupArray((upper(value), toUInt64OrZero(attributes['mask']), attributes['kind']))
    FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-access-rights' AND key = 'right'
  ) AS rules,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-extended-rights' AND key = 'guid') AS enrol_guids,
  (SELECT groupArray((value, entry)) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-trustees' AND key = 'trustee' AND attributes['who'] = 'everyone') AS everyone,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-trustees' AND key = 'trustee' AND attributes['who'] = 'owner') AS owners,
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)) AS authority,
      substringUTF8(fields['TemplateInternalName'], 1, 128) AS template, substringUTF8(fields['DCDNSName'], 1, 253) AS controller,
      lower(if(fields['TemplateDSObjectFQDN'] != '', fields['TemplateDSObjectFQDN'], fields['TemplateInternalName'])) AS place,
      [substringUTF8(fields['OldSecurityDescriptor'], 1, 65536), substringUTF8(fields['NewSecurityDescriptor'], 1, 65536)] AS descriptors
    FROM windows_event
    WHERE channel = 'Security' AND event_id = 4900 AND fields['NewSecurityDescriptor'] != '' AND fields['OldSecurityDescriptor'] != ''
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  entries AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, template, controller, place,
      arrayMap(descriptor -> arrayMap(
          one -> (lower(one[6]), lower(one[4]), if(startsWith(lower(one[3]), '0x'), [], extractAll(upper(one[3]), '[A-Z]{2}')),
            if(match(one[3], '^0[xX][0-9A-Fa-f]{1,8}$'), reinterpretAsUInt64(reverse(unhex(leftPad(substring(one[3], 3), 16, '0')))), 0)),
          arrayFilter(one -> length(one) >= 6 AND one[6] != '' AND upper(one[1]) IN ('A', 'OA', 'XA', 'ZA'),
            arrayMap(text -> splitByChar(';', text), arraySlice(extractAll(descriptor, '[(]([^()]+)[)]'), 1, 500)))),
        descriptors) AS lists
    FROM told
  ),
  granted AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, template, controller, place,
      arrayMap(list -> arrayDistinct(arrayFlatten(arrayMap(one -> arrayMap(rule -> (one.1, rule.3), arrayFilter(
          rule -> (has(one.3, rule.1) OR bitAnd(one.4, rule.2) != 0)
            AND (rule.3 != 'enrol' OR one.2 = '' OR has(enrol_guids, one.2))
            AND (rule.1 != 'WP' OR one.2 = ''),
          rules)), list))), lists) AS grants
    FROM entries
  ),
  changes AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, template, controller, place,
      arrayFilter(one -> NOT has(grants[1], one), grants[2]) AS given,
      arrayFilter(one -> NOT has(grants[2], one), grants[1]) AS taken
    FROM granted
  ),
  named AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, template, controller, place, taken,
      arrayMap(one -> (one.1, one.2, arrayFirst(known -> known.1 = one.1 OR (startsWith(one.1, 's-1-5-21-') AND startsWith(known.1, '-') AND endsWith(one.1, known.1)), everyone).2),
        arrayFilter(one -> NOT arrayExists(owner -> owner = one.1 OR (startsWith(one.1, 's-1-5-21-') AND startsWith(owner, '-') AND endsWith(one.1, owner)), owners), given)) AS gained
    FROM changes
  ),
  restorations AS (
    SELECT place AS restored_place, groupArraySorted(10000)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number, taken)) AS steps
    FROM named
    WHERE notEmpty(taken)
    GROUP BY place
  ),
  actors AS (
    SELECT lower(fields['ObjectDN']) AS changed_place, groupArraySorted(1000)((event_time, substringUTF8(user_name, 1, 80))) AS acts
    FROM windows_event
    WHERE channel = 'Security' AND event_id = 5136 AND user_name != '' AND lower(fields['ObjectClass']) = 'pkicertificatetemplate'
    GROUP BY changed_place
  ),
  widenings AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, template, controller, place, gained,
      arrayFilter(one -> one.1 > event_time AND one.1 <= event_time + toIntervalHour({restore_hours:UInt32})
        AND arrayExists(grant -> has(one.5, (grant.1, grant.2)), gained), steps) AS taken_back,
      arrayMap(one -> one.2, arrayFilter(one -> one.1 <= event_time + toIntervalMinute(1) AND one.1 >= event_time - toIntervalDay(1), acts)) AS who
    FROM named
    LEFT JOIN restorations ON restorations.restored_place = named.place
    LEFT JOIN actors ON actors.changed_place = named.place
    WHERE notEmpty(gained)
  ),
  gathered AS (
    SELECT
      place, toDate(event_time) AS day, any(template) AS name, any(controller) AS asked,
      arraySort(groupUniqArray(5)(authority)) AS authorities,
      arraySort(groupUniqArrayArray(20)(gained)) AS all_gained,
      arraySlice(arraySort(groupUniqArrayArray(10)(who)), 1, 3) AS actors_named,
      max(notEmpty(taken_back)) AS back,
      arraySort(arrayDistinct(arrayConcat(
        groupArray(100)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number)),
        arrayFlatten(groupArray(100)(arrayMap(one -> (one.1, one.2, one.3, one.4), arraySlice(taken_back, 1, 20))))))) AS all_events
    FROM widenings
    GROUP BY place, day
  )
SELECT
  concat(place, '|', toString(day)) AS key,
  concat(
    'The access list of template ', name, ' now lets ',
    arrayStringConcat(arrayMap(one -> concat(if(one.3 != '', one.3, upper(substringUTF8(one.1, 1, 80))), if(one.2 = 'control', ' change it', ' enrol')), arraySlice(all_gained, 1, 8)), ', '),
    if(back, '; it was taken back within a day, the pattern of change, use and restore', ''),
    if(empty(actors_named), '; 4900 names no account', concat('; changed in the directory by ', arrayStringConcat(actors_named, ', '))),
    if(asked = '', '', concat('; read from ', asked)),
    '; told by ', arrayStringConcat(authorities, ', ')
  ) AS summary,
  arrayConcat(
    arrayMap(one -> ('host_name', if(one = '', '(not logged)', one)), authorities),
    arrayMap(one -> ('user_id', upper(substringUTF8(one, 1, 184))), arraySlice(arrayDistinct(arrayMap(one -> one.1, all_gained)), 1, 8)),
    arrayMap(one -> ('user_name', one), actors_named)
  ) AS entities,
  arrayFilter(signal -> signal != '', [
    if(arrayExists(one -> one.2 = 'control' AND one.3 != '', all_gained), 'control_to_everyone', ''),
    if(arrayExists(one -> one.2 = 'enrol' AND one.3 != '', all_gained), 'enrol_to_everyone', ''),
    if(arrayExists(one -> one.2 = 'control' AND one.3 = '', all_gained), 'control_to_one', ''),
    if(arrayExists(one -> one.2 = 'enrol' AND one.3 = '', all_gained), 'enrol_to_one', ''),
    if(back, 'taken_back_soon', '')
  ]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), arraySlice(all_events, 1, 20)) AS events,
  length(all_events) AS event_count,
  toString(all_events[1].1) AS first_seen,
  toString(all_events[-1].1) AS last_seen
FROM gathered
ORDER BY first_seen, key
