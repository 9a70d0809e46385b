-- Who shook hands with many servers and asked for nothing: one row for each address and UTC day, told by its busiest window.
--
-- A handshake is a grab when it came to its end, or the sensor does not tell (Suricata), and either its flow was short in bytes and
-- time, or Zeek saw no data of the client (no D in tls_history). The latter counts only where the same evidence shows data of others, since Zeek as
-- shipped stops reading when a handshake has ended (SSL::disable_analyzer_after_detection), and not in TLS 1.3, where encrypted messages of the
-- handshake are seen as data; or when it was cut off: the certificate of the server came (x), and of the client neither key exchange (G), change of
-- cipher (I) nor Finished (F). Flows are found by the sensor's own name of the connection. What neither can tell is left out of
-- the share. Pairs of address and server that meet in many hours of a day are left out: a health check.
-- param intel String: snapshot of the reference data
-- param window_seconds UInt32: length of a window, in seconds
-- param servers UInt32: distinct servers in a window
-- param grabbed_share Float64: 0 to 1, of the handshakes that can be told
-- param most_bytes UInt32: bytes of the client in a grab
-- param most_seconds UInt32: seconds that a grab takes
-- param repeats UInt32: hours of a day in which a health check comes to its server
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session by scanning time, addresses and history; network_flow by scanning connection_id
WITH
  (
    SELECT groupArray(value)
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'sanctioned-scanners' AND key = 'network' AND (
      (isIPv4String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 32)
      OR (isIPv6String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 128))
  ) AS sanctioned,
  (SELECT groupUniqArray(toString(evidence_id)) FROM tls_session WHERE position(tls_history, 'D') > 0 AND NOT match(tls_version, '(?i)^(TLSv13|TLS 1\.3|QUIC)')) AS shows_data,
  handshakes AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, source, connection_id, network_direction, tls_established, tls_history, tls_version,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS server,
      tls_server_name = '' OR isIPv4String(tls_server_name) OR isIPv6String(tls_server_name) AS unnamed,
      server_certificate_subject != '' OR server_certificate_sha256 IS NOT NULL AS certificate_seen
    FROM tls_session
    WHERE NOT (startsWith(tls_version, 'QUIC') AND tls_server_name = '' AND empty(tls_client_extensions) AND tls_ja4 = '' AND tls_ja3 = '')
  ),
  suspects AS (
    SELECT address, server
    FROM (SELECT address, server, toDate(event_time) AS day, uniqExact(toStartOfHour(event_time)) AS hours_of_a_day FROM handshakes GROUP BY address, server, day)
    WHERE address IN (
      SELECT address
      FROM handshakes
      ARRAY JOIN [0, 1] AS half
      GROUP BY address, half, intDiv(toUnixTimestamp64Second(event_time) + half * intDiv({window_seconds:UInt32}, 2), {window_seconds:UInt32})
      HAVING uniqExact(server) >= {servers:UInt32}
    )
    GROUP BY address, server
    HAVING max(hours_of_a_day) < {repeats:UInt32}
  ),
  flows AS (
    SELECT
      splitByChar('-', source)[1] AS sensor, connection_id, max(flow_duration) AS seconds, max(source_bytes) AS bytes, max(destination_bytes) AS answer_bytes,
      argMax(flow_state, source_bytes) AS state
    FROM network_flow
    WHERE connection_id != '' AND connection_id IN (SELECT connection_id FROM handshakes WHERE address IN (SELECT address FROM suspects))
    GROUP BY sensor, connection_id
  ),
  told AS (
    SELECT
      event_time, uid, evidence, record_number, record_key, network_direction, address, server, unnamed,
      match(tls_version, '(?i)^(TLSv13|TLS 1\\.3|QUIC)') AS thirteen,
      connection_id != '' AND flows.bytes IS NOT NULL AND flows.seconds IS NOT NULL AS flow_known,
      flow_known AND ifNull(flows.bytes, 0) <= {most_bytes:UInt32} AND ifNull(flows.seconds, 0) <= {most_seconds:UInt32}
        AND ifNull(flows.answer_bytes, 0) > 0 AND flows.state NOT IN ('S0', 'REJ', 'RSTOS0', 'SH', 'SHR') AS small,
      position(tls_history, 'x') > 0 AND NOT match(tls_history, '[GIF]') AND NOT ifNull(tls_established, false) AND NOT thirteen AS cut_off,
      tls_history = '' OR thirteen OR NOT has(shows_data, evidence) AS by_flow,
      multiIf(
        cut_off, true,
        NOT ifNull(tls_established, true), NULL,
        by_flow, if(flow_known, small AND (certificate_seen OR thirteen OR tls_established IS NOT NULL), NULL),
        position(tls_history, 'D') = 0 AND (NOT flow_known OR small)
      ) AS grabbed
    FROM handshakes
    LEFT JOIN flows ON flows.connection_id = handshakes.connection_id AND flows.sensor = splitByChar('-', handshakes.source)[1]
    WHERE (address, server) IN (SELECT address, server FROM suspects)
  ),
  windows AS (
    SELECT
      address, uniqExact(server) AS server_count, uniqExact(record_key) AS handshake_count, uniqExactIf(record_key, grabbed) AS grabbed_count,
      uniqExactIf(record_key, cut_off) AS cut_off_count, uniqExactIf(record_key, unnamed AND grabbed) AS unnamed_count, arraySlice(arraySort(groupUniqArrayIf(1000)(server, grabbed)), 1, 10) AS some,
      min(network_direction IN ('inbound', 'external')) AS outside, min(event_time) AS first, max(event_time) AS last,
      groupArraySortedIf(20)((event_time, uid, evidence, record_number), grabbed) AS chosen
    FROM told
    ARRAY JOIN [0, 1] AS half
    WHERE grabbed IS NOT NULL
    GROUP BY address, half, intDiv(toUnixTimestamp64Second(event_time) + half * intDiv({window_seconds:UInt32}, 2), {window_seconds:UInt32})
    HAVING server_count >= {servers:UInt32} AND grabbed_count >= {grabbed_share:Float64} * handshake_count
      AND uniqExactIf(server, grabbed) >= {grabbed_share:Float64} * server_count
  ),
  busiest AS (
    SELECT
      address, toDate(first) AS day,
      argMax((server_count, handshake_count, grabbed_count, cut_off_count, unnamed_count, some, outside, first, last, chosen), (server_count, -toUnixTimestamp64Micro(first))) AS widest
    FROM windows
    WHERE NOT arrayExists(network -> isIPAddressInRange(if(isIPv4String(address) OR isIPv6String(address), address, '::'), network), sanctioned)
    GROUP BY address, day
  )
SELECT
  concat(address, '|', toString(day)) AS key,
  concat(
    address, ' shook hands with ', toString(widest.1), ' servers in ', toString(dateDiff('second', widest.8, widest.9)), ' s on ', toString(day), ' and asked for nothing in ', toString(widest.3), ' of ',
    toString(widest.2), ' handshakes', if(widest.4 > 0, concat(', ', toString(widest.4), ' cut off when the certificate had come'), ''),
    '; among the servers ', arrayStringConcat(arraySlice(widest.6, 1, 5), ', ')
  ) AS summary,
  arrayConcat([('source_address', address)], arrayMap(server -> ('destination_address', server), widest.6)) AS entities,
  arrayFilter(signal -> signal != '', [
    'grabbed',
    if(widest.1 >= 2 * {servers:UInt32}, 'twice_as_many', ''),
    if(widest.5 > 0.5 * widest.3, 'unnamed', ''),
    if(widest.4 > 0.5 * widest.3, 'cut_off', ''),
    if(widest.7, 'from_outside', '')
  ]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), widest.10) AS events,
  widest.3 AS event_count,
  toString(widest.8) AS first_seen,
  toString(widest.9) AS last_seen
FROM busiest
ORDER BY widest.8, key
