-- Who asked a CA for a certificate in a name that is not the requester's: one row for each CA, requester, name and UTC day.
--
-- A name can come from three places, and they are not worth the same. SAN: among the attributes, and the alternative name
-- of a request (4886, 4888, 4889), are what the requester wrote. The alternative name of an issued certificate (4887) may
-- be the directory's: there a user principal name differs from the account's name in many houses, so it counts only where
-- it is tier 0, a computer's, without a domain, or the name of an account that events know (specification T1596.003 §2.6 P1;
-- ESC9 and ESC10 are seen this way).
--
-- Names are compared without domains: DOMAIN\name, name@domain and name are one; HOST$ and host.domain are one. Labels of the
-- alternative name are the English ones.
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue)
WITH
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-tier-0-names' AND key = 'account') AS tier_0_names,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'enrolment-services' AND key = 'account') AS services,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-usages' AND attributes['effect'] IN ('any', 'logon')) AS logon_usages,
  (
    SELECT groupUniqArray(10000)(name)
    FROM (
      SELECT splitByChar('.', value)[1] AS name FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'domain-controllers' AND key = 'host'
      UNION ALL
      SELECT splitByChar('.', lower(toString(host_name)))[1] FROM windows_event WHERE channel = 'Security' AND event_id IN (4768, 4769) GROUP BY host_name
      UNION ALL
      SELECT splitByChar('.', lower(fields['DCDNSName']))[1] FROM windows_event WHERE channel = 'Security' AND event_id IN (4898, 4899, 4900)
    )
    WHERE name != ''
  ) AS controllers,
  (
    SELECT groupUniqArray(100000)(name)
    FROM (
      SELECT lower(fields['TargetUserName']) AS name FROM windows_event WHERE channel = 'Security' AND event_id = 4768 AND fields['Status'] IN ('0x0', '0')
      UNION ALL
      SELECT lower(arrayElement(splitByChar('\\', fields['Requester']), -1)) FROM windows_event WHERE channel = 'Security' AND event_id = 4886
    )
    WHERE name NOT IN ('', '-')
  ) AS accounts,
  (
    SELECT groupUniqArray(10000)(template)
    FROM (
      SELECT value AS template FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-templates' AND key = 'template' AND attributes['effect'] IN ('any', 'logon')
      UNION ALL
      SELECT arrayJoin([lower(fields['TemplateInternalName']), trim(fields['TemplateOID'])])
      FROM windows_event
      WHERE channel = 'Security' AND event_id = 4898
        AND hasAny(extractAll(fields['TemplateContent'], '[0-2](?:[.][0-9]{1,20}){3,30}'), logon_usages)
    )
    WHERE template != ''
  ) AS logon_templates,
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)) AS authority, toUInt32(event_id) AS id,
      substringUTF8(fields['RequestId'], 1, 20) AS request, substringUTF8(fields['Requester'], 1, 256) AS requester,
      substringUTF8(fields['Attributes'], 1, 16384) AS attributes, substringUTF8(fields['SubjectAlternativeName'], 1, 16384) AS alternative_name,
      fields['CertificateTemplate'] AS template_told
    FROM windows_event
    WHERE channel = 'Security' AND event_id IN (4886, 4887, 4888, 4889) AND fields['Requester'] != ''
      AND (fields['SubjectAlternativeName'] != '' OR positionCaseInsensitive(fields['Attributes'], 'san:') > 0)
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  named AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, id, request, requester,
      lower(arrayElement(splitByChar('\\', splitByChar('@', requester)[1]), -1)) AS account,
      lower(if(template_told != '', template_told, extract(attributes, '(?i)(?:^|\\s)CertificateTemplate:([^\\s]+)'))) AS template,
      arrayDistinct(arrayConcat(
        arrayMap(one -> ('upn', lower(one), 'supplied'), extractAll(extract(attributes, '(?i)(?:^|\\s)san:([^\\s]+)'), '(?i)(?:^|&)upn=([^&]+)')),
        arrayMap(one -> ('dns', lower(one), 'supplied'), extractAll(extract(attributes, '(?i)(?:^|\\s)san:([^\\s]+)'), '(?i)(?:^|&)dns=([^&]+)')),
        arrayMap(one -> ('upn', lower(one), if(id = 4887, 'issued', 'supplied')), extractAll(alternative_name, '(?i)principal name=([^\\s,&]+)')),
        arrayMap(one -> ('dns', lower(one), if(id = 4887, 'issued', 'supplied')), extractAll(alternative_name, '(?i)dns name=([^\\s,&]+)'))
      )) AS names
    FROM told
  ),
  compared AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, id, request, requester, account, template,
      one_name.1 AS kind, trimRight(one_name.2, '.') AS name, one_name.3 AS how,
      if(one_name.1 = 'upn', splitByChar('@', one_name.2)[1], splitByChar('.', one_name.2)[1]) AS principal
    FROM named
    ARRAY JOIN arraySlice(names, 1, 100) AS one_name
    WHERE one_name.2 != ''
  ),
  judged AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, id, request, requester, account, template, kind, name, how, principal,
      endsWith(account, '$') AS by_computer,
      (kind = 'upn' AND has(tier_0_names, principal)) OR has(controllers, trimRight(principal, '$')) AND (kind = 'dns' OR endsWith(principal, '$')) AS tier_0,
      has(accounts, principal) AS known_account
    FROM compared
    WHERE (kind = 'upn' AND principal != account) OR (kind = 'dns' AND concat(principal, '$') != account)
  ),
  gathered AS (
    SELECT
      authority, account, kind, name, toDate(event_time) AS day,
      any(requester) AS asked_by, any(principal) AS whose, max(tier_0) AS is_tier_0, max(known_account) AS is_account, any(by_computer) AS computer,
      max(how = 'supplied') AS supplied, max(id = 4887) AS was_issued, max(has(logon_templates, template)) AS for_logon,
      max(has(services, lower(requester))) AS of_service,
      arraySort(groupUniqArrayIf(5)(substringUTF8(template, 1, 80), template != '')) AS templates,
      arraySort(groupUniqArrayIf(5)(request, request != '')) AS requests,
      uniqExact(event_uid) AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM judged
    GROUP BY authority, account, kind, name, day
    HAVING supplied OR (kind = 'upn' AND (is_tier_0 OR is_account OR position(name, '@') = 0 OR (endsWith(whose, '$') AND NOT computer)))
      OR (kind = 'dns' AND was_issued AND is_tier_0)
  )
