-- Who was given a certificate of an enrolment agent, and who was certified on behalf of another: one row for each CA, account,
-- kind and UTC day.
--
-- A template makes agents when the usage Certificate Request Agent is among its usages, and is for agents when that usage is
-- asked of the signer (msPKI-RA-Application-Policies); both are told by 4898, and the built-in agents are listed. On behalf of
-- another is what was issued of such a template with a user principal name that is not the requester's. Whether the CA writes
-- the agent or the other as Requester of such a request is not verified; where it writes the other, nothing is seen here.
-- param intel String: snapshot of the reference data
-- param agent_days UInt32: for so long before it, a certificate of an agent belongs to what was asked on behalf, in days
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue)
WITH
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-usages' AND attributes['effect'] = 'agent') AS agent_usages,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-tier-0-names' AND key = 'account') AS tier_0_names,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'enrolment-services' AND key = 'account') AS services,
  loaded AS (
    SELECT
      [lower(fields['TemplateInternalName']), trim(fields['TemplateOID'])] AS names,
      hasAny(extractAll(arrayStringConcat([
        extract(content, '(?is)pKIExtendedKeyUsage\\s*=(.*?)(?:\\s[a-z][a-z-]*\\s=|$)'),
        extract(content, '(?is)msPKI-Certificate-Application-Policy\\s*=(.*?)(?:\\s[a-z][a-z-]*\\s=|$)')], ' '), '[0-2](?:[.][0-9]+)+'), agent_usages) AS makes_agents,
      hasAny(extractAll(extract(content, '(?is)msPKI-RA-Application-Policies\\s*=(.*?)(?:\\s[a-z][a-z-]*\\s=|$)'), '[0-2](?:[.][0-9]+)+'), agent_usages) AS for_agents
    FROM (
      SELECT fields, substringUTF8(fields['TemplateContent'], 1, 65536) AS content
      FROM windows_event
      WHERE channel = 'Security' AND event_id = 4898
    )
  ),
  (
    SELECT groupUniqArray(10000)(name)
    FROM (
      SELECT value AS name FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-templates' AND key = 'template' AND attributes['effect'] = 'agent'
      UNION ALL
      SELECT arrayJoin(names) FROM loaded WHERE makes_agents
    )
    WHERE name != ''
  ) AS agent_templates,
  (SELECT groupUniqArray(10000)(name) FROM (SELECT arrayJoin(names) AS name FROM loaded WHERE for_agents) WHERE name != '') AS behalf_templates,
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)) AS authority,
      substringUTF8(fields['RequestId'], 1, 20) AS request, substringUTF8(fields['Requester'], 1, 256) AS requester,
      lower(arrayElement(splitByChar('\\', splitByChar('@', fields['Requester'])[1]), -1)) AS account,
      lower(if(fields['CertificateTemplate'] != '', fields['CertificateTemplate'], extract(substringUTF8(fields['Attributes'], 1, 16384), '(?i)(?:^|\\s)CertificateTemplate:([^\\s]+)'))) AS template,
      lower(if(fields['SubjectAlternativeName'] != '', extract(substringUTF8(fields['SubjectAlternativeName'], 1, 16384), '(?i)principal name=([^\\s,&]+)'),
        extract(substringUTF8(fields['Attributes'], 1, 16384), '(?i)(?:^|[\\s&:])upn=([^\\s&]+)'))) AS other
    FROM windows_event
    WHERE channel = 'Security' AND event_id = 4887 AND fields['Requester'] != ''
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  judged AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, request, requester, account, template, other,
      if(has(agent_templates, template), 'agent_certificate', 'on_behalf') AS kind
    FROM told
    WHERE has(agent_templates, template) OR (has(behalf_templates, template) AND other != '' AND splitByChar('@', other)[1] != account)
  ),
  agents AS (
    SELECT account AS agent, groupArraySorted(10000)(event_time) AS agent_times FROM judged WHERE kind = 'agent_certificate' GROUP BY account
  ),
  gathered AS (
    SELECT
      authority, account, kind, toDate(event_time) AS day, any(requester) AS asked_by, max(has(services, lower(requester))) AS of_service,
      max(has(tier_0_names, splitByChar('@', other)[1])) AS is_tier_0,
      max(kind = 'on_behalf' AND arrayExists(at -> at <= event_time AND at >= event_time - toIntervalDay({agent_days:UInt32}), agent_times)) AS agent_before,
      arraySort(groupUniqArray(5)(substringUTF8(template, 1, 80))) AS templates,
      arraySort(groupUniqArrayIf(5)(substringUTF8(other, 1, 120), other != '' AND kind = 'on_behalf')) AS others,
      uniqExactIf(other, kind = 'on_behalf') AS other_count,
      uniqExact(event_uid) AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM judged
    LEFT JOIN agents ON agents.agent = judged.account
    GROUP BY authority, account, kind, day
  )
SELECT
  concat(authority, '|', account, '|', kind, '|', toString(day)) AS key,
  concat(
    asked_by,
    if(kind = 'agent_certificate', concat(' was given a certificate of an enrolment agent by ', authority, ', which lets it ask in any name'),
      concat(' was given ', toString(record_count), if(record_count = 1, ' certificate', ' certificates'), ' by ', authority, ' on behalf of ', arrayStringConcat(others, ', '), if(other_count > 5, ' and others', ''))),
    '; template ', arrayStringConcat(templates, ', '),
    if(agent_before, '; it had become an agent shortly before', ''),
    if(of_service, '; the account is listed as one that asks for others', '')
  ) AS summary,
  arrayConcat([('user_name', asked_by), ('host_name', if(authority = '', '(not logged)', authority))], arrayMap(one -> ('certificate_subject', one), others)) AS entities,
  arrayFilter(signal -> signal != '', [
    if(kind = 'agent_certificate', 'agent_certificate', 'on_behalf'),
    if(is_tier_0, 'tier_0', ''),
    if(agent_before, 'agent_before', ''),
    if(of_service, 'listed_agent', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_one) AS first_seen,
  toString(last_one) AS last_seen
FROM gathered
ORDER BY first_one, key
