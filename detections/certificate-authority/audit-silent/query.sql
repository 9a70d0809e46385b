-- Certification authorities that do not tell what they do: one row for each silent CA, and one for each CA, change and UTC day.
--
-- AD CS writes its audit events (4868 to 4900) only where two switches are on: CA\AuditFilter of the CA, and the subcategory
-- Certification Services of Windows (specification T1596.003 §0.11). A host is a CA when it is listed, when it wrote an audit
-- event of AD CS or an event of the provider Microsoft-Windows-CertificationAuthority, or when its service CertSvc or its
-- process certsrv.exe was seen. It is silent when its Security log goes on for silent_hours after its last audit event of AD
-- CS, or from its first event on where there was none. Looked at is the end of the log; a gap within it is coverage's to tell.
--
-- Changes are those that take something away: 4885 and the registry value AuditFilter with a bit of 127 missing, 4719 that
-- takes success from Certification Services (%%12805, 0cce9221-…), and 4881 without a start (4880) soon after.
-- param intel String: snapshot of the reference data
-- param silent_hours UInt32: how long the Security log may go on without an audit event of AD CS, in hours
-- param restart_minutes UInt32: a stop that is followed by a start within this time is a restart, in minutes
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by channel and (channel, event_id); intel_entry by (snapshot, catalogue)
WITH
  'on the CA: certutil -setreg CA\\AuditFilter 127, then net stop certsvc && net start certsvc; and on its host: auditpol /set /subcategory:"{0CCE9221-69AE-11D9-BED3-505054503030}" /success:enable /failure:enable (Certification Services)' AS remedy,
  audits AS (
    SELECT event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)) AS at_host, toUInt32(event_id) AS id, fields['AuditFilter'] AS filter_told, user_name
    FROM windows_event
    WHERE channel = 'Security' AND event_id BETWEEN 4868 AND 4900
  ),
  authorities AS (
    SELECT at_host AS authority, groupUniqArray(how) AS known_by
    FROM (
      SELECT value AS at_host, 'the list of CAs' AS how FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certification-authorities' AND key = 'host'
      UNION ALL
      SELECT at_host, 'its own audit events' FROM audits GROUP BY at_host
      UNION ALL
      SELECT lower(toString(host_name)) AS at_host, 'events of Microsoft-Windows-CertificationAuthority'
      FROM windows_event
      WHERE provider_name = 'Microsoft-Windows-CertificationAuthority'
      GROUP BY at_host
      UNION ALL
      SELECT lower(toString(host_name)) AS at_host, 'its service CertSvc'
      FROM windows_event
      WHERE channel = 'System' AND event_id IN (7036, 7040, 7045)
        AND (lower(service_name) = 'certsvc' OR lower(fields['param1']) IN ('certsvc', 'active directory certificate services') OR lower(fields['param4']) = 'certsvc')
      GROUP BY at_host
      UNION ALL
      SELECT lower(toString(host_name)) AS at_host, 'its process certsrv.exe'
      FROM windows_event
      WHERE ((channel = 'Security' AND event_id = 4688) OR (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 1))
        AND endsWith(lower(process_executable), '\\certsrv.exe')
      GROUP BY at_host
    )
    WHERE at_host != ''
    GROUP BY at_host
  ),
  heard AS (
    SELECT at_host AS heard_host, count() AS audit_count, max(event_time) AS last_audit, uniqExact(toDate(event_time)) AS audit_days
    FROM audits
    GROUP BY at_host
  ),
  spoken AS (
    SELECT
      lower(toString(host_name)) AS spoken_host, min(event_time) AS first_word, max(event_time) AS last_word, uniqExact(toDate(event_time)) AS days,
      argMax((lower(hex(event_uid)), toString(evidence_id), record_number), (event_time, event_uid)) AS last_event,
      argMin((lower(hex(event_uid)), toString(evidence_id), record_number), (event_time, event_uid)) AS first_event
    FROM windows_event
    WHERE channel = 'Security' AND lower(toString(host_name)) IN (SELECT authority FROM authorities)
    GROUP BY spoken_host
  ),
  last_audits AS (
    SELECT at_host AS audited_host, argMax((lower(hex(event_uid)), toString(evidence_id), record_number), (event_time, event_uid)) AS last_audit_event
    FROM audits
    GROUP BY at_host
  ),
  works AS (
    SELECT lower(toString(host_name)) AS working_host, groupArraySorted(100000)(event_time) AS work_times
    FROM windows_event
    WHERE provider_name = 'Microsoft-Windows-CertificationAuthority'
    GROUP BY working_host
  ),
  silences AS (
    SELECT
      authority, known_by, audit_count, last_audit, days, audit_days,
      if(audit_count = 0, first_word, last_audit) AS silent_from, last_word AS silent_to,
      dateDiff('hour', if(audit_count = 0, first_word, last_audit), last_word) AS silent_for,
      arrayCount(at -> at > if(audit_count = 0, first_word, last_audit) AND at <= last_word, work_times) AS worked,
      arrayDistinct([if(audit_count = 0, first_event, last_audit_event), last_event]) AS chosen_events
    FROM authorities
    INNER JOIN spoken ON spoken.spoken_host = authorities.authority
    LEFT JOIN heard ON heard.heard_host = authorities.authority
    LEFT JOIN last_audits ON last_audits.audited_host = authorities.authority
    LEFT JOIN works ON works.working_host = authorities.authority
    WHERE dateDiff('second', if(audit_count = 0, first_word, last_audit), last_word) >= {silent_hours:UInt32} * 3600
  ),
  starts AS (
    SELECT at_host AS started_host, groupArraySorted(100000)(event_time) AS start_times FROM audits WHERE id = 4880 GROUP BY at_host
  ),
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, at_host, id, user_name,
      if(startsWith(lower(filter_told), '0x'), reinterpretAsUInt64(reverse(unhex(leftPad(if(match(filter_told, '^0[xX][0-9A-Fa-f]{1,8}$'), substring(filter_told, 3), '0'), 16, '0')))), toUInt64OrZero(filter_told)) AS filter
    FROM audits
    WHERE (id = 4885 AND filter_told != '') OR id = 4881
    UNION ALL
    SELECT event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)), toUInt32(4885), user_name, toUInt64OrZero(registry_data)
    FROM windows_event
    WHERE ((channel = 'Security' AND event_id = 4657) OR (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 13))
      AND lower(registry_value) = 'auditfilter' AND positionCaseInsensitive(registry_key, '\\services\\certsvc\\configuration\\') > 0 AND registry_data != ''
    UNION ALL
    SELECT event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)), toUInt32(4719), user_name, toUInt64(0)
    FROM windows_event
    WHERE channel = 'Security' AND event_id = 4719 AND position(fields['AuditPolicyChanges'], '%%8448') > 0
      AND (fields['SubcategoryId'] = '%%12805' OR positionCaseInsensitive(fields['SubcategoryGuid'], '0cce9221-') > 0)
  ),
  once AS (
    SELECT event_time, event_uid, evidence_id, record_number, at_host, id, user_name, filter
    FROM told
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  changes AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, at_host, user_name,
      multiIf(id = 4719, 'policy_taken', id = 4881, 'service_stopped', bitAnd(filter, 4) = 0, 'requests_unaudited', 'filter_narrowed') AS signal,
      multiIf(id = 4719, 'success of Certification Services was taken from the audit policy', id = 4881, 'the service was stopped, and no start was seen soon after',
        concat('CA\\AuditFilter was set to ', toString(filter), ', without ', arrayStringConcat(arrayMap(one -> one.2, arrayFilter(one -> bitAnd(filter, one.1) = 0, [
          (1, 'start and stop'), (2, 'backup and restore'), (4, 'requests and issuance'), (8, 'revocation and CRLs'), (16, 'permissions of the CA'), (32, 'key archival'), (64, 'configuration')
        ])), ', '))) AS what
    FROM once
    LEFT JOIN starts ON starts.started_host = at_host
    WHERE at_host IN (SELECT authority FROM authorities)
      AND (id = 4719 OR (id = 4885 AND bitAnd(filter, 127) != 127)
        OR (id = 4881 AND NOT arrayExists(at -> at >= event_time AND at <= event_time + toIntervalMinute({restart_minutes:UInt32}), start_times)))
  ),
  gathered AS (
    SELECT
      at_host AS authority, signal, toDate(event_time) AS day,
      arraySlice(arraySort(groupUniqArray(10)(what)), 1, 3) AS whats,
      arraySort(groupUniqArrayIf(3)(substringUTF8(user_name, 1, 80), user_name NOT IN ('', '-'))) AS users,
      uniqExact(event_uid) AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM changes
    GROUP BY at_host, signal, day
  )
