-- Requests that send the CA to a domain controller that is none: one row for each CA and request.
--
-- cdc: among the attributes names the domain controller that the CA shall ask for the requester (MS-WCCE §3.2.2.6.2.1.1);
-- rmd: names the requesting machine, ccm: the machine that submitted. Windows clients send all three, so their presence says
-- nothing; their values are compared. A CA without the patch of July 2026 believes whoever answers at cdc (CVE-2026-54121).
--
-- Controllers are those of the catalogue domain-controllers where it names the CA's domain, and of it alone; else those that
-- events name: who writes 4768 or 4769, whom 4898 to 4900 say the CA asked (DCDNSName), whose account 4742 calls a server
-- trust account (0x100 in its new control word). Where neither is known, nothing is said of the name. An address in the place
-- of the name is told as what it is, since Windows writes a name there. A short name is compared by its first label.
-- param intel String: snapshot of the reference data
-- param common_requesters UInt32: other requesters that name the same controller, from which on it is common
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue)
WITH
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'domain-controllers' AND key = 'host') AS listed_hosts,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'domain-controllers' AND key = 'address') AS listed_addresses,
  (
    SELECT groupUniqArray(10000)(name)
    FROM (
      SELECT lower(toString(host_name)) AS name FROM windows_event WHERE channel = 'Security' AND event_id IN (4768, 4769) GROUP BY name
      UNION ALL
      SELECT trimRight(lower(fields['DCDNSName']), '.') FROM windows_event WHERE channel = 'Security' AND event_id IN (4898, 4899, 4900)
      UNION ALL
      SELECT if(fields['DnsHostName'] NOT IN ('', '-'), lower(fields['DnsHostName']), trimRight(lower(fields['TargetUserName']), '$'))
      FROM windows_event
      WHERE channel = 'Security' AND event_id = 4742 AND match(fields['NewUacValue'], '^0[xX][0-9A-Fa-f]{1,8}$')
        AND bitAnd(reinterpretAsUInt32(reverse(unhex(leftPad(substring(fields['NewUacValue'], 3), 8, '0')))), 256) != 0
    )
    WHERE name NOT IN ('', '-')
  ) AS learned_hosts,
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)) AS authority, toUInt32(event_id) AS id,
      substringUTF8(fields['RequestId'], 1, 20) AS request, substringUTF8(fields['Requester'], 1, 256) AS requester,
      lower(arrayElement(splitByChar('\\', splitByChar('@', fields['Requester'])[1]), -1)) AS account,
      trimRight(trimLeft(lower(substringUTF8(extract(substringUTF8(fields['Attributes'], 1, 16384), '(?i)(?:^|\\s)cdc:([^\\s]+)'), 1, 253)), '\\'), '.') AS cdc,
      trimRight(lower(substringUTF8(extract(substringUTF8(fields['Attributes'], 1, 16384), '(?i)(?:^|\\s)rmd:([^\\s]+)'), 1, 253)), '.') AS rmd,
      trimRight(lower(substringUTF8(extract(substringUTF8(fields['Attributes'], 1, 16384), '(?i)(?:^|\\s)ccm:([^\\s]+)'), 1, 253)), '.') AS ccm,
      arrayConcat(
        arrayMap(one -> lower(one), extractAll(extract(substringUTF8(fields['Attributes'], 1, 16384), '(?i)(?:^|\\s)san:([^\\s]+)'), '(?i)(?:^|&)dns=([^&]+)')),
        arrayMap(one -> lower(one), extractAll(substringUTF8(fields['SubjectAlternativeName'], 1, 16384), '(?i)dns name=([^\\s,&]+)'))
      ) AS host_names
    FROM windows_event
    WHERE channel = 'Security' AND event_id IN (4886, 4887, 4888, 4889)
      AND multiSearchAnyCaseInsensitive(fields['Attributes'], ['cdc:', 'rmd:'])
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  customs AS (
    SELECT cdc AS named_controller, uniqExact(account) AS askers FROM told WHERE cdc != '' GROUP BY cdc
  ),
  known AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, id, request, requester, account, cdc, rmd, ccm, host_names,
      isIPv4String(cdc) OR isIPv6String(trimLeft(trimRight(cdc, ']'), '[')) AS by_address,
      arrayExists(one -> position(one, '.') > 0 AND endsWith(authority, substring(one, position(one, '.'))), listed_hosts) AS listed
    FROM told
  ),
  compared AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, id, request, requester, account, cdc, rmd, ccm, host_names, by_address, listed,
      multiIf(cdc = '', '', by_address AND has(listed_addresses, cdc), '', by_address, 'by_address',
        arrayExists(one -> one = cdc OR (splitByChar('.', one)[1] = splitByChar('.', cdc)[1] AND (position(one, '.') = 0 OR position(cdc, '.') = 0)),
          if(listed, listed_hosts, learned_hosts)), '',
        listed, 'not_listed', notEmpty(learned_hosts), 'not_learned', '') AS stranger,
      endsWith(account, '$') AND rmd != '' AND concat(splitByChar('.', rmd)[1], '$') != account AND has(host_names, rmd) AS forged
    FROM known
  ),
  requests AS (
    SELECT
      authority, if(request = '', toString(event_time), request) AS request_key,
      any(requester) AS asked_by, any(account) AS asker, max(cdc) AS controller, max(rmd) AS machine, max(ccm) AS submitter, max(stranger) AS strange, max(forged) AS is_forged,
      max(id = 4887) AS was_issued, max(request) AS number, any(listed) AS by_list,
      uniqExact(event_uid) AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM compared
    GROUP BY authority, request_key
    HAVING strange != '' OR is_forged
  ),
  calls AS (
    SELECT
      lower(toString(host_name)) AS caller, groupUniqArray(10000)(arrayJoin([lower(fields['DestinationIp']), trimRight(lower(fields['DestinationHostname']), '.')])) AS called
    FROM windows_event
    WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 3 AND endsWith(lower(process_executable), '\\certsrv.exe')
      AND fields['DestinationPort'] IN ('445', '389', '636', '3268', '3269')
    GROUP BY caller
  )
