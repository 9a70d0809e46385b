-- In which hour an address named nearly no server: one row for each address and UTC day, told by its busiest hour.
--
-- Compared with the hours before, of four weeks, in which the address spoke TLS. An address with fewer than history_hours of
-- them makes a finding only where it reached ten servers, and the finding says that it has no history. Hours begin at every half hour, so
-- that what takes less than thirty minutes lies in one of them whole; the day is that of the first event.
-- param intel String: snapshot of the reference data
-- param unnamed_share Float64: 0 to 1, of the handshakes of an hour
-- param handshakes UInt32: handshakes in the hour
-- param history_hours UInt32: hours before that tell what is usual
-- param history_seconds UInt32: how far back these hours lie, in seconds
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session by scanning name, time, addresses and port
WITH
  (
    SELECT groupArray(value)
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'sanctioned-scanners' AND key = 'network' AND (
      (isIPv4String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 32)
      OR (isIPv6String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 128))
  ) AS sanctioned,
  hours AS (
    SELECT
      address, arrayJoin([toStartOfInterval(event_time, INTERVAL 30 MINUTE), toStartOfInterval(event_time, INTERVAL 30 MINUTE) - INTERVAL 30 MINUTE]) AS hour, uniqExact(record_key) AS handshake_count, uniqExactIf(record_key, unnamed) AS unnamed_count,
      uniqExactIf(server, unnamed) AS server_count, arraySlice(arraySort(groupUniqArrayIf(1000)(server, unnamed)), 1, 10) AS servers, min(network_direction IN ('inbound', 'external')) AS outside,
      minIf(event_time, unnamed) AS first, maxIf(event_time, unnamed) AS last, groupArraySortedIf(20)((event_time, uid, evidence, record_number), unnamed) AS chosen
    FROM (
      SELECT
        event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, network_direction,
        if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
        if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS server,
        tls_server_name = '' OR isIPv4String(tls_server_name) OR isIPv6String(tls_server_name) AS unnamed
      FROM tls_session
      WHERE ifNull(destination_port, 0) != 853
        AND NOT (startsWith(tls_version, 'QUIC') AND tls_server_name = '' AND empty(tls_client_extensions) AND tls_ja4 = '' AND tls_ja3 = '')
    )
    WHERE address != ''
    GROUP BY address, hour
  ),
  compared AS (
    SELECT
      address, hour, handshake_count, unnamed_count, server_count, servers, outside, first, last, chosen,
      intDiv(count() OVER before, 2) AS hours_before, quantileExact(0.99)(unnamed_count) OVER before AS usual
    FROM hours
    WINDOW before AS (PARTITION BY address ORDER BY toUnixTimestamp(hour) RANGE BETWEEN {history_seconds:UInt32} PRECEDING AND 3600 PRECEDING)
  ),
  odd AS (
    SELECT
      address, toDate(first) AS day,
      argMax((hour, handshake_count, unnamed_count, server_count, arraySort(servers), outside, first, last, chosen, hours_before, usual), (unnamed_count, -toUnixTimestamp64Micro(first), hour)) AS widest,
      intDiv(arrayCount(one -> abs(toUnixTimestamp(one) - toUnixTimestamp(widest.1)) >= 3600, groupArray(hour)) + 1, 2) AS more_hours
    FROM compared
    WHERE handshake_count >= {handshakes:UInt32} AND unnamed_count >= {unnamed_share:Float64} * handshake_count
      AND if(hours_before < {history_hours:UInt32}, server_count >= 10, unnamed_count > usual) AND NOT arrayExists(network -> isIPAddressInRange(if(isIPv4String(address) OR isIPv6String(address), address, '::'), network), sanctioned)
    GROUP BY address, day
  )
SELECT
  concat(address, '|', toString(day)) AS key,
  concat(
    address, ' sent no server name in ', toString(widest.3), ' of ', toString(widest.2), ' handshakes within the hour ', formatDateTime(widest.1, '%Y-%m-%d %H:%i'), ' UTC, to ', toString(widest.4),
    if(widest.4 = 1, ' server (', ' servers ('), arrayStringConcat(arraySlice(widest.5, 1, 5), ', '), ')',
    if(widest.10 < {history_hours:UInt32}, concat('; only ', toString(widest.10), ' hours of it were seen before'), concat('; 99 in 100 of its ', toString(widest.10), ' hours before had at most ', toString(widest.11))),
    if(more_hours > 0, concat('; and in ', toString(more_hours), if(more_hours = 1, ' more hour', ' more hours'), ' of the day'), '')
  ) AS summary,
  arrayConcat([('source_address', address)], arrayMap(server -> ('destination_address', server), widest.5)) AS entities,
  arrayFilter(signal -> signal != '', [
    if(widest.10 < {history_hours:UInt32}, 'without_history', 'above_own_hours'),
    if(widest.4 >= 10, 'many_servers', ''),
    if(widest.6, 'inbound', '')
  ]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), widest.9) AS events,
  widest.3 AS event_count,
  toString(widest.7) AS first_seen,
  toString(widest.8) AS last_seen
FROM odd
ORDER BY widest.7, key