SELECT key, summary, entities, signals, events, event_count, first_seen, last_seen
FROM (
  SELECT
    concat(authority, '|silent|', toString(toDate(silent_from))) AS key,
    concat(
      'telemetry_gap: the CA ', authority,
      if(audit_count = 0, ' wrote no audit event of AD CS', concat(' wrote its last audit event of AD CS at ', formatDateTime(last_audit, '%Y-%m-%d %H:%i', 'UTC'), ' UTC')),
      ', while its Security log goes on for ', toString(silent_for), ' hours',
      if(worked = 0, '', concat('; AD CS itself wrote ', toString(worked), if(worked = 1, ' other event', ' other events'), ' meanwhile, so it was at work')),
      '; it is known as a CA by ', arrayStringConcat(arraySort(known_by), ', '),
      '. What it issued in this time cannot be said. To have it, ', remedy
    ) AS summary,
    [('host_name', authority)] AS entities,
    arrayFilter(signal -> signal != '', [
      if(audit_count = 0, 'never_audited', 'silent'),
      if(worked > 0, 'at_work', ''),
      if(audit_count > 0 AND audit_days * 2 < days, 'seldom_speaks', '')
    ]) AS signals,
    arrayMap(one -> one, chosen_events) AS events,
    toUInt64(length(chosen_events)) AS event_count,
    toString(silent_from) AS first_seen,
    toString(silent_to) AS last_seen
  FROM silences
  UNION ALL
  SELECT
    concat(authority, '|', signal, '|', toString(day)) AS key,
    concat(
      'telemetry_gap: on the CA ', authority, ', ', arrayStringConcat(whats, '; '),
      if(empty(users), '', concat('; by ', arrayStringConcat(users, ', '))),
      if(signal = 'service_stopped', '. Meanwhile it issues nothing, and audits nothing', concat('. To have it back, ', remedy))
    ) AS summary,
    arrayConcat([('host_name', authority)], arrayMap(one -> ('user_name', one), users)) AS entities,
    [signal] AS signals,
    chosen AS events,
    record_count AS event_count,
    toString(first_one) AS first_seen,
    toString(last_one) AS last_seen
  FROM gathered
)
ORDER BY first_seen, key