SELECT
  concat(authority, '|', request_key, '|', toString(toDate(first_one))) AS key,
  concat(
    asked_by, ' asked ', authority, ' for a certificate',
    if(number = '', '', concat(' (request ', number, ')')),
    if(strange = '', '', concat(' and named ', controller, ' as its domain controller, which is ', multiIf(
      strange = 'by_address', 'an address that nobody listed as one',
      strange = 'not_listed', 'not in the catalogue of controllers (intel/domain-controllers.yaml)',
      concat('none of the ', toString(length(learned_hosts)), ' controllers that events name')))),
    if(is_forged, concat('; it calls itself ', machine, ', and the certificate is for that name'), ''),
    if(submitter = '', '', concat('; submitted by ', submitter)),
    if(was_issued, '; it was issued', '; no issuance was seen'),
    if(has(called, controller), '; certsrv.exe of the CA connected to the named host', ''),
    if(askers > {common_requesters:UInt32}, concat('; ', toString(askers - 1), ' other requesters name the same one'), '')
  ) AS summary,
  arrayFilter(one -> one.2 != '', [('user_name', asked_by), ('host_name', authority), ('destination_address', controller), ('certificate_subject', if(is_forged, machine, ''))]) AS entities,
  arrayFilter(signal -> signal != '', [
    strange,
    if(is_forged, 'forged_machine', ''),
    if(was_issued, 'issued', ''),
    if(has(called, controller), 'ca_went_there', ''),
    if(strange IN ('not_learned', 'by_address') AND askers > {common_requesters:UInt32}, 'commonly_named', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_one) AS first_seen,
  toString(last_one) AS last_seen
FROM requests
LEFT JOIN customs ON customs.named_controller = requests.controller
LEFT JOIN calls ON calls.caller = requests.authority
ORDER BY first_one, key
