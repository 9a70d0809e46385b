-- Where a certificate that one account asked for let another log on: one row for each certificate and account.
--
-- A ticket that was had with a certificate (4768) tells its serial number; newer CAs tell the serial number of what they issued
-- (4887). Where both do, they are joined by it, however much time lies between; ten minutes are left to clocks that differ. Where the CA does not, an issuance whose
-- alternative name is the ticket's account, and not the requester's, is joined within window_minutes. A logon by PKINIT may leave
-- no 4624, so the controller's 4768 is what is asked for. Names are compared without domains.
-- param intel String: snapshot of the reference data
-- param window_minutes UInt32: how long after an issuance without serial number a ticket belongs to it, in minutes
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue)
WITH
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-tier-0-names' AND key = 'account') AS tier_0_names,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'enrolment-services' AND key = 'account') AS services,
  issued AS (
    SELECT
      event_time AS issued_time, lower(hex(event_uid)) AS issued_uid, toString(evidence_id) AS issued_evidence, record_number AS issued_number, record_key AS issued_key,
      lower(toString(host_name)) AS authority, substringUTF8(fields['RequestId'], 1, 20) AS request, substringUTF8(fields['Requester'], 1, 256) AS requester,
      lower(arrayElement(splitByChar('\\', splitByChar('@', fields['Requester'])[1]), -1)) AS account,
      trimLeft(lower(replaceRegexpAll(substringUTF8(fields['SerialNumber'], 1, 128), '[^0-9A-Fa-f]', '')), '0') AS issued_serial,
      arrayDistinct(arrayConcat(
        arrayMap(one -> splitByChar('@', lower(one))[1], extractAll(concat(substringUTF8(fields['SubjectAlternativeName'], 1, 16384), '\n'), '(?i)principal name=([^\\s,&]+)')),
        arrayMap(one -> splitByChar('@', lower(one))[1], extractAll(extract(substringUTF8(fields['Attributes'], 1, 16384), '(?i)(?:^|\\s)san:([^\\s]+)'), '(?i)(?:^|&)upn=([^&]+)')),
        arrayMap(one -> concat(splitByChar('.', lower(one))[1], '$'), extractAll(substringUTF8(fields['SubjectAlternativeName'], 1, 16384), '(?i)dns name=([^\\s,&]+)')),
        arrayMap(one -> concat(splitByChar('.', lower(one))[1], '$'), extractAll(extract(substringUTF8(fields['Attributes'], 1, 16384), '(?i)(?:^|\\s)san:([^\\s]+)'), '(?i)(?:^|&)dns=([^&]+)'))
      )) AS names
    FROM windows_event
    WHERE channel = 'Security' AND event_id = 4887 AND fields['Requester'] != ''
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  tickets AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, lower(toString(host_name)) AS controller,
      lower(splitByChar('@', substringUTF8(fields['TargetUserName'], 1, 128))[1]) AS target, substringUTF8(fields['TargetUserName'], 1, 128) AS target_told,
      substringUTF8(fields['TargetDomainName'], 1, 128) AS target_domain,
      trimLeft(lower(replaceRegexpAll(substringUTF8(fields['CertSerialNumber'], 1, 128), '[^0-9A-Fa-f]', '')), '0') AS serial,
      substringUTF8(upper(fields['CertThumbprint']), 1, 64) AS thumbprint, fields['Status'] IN ('0x0', '0') AS given,
      substringUTF8(replaceRegexpOne(fields['IpAddress'], '^::ffff:', ''), 1, 45) AS address
    FROM windows_event
    WHERE channel = 'Security' AND event_id = 4768 AND (fields['CertSerialNumber'] NOT IN ('', '-') OR fields['CertThumbprint'] NOT IN ('', '-'))
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  joined AS (
    SELECT
      event_time, uid, evidence, record_number, controller, target, target_told, target_domain, serial, thumbprint, given, address,
      issued_time, issued_uid, issued_evidence, issued_number, authority, request, requester, account, issued_serial AS issue, 'by_serial' AS how
    FROM tickets
    INNER JOIN (
      SELECT issued_time, issued_uid, issued_evidence, issued_number, authority, request, requester, account, issued_serial FROM issued WHERE issued_serial != ''
    ) AS certificates ON certificates.issued_serial = tickets.serial
    WHERE target != account AND target != '' AND event_time >= issued_time - toIntervalMinute(10)
    UNION ALL
    SELECT
      event_time, uid, evidence, record_number, controller, target, target_told, target_domain, serial, thumbprint, given, address,
      issued_time, issued_uid, issued_evidence, issued_number, authority, request, requester, account, concat(request, '|', toString(issued_time)) AS issue, 'by_name' AS how
    FROM tickets
    INNER JOIN (
      SELECT issued_time, issued_uid, issued_evidence, issued_number, authority, request, requester, account, name
      FROM issued
      ARRAY JOIN arraySlice(names, 1, 20) AS name
      WHERE issued_serial = '' AND name NOT IN ('', '$') AND name != account
    ) AS named ON named.name = tickets.target
    WHERE event_time >= issued_time AND event_time <= issued_time + toIntervalMinute({window_minutes:UInt32})
  ),
  gathered AS (
    SELECT
      authority, account, issue, target, how, any(requester) AS asked_by, any(request) AS number, min(issued_time) AS at, argMin(target_told, event_time) AS used_as,
      any(target_domain) AS domain, max(given) AS was_given, min(event_time) AS first_ticket, max(event_time) AS last_ticket,
      max(has(tier_0_names, target) OR concat(splitByChar('.', controller)[1], '$') = target) AS is_tier_0, max(has(services, lower(requester))) AS of_service,
      arraySort(groupUniqArrayIf(3)(address, address NOT IN ('', '-'))) AS addresses, max(thumbprint) AS print,
      arraySort(arrayDistinct(arrayConcat(
        groupArray(100)((event_time, uid, evidence, record_number)), groupArray(100)((issued_time, issued_uid, issued_evidence, issued_number))))) AS all_events
    FROM joined
    GROUP BY authority, account, issue, target, how
  )
SELECT
  concat(authority, '|', account, '|', how, '|', issue, '|', target) AS key,
  concat(
    asked_by, ' was issued a certificate by ', authority, if(number = '', '', concat(' (request ', number, ')')), ', and ',
    if(was_given, 'a domain controller gave a ticket to ', 'a domain controller refused a ticket to '), used_as, if(domain = '', '', concat(' of ', domain)),
    if(how = 'by_serial', ' by that certificate', ' by a certificate of that name'),
    ' ', multiIf(first_ticket <= at, '0 seconds', dateDiff('second', at, first_ticket) < 120, concat(toString(dateDiff('second', at, first_ticket)), ' seconds'), dateDiff('second', at, first_ticket) < 7200, concat(toString(dateDiff('minute', at, first_ticket)), ' minutes'), concat(toString(dateDiff('hour', at, first_ticket)), ' hours')), ' later',
    if(empty(addresses), '', concat(' from ', arrayStringConcat(addresses, ', '))),
    if(print IN ('', '-'), '', concat('; thumbprint ', print)),
    if(of_service, '; the requester is listed as one that asks for others', '')
  ) AS summary,
  arrayConcat([('user_name', asked_by), ('user_name', used_as), ('host_name', if(authority = '', '(not logged)', authority))], arrayMap(one -> ('source_address', one), addresses)) AS entities,
  arrayFilter(signal -> signal != '', [
    if(how = 'by_serial', 'by_serial', 'by_name'),
    if(dateDiff('second', at, first_ticket) <= {window_minutes:UInt32} * 60, 'soon', ''),
    if(is_tier_0, 'tier_0', ''),
    if(NOT was_given, 'refused', ''),
    if(of_service, 'enrols_for_others', '')
  ]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), arraySlice(all_events, 1, 20)) AS events,
  length(all_events) AS event_count,
  toString(all_events[1].1) AS first_seen,
  toString(all_events[-1].1) AS last_seen
FROM gathered
ORDER BY first_seen, key
