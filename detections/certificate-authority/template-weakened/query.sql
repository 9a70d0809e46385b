-- Where a certificate template was weakened, and whether it was put back: one row for each template and UTC day.
--
-- 4899 tells of a template what changed, as text: only the attributes that changed are there, before and after, and a list
-- stands below its name. It names no account; 5136 of a domain controller does, where directory changes are audited. The CA
-- writes 4899 when it reads the template again, so it may come after the change. Several CAs tell of one change, which is
-- one row. Weak, used and put back within a day is the pattern of an attack (specification T1596.003 §2.6 P4).
-- param intel String: snapshot of the reference data
-- param restore_hours UInt32: within this time what was put back belongs to the change, in hours
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue)
WITH
  (
    SELECT groupArray((splitByChar('#', value)[1], toUInt64OrZero(attributes['mask']), attributes['weakens'], attributes['name'], attributes['esc'], attributes['signal']))
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'adcs-template-flags' AND key = 'attribute'
  ) AS rules,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-usages' AND attributes['effect'] = 'any') AS any_usages,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-usages' AND attributes['effect'] = 'logon') AS logon_usages,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-usages' AND attributes['effect'] = 'agent') AS agent_usages,
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)) AS authority,
      substringUTF8(fields['TemplateInternalName'], 1, 128) AS template, trim(fields['TemplateOID']) AS template_oid,
      lower(if(fields['TemplateDSObjectFQDN'] != '', fields['TemplateDSObjectFQDN'], fields['TemplateInternalName'])) AS place,
      fields['TemplateSchemaVersion'] AS schema, substringUTF8(fields['DCDNSName'], 1, 253) AS controller,
      substringUTF8(fields['OldTemplateContent'], 1, 65536) AS before, substringUTF8(fields['NewTemplateContent'], 1, 65536) AS after
    FROM windows_event
    WHERE channel = 'Security' AND event_id IN (4899, 4900) AND fields['NewTemplateContent'] != ''
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  read AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, template, template_oid, place, schema, controller,
      arrayMap(one -> (lower(one[1]), if(one[2] != '', reinterpretAsUInt64(reverse(unhex(leftPad(one[2], 16, '0')))), toUInt64OrZero(one[3]))),
        extractAllGroupsVertical(before, '(?i)(?:^|\\s)(msPKI-[a-z-]+|flags)\\s*=\\s*(?:0x([0-9a-f]{1,8})\\b|([0-9]{1,10})\\b)')) AS numbers_before,
      arrayMap(one -> (lower(one[1]), if(one[2] != '', reinterpretAsUInt64(reverse(unhex(leftPad(one[2], 16, '0')))), toUInt64OrZero(one[3]))),
        extractAllGroupsVertical(after, '(?i)(?:^|\\s)(msPKI-[a-z-]+|flags)\\s*=\\s*(?:0x([0-9a-f]{1,8})\\b|([0-9]{1,10})\\b)')) AS numbers_after,
      arrayFlatten(arrayMap(text -> extractAll(text, '[0-2](?:[.][0-9]+)+'), [
        extract(before, '(?is)pKIExtendedKeyUsage\\s*=(.*?)(?:\\s[a-z][a-z-]*\\s=|$)'),
        extract(before, '(?is)msPKI-Certificate-Application-Policy\\s*=(.*?)(?:\\s[a-z][a-z-]*\\s=|$)')])) AS usages_before,
      arrayFlatten(arrayMap(text -> extractAll(text, '[0-2](?:[.][0-9]+)+'), [
        extract(after, '(?is)pKIExtendedKeyUsage\\s*=(.*?)(?:\\s[a-z][a-z-]*\\s=|$)'),
        extract(after, '(?is)msPKI-Certificate-Application-Policy\\s*=(.*?)(?:\\s[a-z][a-z-]*\\s=|$)')])) AS usages_after,
      match(after, '(?i)(?:pKIExtendedKeyUsage|msPKI-Certificate-Application-Policy)\\s*=') AS has_usages,
      extractAll(extract(before, '(?is)msPKI-Certificate-Policy\\s*=(.*?)(?:\\s[a-z][a-z-]*\\s=|$)'), '[0-2](?:[.][0-9]+)+') AS policies_before,
      extractAll(extract(after, '(?is)msPKI-Certificate-Policy\\s*=(.*?)(?:\\s[a-z][a-z-]*\\s=|$)'), '[0-2](?:[.][0-9]+)+') AS policies_after
    FROM told
  ),
  compared AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, template, template_oid, place, schema, controller,
      arrayFilter(rule -> arrayExists(one -> one.1 = rule.1, numbers_after)
        AND (bitAnd(arrayFirst(one -> one.1 = rule.1, numbers_after).2, rule.2) != 0) = (rule.3 = 'set')
        AND (bitAnd(arrayFirst(one -> one.1 = rule.1, numbers_before).2, rule.2) != 0) != (rule.3 = 'set'), rules) AS weaker,
      arrayFilter(rule -> arrayExists(one -> one.1 = rule.1, numbers_before)
        AND (bitAnd(arrayFirst(one -> one.1 = rule.1, numbers_before).2, rule.2) != 0) = (rule.3 = 'set')
        AND (bitAnd(arrayFirst(one -> one.1 = rule.1, numbers_after).2, rule.2) != 0) != (rule.3 = 'set'), rules) AS stronger,
      arrayFilter(one -> NOT has(usages_before, one), usages_after) AS usages_added,
      arrayFilter(one -> NOT has(usages_after, one), usages_before) AS usages_gone,
      has_usages AND empty(usages_after) AND notEmpty(usages_before) AS usages_emptied,
      has_usages AND notEmpty(usages_after) AND empty(usages_before) AS usages_filled,
      arrayFilter(one -> NOT has(policies_before, one), policies_after) AS policies_added,
      arrayFilter(one -> NOT has(policies_after, one), policies_before) AS policies_gone
    FROM read
  ),
  changes AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, template, template_oid, place, schema, controller,
      arrayDistinct(arrayConcat(
        arrayFilter(one -> has(['supplies_subject', 'no_security_extension', 'approval_removed', 'signatures_removed'], one), arrayMap(rule -> rule.6, weaker)),
        if(usages_emptied OR hasAny(usages_added, any_usages), ['any_usage'], []),
        if(hasAny(usages_added, logon_usages) AND NOT usages_filled, ['logon_usage'], []),
        if(hasAny(usages_added, agent_usages), ['agent_usage'], []),
        if(notEmpty(policies_added), ['policy_added'], []))) AS weakened,
      arrayDistinct(arrayConcat(
        arrayFilter(one -> has(['supplies_subject', 'no_security_extension', 'approval_removed', 'signatures_removed'], one), arrayMap(rule -> rule.6, stronger)),
        if(usages_filled OR hasAny(usages_gone, any_usages), ['any_usage'], []),
        if(hasAny(usages_gone, logon_usages), ['logon_usage'], []),
        if(hasAny(usages_gone, agent_usages), ['agent_usage'], []),
        if(notEmpty(policies_gone), ['policy_added'], []))) AS restored,
      arrayDistinct(arrayConcat(
        arrayMap(rule -> concat(rule.4, if(rule.3 = 'set', ' set', ' taken away'), ' (', rule.5, ')'), weaker),
        if(usages_emptied, ['its usages taken away, so that it is good for all (ESC2)'], []),
        arrayMap(one -> concat('usage ', one, ' added'), arrayFilter(one -> has(any_usages, one) OR has(agent_usages, one) OR (has(logon_usages, one) AND NOT usages_filled), usages_added)),
        arrayMap(one -> concat('issuance policy ', substringUTF8(one, 1, 120), ' added (ESC13)'), policies_added))) AS words
    FROM compared
  ),
  restorations AS (
    SELECT place AS restored_place, groupArraySorted(10000)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number, restored)) AS steps
    FROM changes
    WHERE notEmpty(restored)
    GROUP BY place
  ),
  uses AS (
    SELECT used_template, groupArraySorted(100000)(at) AS times
    FROM (
      SELECT
        lower(if(fields['CertificateTemplate'] != '', fields['CertificateTemplate'], extract(substringUTF8(fields['Attributes'], 1, 16384), '(?i)(?:^|\\s)CertificateTemplate:([^\\s]+)'))) AS used_template,
        event_time AS at
      FROM windows_event
      WHERE channel = 'Security' AND event_id = 4887
    )
    WHERE used_template IN (SELECT arrayJoin([lower(template), template_oid]) FROM told)
    GROUP BY used_template
  ),
  actors AS (
    SELECT lower(fields['ObjectDN']) AS changed_place, groupArraySorted(1000)((event_time, substringUTF8(user_name, 1, 80))) AS acts
    FROM windows_event
    WHERE channel = 'Security' AND event_id = 5136 AND user_name != '' AND lower(fields['ObjectClass']) = 'pkicertificatetemplate'
    GROUP BY changed_place
  ),
  weakenings AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, template, place, schema, controller, weakened, words,
      arrayFilter(one -> one.1 > event_time AND one.1 <= event_time + toIntervalHour({restore_hours:UInt32}) AND hasAny(one.5, weakened), steps) AS put_back,
      arrayConcat(by_name.times, by_oid.times) AS use_times,
      arrayMap(one -> one.2, arrayFilter(one -> one.1 <= event_time + toIntervalMinute(1) AND one.1 >= event_time - toIntervalDay(1), acts)) AS who
    FROM changes
    LEFT JOIN restorations ON restorations.restored_place = changes.place
    LEFT JOIN (SELECT used_template, times FROM uses) AS by_name ON by_name.used_template = lower(changes.template)
    LEFT JOIN (SELECT used_template, times FROM uses) AS by_oid ON by_oid.used_template = changes.template_oid
    LEFT JOIN actors ON actors.changed_place = changes.place
    WHERE notEmpty(weakened)
  ),
  gathered AS (
    SELECT
      place, toDate(event_time) AS day, any(template) AS name, max(schema) AS version, any(controller) AS asked,
      arraySort(groupUniqArray(5)(authority)) AS authorities,
      arraySort(groupUniqArrayArray(10)(weakened)) AS said, arraySlice(arraySort(groupUniqArrayArray(20)(words)), 1, 8) AS changed,
      arraySlice(arraySort(groupUniqArrayArray(10)(who)), 1, 3) AS actors_named,
      min(if(empty(put_back), 4294967295, dateDiff('second', event_time, arrayMin(one -> one.1, put_back)))) AS back_after,
      max(arrayCount(at -> at >= event_time AND at <= if(empty(put_back), event_time + toIntervalHour({restore_hours:UInt32}), arrayMin(one -> one.1, put_back)), use_times)) AS used,
      arraySort(arrayDistinct(arrayConcat(
        groupArray(100)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number)),
        arrayFlatten(groupArray(100)(arrayMap(one -> (one.1, one.2, one.3, one.4), arraySlice(put_back, 1, 20))))))) AS all_events
    FROM weakenings
    GROUP BY place, day
  )
