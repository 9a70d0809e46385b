-- Where the registry of a CA or of a domain controller was written so that it believes more: one row for each host and UTC day.
--
-- certutil on the CA itself writes the registry, and the CA tells nothing of it (4891 is for changes that go through the CA); the
-- setting takes effect when the service starts again. Looked at are the entries of adcs-configuration below CertSvc\Configuration,
-- but AuditFilter, which is audit-silent's, the permissions of the CA (Security) where another program than the CA writes them,
-- and the two values of domain controllers that decide whose a certificate is (certificate-mapping). What stood there before is
-- what 4657 tells, else what was written last; where neither is known, a medium setting is not told.
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
  (
    SELECT groupArray((concat('\\', value), splitByChar(',', attributes['weak']), toUInt64OrZero(attributes['weak_mask']), attributes['name'], attributes['esc']))
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'certificate-mapping' AND key = 'value'
  ) AS mappings,
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)) AS host, process_executable, user_name,
      lower(registry_key) AS place, lower(registry_value) AS value, substringUTF8(registry_data, 1, 16384) AS data, substringUTF8(registry_data_before, 1, 16384) AS data_before
    FROM windows_event
    WHERE ((channel = 'Security' AND event_id = 4657) OR (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 13))
      AND multiSearchAnyCaseInsensitive(registry_key, ['\\services\\certsvc\\configuration', '\\services\\kdc', '\\securityproviders\\schannel'])
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  written AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, host, process_executable, user_name, place, value, data,
      if(data_before NOT IN ('', '-'), data_before, lagInFrame(data) OVER (PARTITION BY host, place, value ORDER BY event_time, event_uid ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS before
    FROM told
  ),
  changes AS (
    SELECT event_time, event_uid, evidence_id, record_number, host, process_executable, user_name,
      if(rule.5, 'weakened_setting', 'loosened_setting') AS signal,
      concat(rule.4, if(rule.3 = 'cleared', ' was taken away', ' was set'), if(rule.6 IN ('', '-'), '', concat(' (', rule.6, ')'))) AS what
    FROM written
    ARRAY JOIN arrayFilter(one -> one.1 = value AND multiIf(
      one.3 = 'contains', position(lower(data), one.7) > 0 AND position(lower(before), one.7) = 0,
      NOT match(data, '^[0-9]{1,10}$'), false,
      one.3 = 'set', bitAnd(toUInt64OrZero(data), one.2) != 0 AND if(before = '', one.5, bitAnd(toUInt64OrZero(before), one.2) = 0),
      bitAnd(toUInt64OrZero(data), one.2) = 0 AND if(before = '', one.5, bitAnd(toUInt64OrZero(before), one.2) != 0)), rules) AS rule
    WHERE position(place, '\\services\\certsvc\\configuration') > 0
    UNION ALL
    SELECT event_time, event_uid, evidence_id, record_number, host, process_executable, user_name, 'permissions_written', 'the permissions of the CA were written past the CA (ESC7)'
    FROM written
    WHERE value = 'security' AND position(place, '\\services\\certsvc\\configuration\\') > 0 AND process_executable != '' AND NOT endsWith(lower(process_executable), '\\certsrv.exe')
    UNION ALL
    SELECT event_time, event_uid, evidence_id, record_number, host, process_executable, user_name, 'mapping_weakened',
      concat(mapping.4, ' was set to ', substringUTF8(data, 1, 20), if(before = '', '', concat(' from ', substringUTF8(before, 1, 20))), ' (', mapping.5, ')')
    FROM written
    ARRAY JOIN arrayFilter(one -> endsWith(concat(place, '\\', value), one.1) AND match(data, '^[0-9]{1,10}$') AND data != before
      AND (has(one.2, data) OR (one.3 != 0 AND bitAnd(toUInt64OrZero(data), one.3) != 0 AND bitAnd(toUInt64OrZero(before), one.3) = 0)), mappings) AS mapping
  ),
  gathered AS (
    SELECT
      host, toDate(event_time) AS day, arraySort(groupUniqArray(5)(signal)) AS said, arraySlice(arraySort(groupUniqArray(20)(what)), 1, 6) AS whats,
      arraySlice(arraySort(groupUniqArrayIf(10)(substringUTF8(process_executable, 1, 160), process_executable != '')), 1, 3) AS writers,
      arraySort(groupUniqArrayIf(3)(substringUTF8(user_name, 1, 80), user_name NOT IN ('', '-'))) AS users,
      uniqExact(event_uid) AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arrayMap(one -> (one.2, one.3, one.4), arraySlice(arraySort(groupUniqArray(1000)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))), 1, 20)) AS chosen
    FROM changes
    GROUP BY host, day
  )
SELECT
  concat(host, '|', toString(day)) AS key,
  concat('In the registry of ', if(host = '', 'a host that is not logged', host), ', ', arrayStringConcat(whats, '; '),
    if(empty(writers), '', concat('; by ', arrayStringConcat(writers, ', '))), if(empty(users), '', concat(' as ', arrayStringConcat(users, ', '))),
    '; it takes effect when the service starts again') AS summary,
  arrayConcat([('host_name', if(host = '', '(not logged)', host))], arrayMap(one -> ('process_executable', one), writers), arrayMap(one -> ('user_name', one), users)) AS entities,
  arrayFilter(signal -> has(said, signal), ['weakened_setting', 'loosened_setting', 'permissions_written', 'mapping_weakened']) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_one) AS first_seen,
  toString(last_one) AS last_seen
FROM gathered
ORDER BY first_one, key
