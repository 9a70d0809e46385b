-- Certificates of computers that were asked for by something else than the computer: one row for each CA, computer and UTC day.
--
-- A computer enrols with Kerberos and submits its requests itself. Who relays its logon to a CA comes with NTLM, by the web
-- pages (ESC8) or by RPC without encryption (ESC11): newer servers write AuthenticationService and AuthenticationLevel into 4886
-- and 4887, and ccm names the machine that submitted: the CA itself, when it was its web page. On older servers the logon (4624)
-- before the request says NTLM, and from where. A controller's own account is worth the domain.
-- param intel String: snapshot of the reference data
-- param logon_seconds UInt32: a logon of the computer by NTLM so long before the request belongs to it, in seconds
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue)
WITH
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
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)) AS authority, toUInt32(event_id) AS id,
      substringUTF8(fields['RequestId'], 1, 20) AS request, substringUTF8(fields['Requester'], 1, 256) AS requester,
      trimRight(lower(arrayElement(splitByChar('\\', splitByChar('@', fields['Requester'])[1]), -1)), '$') AS computer,
      upper(trim(fields['AuthenticationService'])) AS service, substringUTF8(trim(fields['AuthenticationLevel']), 1, 40) AS level,
      substringUTF8(trim(fields['DCOMorRPC']), 1, 40) AS way,
      lower(if(fields['CertificateTemplate'] != '', fields['CertificateTemplate'], extract(substringUTF8(fields['Attributes'], 1, 16384), '(?i)(?:^|\\s)CertificateTemplate:([^\\s]+)'))) AS template,
      trimRight(lower(extract(substringUTF8(fields['Attributes'], 1, 16384), '(?i)(?:^|\\s)ccm:([^\\s]+)')), '.') AS submitter
    FROM windows_event
    WHERE channel = 'Security' AND event_id IN (4886, 4887, 4888, 4889) AND endsWith(splitByChar('@', fields['Requester'])[1], '$')
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  logons AS (
    SELECT lower(toString(host_name)) AS logon_host, trimRight(lower(fields['TargetUserName']), '$') AS logon_computer,
      groupArraySorted(10000)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number, substringUTF8(replaceRegexpOne(fields['IpAddress'], '^::ffff:', ''), 1, 45))) AS logon_times
    FROM windows_event
    WHERE channel = 'Security' AND event_id = 4624 AND lower(toString(host_name)) IN (SELECT authority FROM told)
      AND endsWith(fields['TargetUserName'], '$') AND upper(fields['AuthenticationPackageName']) = 'NTLM'
    GROUP BY logon_host, logon_computer
  ),
  judged AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, id, request, requester, computer, service, level, way, template, submitter,
      service = 'NTLM' AS by_ntlm,
      service = 'NTLM' AND level != '' AND lower(level) != 'privacy' AS unencrypted,
      submitter != '' AND splitByChar('.', submitter)[1] != computer AND splitByChar('.', submitter)[1] = splitByChar('.', authority)[1] AS by_ca,
      submitter != '' AND splitByChar('.', submitter)[1] != computer AND splitByChar('.', submitter)[1] != splitByChar('.', authority)[1] AS by_another,
      arrayFilter(one -> one.1 <= event_time AND one.1 >= event_time - toIntervalSecond({logon_seconds:UInt32}), logon_times) AS logons_before
    FROM told
    LEFT JOIN logons ON logons.logon_host = told.authority AND logons.logon_computer = told.computer
    WHERE computer != splitByChar('.', authority)[1]
  ),
  gathered AS (
    SELECT
      authority, computer, toDate(event_time) AS day, any(requester) AS asked_by, max(has(controllers, computer)) AS of_controller,
      max(by_ntlm) AS ntlm, max(unencrypted) AS open, max(by_ca) AS from_ca, max(by_another) AS from_another, max(notEmpty(logons_before)) AS logged_on,
      max(id = 4887) AS was_issued, max(way) AS path, maxIf(level, unencrypted) AS open_level,
      arraySort(groupUniqArrayIf(5)(request, request != '')) AS requests,
      arraySort(groupUniqArrayIf(5)(substringUTF8(template, 1, 80), template != '')) AS templates,
      arraySort(groupUniqArrayIf(3)(substringUTF8(submitter, 1, 120), by_ca OR by_another)) AS submitters,
      arraySlice(arraySort(groupUniqArrayArray(20)(arrayFilter(one -> one NOT IN ('', '-'), arrayMap(one -> one.5, logons_before)))), 1, 3) AS addresses,
      arraySort(arrayDistinct(arrayConcat(
        groupArray(100)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number)),
        arrayFlatten(groupArray(100)(arrayMap(one -> (one.1, one.2, one.3, one.4), arraySlice(logons_before, 1, 20))))))) AS all_events
    FROM judged
    WHERE by_ntlm OR by_ca OR by_another OR notEmpty(logons_before)
    GROUP BY authority, computer, day
  )
SELECT
  concat(authority, '|', computer, '|', toString(day)) AS key,
  concat(
    'A certificate for ', asked_by, if(of_controller, ', a domain controller,', ''), ' was asked of ', authority,
    if(ntlm, concat(' with NTLM', if(path = '', '', concat(' by ', path)), if(open, concat(' at the level ', open_level, ', not encrypted'), '')), ''),
    if(from_ca, '; it was submitted by the CA itself, as its web pages do', if(from_another, concat('; it was submitted by ', arrayStringConcat(submitters, ', ')), '')),
    if(logged_on, concat('; just before, the computer logged on there with NTLM', if(empty(addresses), '', concat(' from ', arrayStringConcat(addresses, ', ')))), ''),
    if(empty(templates), '', concat('; template ', arrayStringConcat(templates, ', '))),
    if(empty(requests), '', concat('; request ', arrayStringConcat(requests, ', '))),
    if(was_issued, '; it was issued', '; no issuance was seen')
  ) AS summary,
  arrayConcat([('user_name', asked_by), ('host_name', if(authority = '', '(not logged)', authority))], arrayMap(one -> ('source_address', one), addresses)) AS entities,
  arrayFilter(signal -> signal != '', [
    if(ntlm, 'by_ntlm', ''), if(open, 'not_encrypted', ''), if(from_ca, 'submitted_by_ca', ''), if(from_another, 'submitted_by_another', ''),
    if(logged_on, 'logon_by_ntlm', ''), if(of_controller, 'of_controller', ''), if(was_issued, 'issued', '')
  ]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), arraySlice(all_events, 1, 20)) AS events,
  length(all_events) AS event_count,
  toString(all_events[1].1) AS first_seen,
  toString(all_events[-1].1) AS last_seen
FROM gathered
ORDER BY first_seen, key
