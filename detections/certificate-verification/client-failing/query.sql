-- Whose certificate checks fail: one row for each client and UTC day, told by its worst hour.
--
-- A check is one verification of a certificate, in one shape whoever tells of it: Zeek (validation_status, last_alert, sni_matches_cert, notices), Suricata (its
-- events, and what the certificate itself shows: out of its time, issued by itself, for another name), CAPI2 (events 11, 30, 41, 81 by Result), Schannel (by intel
-- schannel-events). reason is empty where nothing is wrong. What several of them tell of one connection or one task of Windows is one check. Sources of text
-- give a network_alert with alert_id certificate/<reason>, or client-certificate/<reason> for a certificate of a client.
--
-- Hours begin at every half hour, so that what takes less than thirty minutes lies in one of them whole; the day is that of the first event.
-- param intel String: snapshot of the reference data
-- param failures UInt32: failed checks of the hour
-- param times Float64: how many times the share of others
-- param certainty Float64: 0 to 1, probability
-- param broken_entities UInt32: from so many clients on that a server or an issuer fails for, it is the broken one
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session by scanning time, addresses and the certificate's fields; network_alert by scanning alert_id; windows_event by its first keys, channel and event id
WITH
  (
    SELECT groupArray(value)
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'sanctioned-scanners' AND key = 'network' AND (
      (isIPv4String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 32)
      OR (isIPv6String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 128))
  ) AS sanctioned,
  (SELECT CAST(groupArray((value, attributes['reason'])), 'Map(String, String)') FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'tls-alerts' AND key = 'alert' AND attributes['family'] = 'certificate') AS alert_reasons,
  (SELECT CAST(groupArray((value, attributes['reason'])), 'Map(String, String)') FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'tls-alerts' AND key = 'number' AND attributes['family'] = 'certificate') AS number_reasons,
  (SELECT CAST(groupArray((value, attributes['reason'])), 'Map(String, String)') FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'capi2-results' AND key = 'result') AS result_reasons,
  (SELECT CAST(groupArray((value, (attributes['family'], attributes['side'], attributes['reason']))), 'Map(String, Tuple(String, String, String))') FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'schannel-events' AND key = 'event_id') AS schannel_events,
  checks AS (
    SELECT
      event_time, uid, evidence, record_number, connection, direction, entity, peer, server_name, issuer, subject, fingerprint, of_client,
      multiIf(
        alert_reason != '', alert_reason,
        status = '', '',
        status = 'ok', '',
        match(status, '(?i)self.signed'), 'self_signed',
        match(status, '(?i)expired'), 'expired',
        match(status, '(?i)not yet valid'), 'not_yet_valid',
        match(status, '(?i)revoked'), 'revoked',
        match(status, '(?i)issuer|unable to verify|untrusted|unknown ca'), 'unknown_ca',
        match(status, '(?i)host ?name|name mismatch'), 'name_mismatch',
        match(status, '(?i)signature'), 'bad_signature', 'other'
      ) AS told_reason,
      multiIf(
        told_reason != '', told_reason,
        not_after < event_time, 'expired',
        not_before > event_time AND event_time >= toDateTime64('2000-01-01 00:00:00', 6, 'UTC'), 'not_yet_valid',
        issuer != '' AND issuer = subject, 'self_signed',
        NOT ifNull(name_fits, true), 'name_mismatch',
        ''
      ) AS reason
    FROM (
      SELECT
        event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, network_direction AS direction, tls_server_name AS server_name,
        if(connection_id = '', hex(toString(record_key)), concat(splitByChar('-', source)[1], '/', connection_id)) AS connection,
        if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS entity,
        if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS peer,
        server_certificate_issuer AS issuer, server_certificate_subject AS subject, server_certificate_not_before AS not_before, server_certificate_not_after AS not_after,
        coalesce(lower(hex(server_certificate_sha256)), lower(hex(server_certificate_sha1)), server_certificate_file_id) AS fingerprint,
        tls_validation_status AS status,
        alert_reasons[tls_last_alert] AS alert_reason,
        alert_reason != '' AND (position(tls_history, 'X') > 0 OR client_certificate_subject != '' OR client_certificate_sha256 IS NOT NULL) AS of_client,
        multiIf(
          tls_sni_matches_certificate IS NOT NULL, tls_sni_matches_certificate,
          tls_server_name = '' OR empty(server_certificate_names) OR isIPv4String(tls_server_name) OR isIPv6String(tls_server_name), NULL,
          arrayExists(name -> name = tls_server_name OR (startsWith(name, '*.') AND substring(name, 3) = substring(tls_server_name, position(tls_server_name, '.') + 1)), server_certificate_names)
        ) AS name_fits
      FROM tls_session
      WHERE NOT ifNull(tls_resumed, false)
        AND (tls_validation_status != '' OR tls_last_alert != '' OR tls_established OR server_certificate_issuer != '' OR server_certificate_not_after IS NOT NULL OR tls_sni_matches_certificate IS NOT NULL)
      UNION ALL
      SELECT
        event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, network_direction, '',
        if(connection_id = '', hex(toString(record_key)), concat(splitByChar('-', source)[1], '/', connection_id)),
        if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')),
        if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')),
        '', '', NULL, NULL, '', alert_message,
        multiIf(
          alert_id = 'SSL::Certificate_Expired', 'expired',
          alert_id = 'SSL::Certificate_Not_Valid_Yet', 'not_yet_valid',
          match(alert_id, '^22300(?:0[4-8]|2[1-9]|30)$|^tls\\.(?:invalid_certificate|certificate_)'), 'malformed',
          startsWith(alert_id, 'certificate/'), substring(alert_id, 13),
          startsWith(alert_id, 'client-certificate/'), substring(alert_id, 20), ''
        ),
        startsWith(alert_id, 'client-certificate/'), NULL
      FROM network_alert
      WHERE (alert_id IN ('SSL::Invalid_Server_Cert', 'SSL::Certificate_Expired', 'SSL::Certificate_Not_Valid_Yet')
          AND connection_id NOT IN (SELECT connection_id FROM tls_session WHERE connection_id != '' AND tls_validation_status != ''))
        OR match(alert_id, '^22300(?:0[4-8]|2[1-9]|30)$|^tls\\.(?:invalid_certificate|certificate_)|^(?:client-)?certificate/')
      UNION ALL
      SELECT
        event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, 'host', fields['SSLAdditionalPolicyInfo@serverName'],
        if(fields['CorrelationAuxInfo@TaskId'] = '', hex(toString(record_key)), fields['CorrelationAuxInfo@TaskId']),
        lower(host_name), '', '', fields['Certificate@subjectName'], NULL, NULL, lower(extract(fields['Certificate@fileRef'], '^([0-9A-Fa-f]{40})')), '',
        if(result_reasons[lower(fields['Result@value'])] != '', result_reasons[lower(fields['Result@value'])], 'other'),
        false, NULL
      FROM windows_event
      WHERE channel = 'Microsoft-Windows-CAPI2/Operational' AND event_id IN (11, 30, 41, 81) AND fields['Result@value'] NOT IN ('', '0')
        AND result_reasons[lower(fields['Result@value'])] != 'revocation_unknown'
      UNION ALL
      SELECT
        event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, 'host', fields['SSLAdditionalPolicyInfo@serverName'],
        if(fields['CorrelationAuxInfo@TaskId'] = '', hex(toString(record_key)), fields['CorrelationAuxInfo@TaskId']),
        lower(host_name), '', '', fields['Certificate@subjectName'], NULL, NULL, lower(extract(fields['Certificate@fileRef'], '^([0-9A-Fa-f]{40})')), 'ok', '', false, NULL
      FROM windows_event
      WHERE channel = 'Microsoft-Windows-CAPI2/Operational' AND event_id = 30 AND fields['Result@value'] = '0'
      UNION ALL
      SELECT
        event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, 'host', fields['Name'], hex(toString(record_key)), lower(host_name), '', '', '', NULL, NULL, '', if(schannel_events[toString(event_id)].1 = 'success', 'ok', ''),
        if(schannel_events[toString(event_id)].1 = 'alert', number_reasons[fields['AlertDesc']], schannel_events[toString(event_id)].3),
        schannel_events[toString(event_id)].2 = 'client' OR event_id = 36887, NULL
      FROM windows_event
      WHERE channel = 'System' AND provider_name = 'Schannel' AND event_id BETWEEN 36870 AND 36890
        AND (schannel_events[toString(event_id)].1 IN ('failure', 'success') OR (schannel_events[toString(event_id)].1 = 'alert' AND number_reasons[fields['AlertDesc']] != ''))
    )
    WHERE entity != ''
  ),
  broken AS (
    SELECT toDate(event_time) AS day, if(server_name != '', server_name, peer) AS at_server
    FROM checks
    WHERE reason != '' AND NOT of_client AND at_server != ''
    GROUP BY day, at_server
    HAVING uniqExact(entity) >= {broken_entities:UInt32}
  ),
  broken_issuers AS (
    SELECT toDate(event_time) AS day, issuer
    FROM checks
    WHERE reason != '' AND NOT of_client AND issuer NOT IN ('', subject)
    GROUP BY day, issuer
    HAVING uniqExact(entity) >= {broken_entities:UInt32}
  ),
  hours AS (
    SELECT
      entity, arrayJoin([toStartOfInterval(event_time, INTERVAL 30 MINUTE), toStartOfInterval(event_time, INTERVAL 30 MINUTE) - INTERVAL 30 MINUTE]) AS hour, uniqExactIf(connection, reason != '') AS failed, uniqExactIf(connection, reason = '') AS done,
      uniqExactIf(if(server_name != '', server_name, peer), reason != '') AS server_count, arraySlice(arraySort(groupUniqArrayIf(1000)(if(server_name != '', server_name, peer), reason != '')), 1, 5) AS servers,
      arraySlice(arraySort(groupUniqArrayIf(1000)(reason, reason != '')), 1, 8) AS reasons, uniqExactIf(connection, reason IN ('expired', 'not_yet_valid')) AS of_time,
      max(direction = 'host') AS is_host, minIf(event_time, reason != '') AS first, maxIf(event_time, reason != '') AS last,
      groupArraySortedIf(20)((event_time, uid, evidence, record_number), reason != '') AS chosen
    FROM checks
    WHERE NOT of_client AND direction IN ('outbound', 'internal', 'host')
      AND (reason = '' OR ((toDate(event_time), if(server_name != '', server_name, peer)) NOT IN (SELECT day, at_server FROM broken)
          AND (toDate(event_time), issuer) NOT IN (SELECT day, issuer FROM broken_issuers)))
    GROUP BY entity, hour
  ),
  bounded AS (
    SELECT
      entity, hour, failed, done, server_count, servers, reasons, of_time, is_host, first, last, chosen,
      (0.5 + (sum(failed) OVER of_day - sum(failed) OVER of_entity) / 2) / (10 + (sum(failed + done) OVER of_day - sum(failed + done) OVER of_entity) / 2) AS others_share,
      least(1., {times:Float64} * others_share) AS bound
    FROM hours
    WINDOW of_day AS (PARTITION BY toDate(hour)), of_entity AS (PARTITION BY toDate(hour), entity)
  ),
  certain AS (
    SELECT
      entity, hour, failed, done, server_count, servers, reasons, of_time, is_host, first, last, chosen, others_share,
      arraySum(nth -> exp(lgamma(0.5 + failed + 9.5 + done) - lgamma(0.5 + failed) - lgamma(9.5 + done)
        + (failed - 0.5) * log(bound + (1 - bound) * (nth + 0.5) / 2000) + (done + 8.5) * log(1 - (bound + (1 - bound) * (nth + 0.5) / 2000))), range(2000)) * (1 - bound) / 2000 AS probability
    FROM bounded
    WHERE bound < 1 AND failed >= {failures:UInt32}
  ),
  worst AS (
    SELECT
      entity, toDate(first) AS day,
      argMax((hour, failed, done, server_count, servers, reasons, of_time, is_host, first, last, chosen, others_share), (failed, -toUnixTimestamp64Micro(first), hour)) AS widest
    FROM certain
    WHERE probability >= {certainty:Float64} AND NOT arrayExists(network -> isIPAddressInRange(if(isIPv4String(entity) OR isIPv6String(entity), entity, '::'), network), sanctioned)
    GROUP BY entity, day
  )
