-- Who sends outdated or broken handshakes: one row for each inside address, or for each server reached from outside, and UTC day.
--
-- Signatures 2230000 to 2230003 and 2230010 to 2230019 tell of the handshake; 2230004 to 2230008 and from 2230021 on tell of certificates, and
-- 2230009 of any fatal alert: those are not counted here. The names are those of suricata-anomaly, which are the ones rules ask for.
-- param intel String: snapshot of the reference data
-- param inside UInt32: handshakes of an inside address within an hour
-- param usual_days UInt32: days before on which an old device did the same
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session by scanning time, addresses and what is offered; network_alert by scanning alert_id
WITH
  (
    SELECT groupArray(value)
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'sanctioned-scanners' AND key = 'network' AND (
      (isIPv4String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 32)
      OR (isIPv6String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 128))
  ) AS sanctioned,
  (SELECT groupUniqArray(toUInt16OrZero(value)) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'weak-ciphers' AND key = 'cipher') AS weak,
  odd AS (
    SELECT
      event_time, uid, evidence, record_number, record_key, network_direction, address, server,
      arrayFilter(kind -> kind != '', [
        if((notEmpty(supported) AND arrayMax(supported) <= 769) OR (empty(supported) AND NOT has(tls_client_extensions, 43) AND ifNull(tls_client_version, 999) <= 769)
          OR (empty(supported) AND tls_client_version IS NULL AND substring(tls_ja4, 2, 2) IN ('10', 's3', 's2')) OR tls_version IN ('SSLv2', 'SSLv3'), 'old_version', ''),
        if(hasAny(tls_client_ciphers, weak), 'weak_ciphers', ''),
        if(countEqual(tls_client_extensions, 0) > 1, 'two_names', '')
      ]) AS kinds
    FROM (
      SELECT
        event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, network_direction, tls_client_version, tls_ja4, tls_version, tls_client_ciphers, tls_client_extensions,
        arrayFilter(one -> bitAnd(one, 0x0F0F) != 0x0A0A OR intDiv(one, 256) != one % 256, tls_client_supported_versions) AS supported,
        if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
        if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS server
      FROM tls_session
      WHERE network_direction != ''
    )
    WHERE notEmpty(kinds)
    UNION ALL
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, network_direction,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS server,
      [multiIf(
        match(alert_id, '^22300(?:12|13|14)$|^tls\\.(?:overflow_heartbeat_message|invalid_heartbeat_message|dataleak_heartbeat_mismatch)$'), 'heartbeat',
        alert_id IN ('2230016', 'tls.multiple_sni_extensions'), 'two_names', 'broken')] AS kinds
    FROM network_alert
    WHERE address != '' AND network_direction != '' AND match(alert_id, '^22300(?:0[0-3]|10|1[2-9])$|^tls\\.(?:invalid_sslv2_header|invalid_tls_header|invalid_record_version|invalid_record_type|invalid_handshake_message|invalid_ssl_record|overflow_heartbeat_message|invalid_heartbeat_message|dataleak_heartbeat_mismatch|multiple_sni_extensions|invalid_sni_type|invalid_sni_length|handshake_invalid_length)$')
  ),
  allowed AS (SELECT event_time, uid, evidence, record_number, record_key, network_direction IN ('inbound', 'external') AS outside, address, server, kinds FROM odd WHERE NOT arrayExists(network -> isIPAddressInRange(if(isIPv4String(address) OR isIPv6String(address), address, '::'), network), sanctioned)),
  days_of AS (SELECT address, groupUniqArray(toDate(event_time)) AS days_met FROM allowed GROUP BY address),
  busy AS (
    SELECT address, toDate(hour) AS day
    FROM (SELECT address, toStartOfHour(event_time) AS hour, uniqExact(record_key) AS odd_count FROM allowed WHERE NOT outside GROUP BY address, hour)
    WHERE odd_count >= {inside:UInt32}
    GROUP BY address, day
  ),
  days AS (
    SELECT
      outside, if(outside, server, address) AS who, toDate(event_time) AS day, uniqExact(record_key) AS odd_count, uniqExact(if(outside, address, server)) AS other_count,
      arraySlice(arraySort(groupUniqArray(1000)(if(outside, address, server))), 1, 5) AS others_met, arraySort(arrayDistinct(groupUniqArrayArray(kinds))) AS kinds_met,
      min(event_time) AS first, max(event_time) AS last, groupArraySorted(20)((event_time, uid, evidence, record_number)) AS chosen
    FROM allowed
    WHERE outside OR (address, toDate(event_time)) IN (SELECT address, day FROM busy)
    GROUP BY outside, who, day
  )
SELECT
  concat(if(outside, 'to ', 'from '), who, '|', toString(day)) AS key,
  concat(
    toString(odd_count), if(odd_count = 1, ' handshake', ' handshakes'), ' of an outdated or broken kind ', if(outside, 'reached ', 'came from '), who, ' on ', toString(day), ' (',
    arrayStringConcat(arrayMap(kind -> transform(kind, ['old_version', 'weak_ciphers', 'two_names', 'broken', 'heartbeat'],
      ['TLS 1.0 or older', 'ciphers that protect nothing', 'two server names', 'broken messages', 'heartbeats that ask for too much'], kind), kinds_met), ', '),
    '), ', if(outside, 'from ', 'at '), toString(other_count), if(other_count = 1, ' address: ', ' addresses, among them '), arrayStringConcat(others_met, ', ')
  ) AS summary,
  arrayConcat([(if(outside, 'destination_address', 'source_address'), who)], arrayMap(one -> (if(outside, 'source_address', 'destination_address'), one), others_met)) AS entities,
  arrayConcat(
    kinds_met,
    if(NOT outside AND arrayCount(before -> before < day, days_of.days_met) >= {usual_days:UInt32}, ['usual_for_it'], []),
    if(outside, ['from_outside'], [])
  ) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), chosen) AS events,
  odd_count AS event_count,
  toString(first) AS first_seen,
  toString(last) AS last_seen
FROM days
LEFT JOIN days_of ON days_of.address = days.who
ORDER BY first, key