SELECT
  concat(place, '|', toString(day)) AS key,
  concat(
    'Template ', name, ' was weakened: ', arrayStringConcat(changed, ', '),
    if(version = '1' AND has(said, 'supplies_subject'), '; its schema is version 1, whose usages the request may name itself (ESC15)', ''),
    if(back_after < 4294967295, concat('; it was put back after ', if(back_after < 7200, concat(toString(intDiv(back_after, 60)), ' minutes'), concat(toString(intDiv(back_after, 3600)), ' hours')), ', the pattern of change, use and restore'), '; it was not seen to be put back'),
    if(used = 0, '', concat('; ', toString(used), if(used = 1, ' certificate', ' certificates'), ' of it issued meanwhile')),
    if(empty(actors_named), '; 4899 names no account', concat('; changed in the directory by ', arrayStringConcat(actors_named, ', '))),
    if(asked = '', '', concat('; read from ', asked)),
    '; told by ', arrayStringConcat(authorities, ', ')
  ) AS summary,
  arrayConcat(
    arrayMap(one -> ('host_name', if(one = '', '(not logged)', one)), authorities),
    arrayMap(one -> ('user_name', one), actors_named)
  ) AS entities,
  arrayConcat(said,
    if(version = '1' AND has(said, 'supplies_subject'), ['schema_1'], []),
    if(back_after < 4294967295, ['restored_soon'], []),
    if(used > 0, ['used_meanwhile'], [])) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), arraySlice(all_events, 1, 20)) AS events,
  length(all_events) AS event_count,
  toString(all_events[1].1) AS first_seen,
  toString(all_events[-1].1) AS last_seen
FROM gathered
ORDER BY first_seen, key