SELECT
  concat(entity, '|', toString(day)) AS key,
  concat(
    toString(widest.2), ' of ', toString(widest.2 + widest.3), ' certificate checks of ', entity, ' failed within the hour ', formatDateTime(widest.1, '%Y-%m-%d %H:%i'), ' UTC (',
    arrayStringConcat(widest.6, ', '), '), of others ', toString(round(100 * widest.12, 1)), ' in 100',
    if(widest.4 > 0, concat('; at ', toString(widest.4), if(widest.4 = 1, ' server: ', ' servers, among them '), arrayStringConcat(arrayMap(one -> substringUTF8(one, 1, 80), widest.5), ', ')), '')
  ) AS summary,
  arrayConcat([(if(widest.8, 'host_name', 'source_address'), entity)], arrayMap(one -> (if(isIPv4String(one) OR isIPv6String(one), 'destination_address', 'tls_server_name'), one), arrayFilter(one -> one != '', widest.5))) AS entities,
  arrayFilter(signal -> signal != '', [
    'failing',
    if(widest.4 >= 10, 'many_servers', ''),
    if(widest.4 = 1 AND widest.5 != [''], 'one_server', ''),
    if(widest.7 >= 0.9 * widest.2, 'clock', '')
  ]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), widest.11) AS events,
  widest.2 AS event_count,
  toString(widest.9) AS first_seen,
  toString(widest.10) AS last_seen
FROM worst
ORDER BY widest.9, key