SELECT
  concat(authority, '|', account, '|', kind, '|', name, '|', toString(day)) AS key,
  concat(
    asked_by, ' asked ', authority, ' for a certificate ', if(kind = 'upn', 'as ', 'for the host '), substringUTF8(name, 1, 200),
    if(is_tier_0, ', which is tier 0', ''),
    if(supplied, '; the request itself gave this name', '; the issued certificate has this name'),
    if(empty(templates), '', concat('; template ', arrayStringConcat(templates, ', '))),
    if(for_logon, ', good for logon', ''),
    if(empty(requests), '', concat('; request ', arrayStringConcat(requests, ', '))),
    if(was_issued, '; it was issued', '; no issuance was seen'),
    if(of_service, '; the account is listed as one that asks for others', '')
  ) AS summary,
  arrayConcat([('user_name', asked_by), ('host_name', if(authority = '', '(not logged)', authority)), ('certificate_subject', substringUTF8(name, 1, 253))]) AS entities,
  arrayFilter(signal -> signal != '', [
    multiIf(kind = 'upn' AND supplied, 'supplied_user', kind = 'upn', 'issued_user', computer, 'host_by_computer', 'host_by_user'),
    if(is_tier_0, 'tier_0', ''),
    if(kind = 'upn' AND is_account AND NOT is_tier_0, 'known_account', ''),
    if(kind = 'upn' AND NOT is_tier_0 AND endsWith(whose, '$') AND NOT computer, 'computer_account', ''),
    if(for_logon, 'for_logon', ''),
    if(was_issued, 'issued', ''),
    if(of_service, 'enrols_for_others', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_one) AS first_seen,
  toString(last_one) AS last_seen
FROM gathered
ORDER BY first_one, key
