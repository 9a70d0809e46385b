-- Which inside address walked through servers without naming them: one row for each address, client and UTC day.
--
-- A client is its JA4, else its JA3, else nothing: where the sensor gives neither, all handshakes of an address are taken
-- together. Windows overlap by half; the busiest of the day speaks. A window lies in two periods at most, so an address that reaches half of the least
-- count in no period is left out beforehand.
-- param intel String: snapshot of the reference data
-- param window_seconds UInt32: length of a window, in seconds
-- param outside UInt32: distinct outside addresses in a window
-- param inside UInt32: distinct inside addresses in a window
-- param unnamed_share Float64: 0 to 1, of the handshakes, without a name or with an address for one
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session by scanning name, time, addresses and fingerprints
WITH
  (
    SELECT groupArray(value)
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'sanctioned-scanners' AND key = 'network' AND (
      (isIPv4String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 32)
      OR (isIPv6String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 128))
  ) AS sanctioned,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'ja4-families' AND key = 'ja4' AND attributes['class'] = 'library') AS libraries,
  handshakes AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, network_direction,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS server,
      if(tls_ja4 != '', tls_ja4, tls_ja3) AS client,
      tls_server_name = '' OR isIPv4String(tls_server_name) OR isIPv6String(tls_server_name) AS unnamed
    FROM tls_session
    WHERE network_direction IN ('outbound', 'internal') AND NOT (startsWith(tls_version, 'QUIC') AND tls_server_name = '' AND empty(tls_client_extensions) AND tls_ja4 = '' AND tls_ja3 = '')
      AND ifNull(source_ip, toIPv6('::')) IN (
        SELECT from_ip
        FROM (SELECT ifNull(source_ip, toIPv6('::')) AS from_ip, toStartOfInterval(event_time, toIntervalSecond({window_seconds:UInt32})) AS period, uniq(destination_ip) AS reached FROM tls_session WHERE network_direction IN ('outbound', 'internal') GROUP BY from_ip, period)
        WHERE reached * 2.2 >= least({outside:UInt32}, {inside:UInt32})
      )
  ),
  windows AS (
    SELECT
      address, client, network_direction = 'outbound' AS goes_out, uniqExact(server) AS server_count, uniqExact(record_key) AS handshake_count,
      uniqExactIf(record_key, unnamed) AS unnamed_count, arraySlice(arraySort(groupUniqArray(1000)(server)), 1, 10) AS servers, min(event_time) AS first, max(event_time) AS last,
      groupArraySorted(20)((event_time, uid, evidence, record_number)) AS chosen
    FROM handshakes
    ARRAY JOIN [0, 1] AS half
    GROUP BY address, client, goes_out, half, intDiv(toUnixTimestamp64Second(event_time) + half * intDiv({window_seconds:UInt32}, 2), {window_seconds:UInt32})
    HAVING server_count >= if(goes_out, {outside:UInt32}, {inside:UInt32}) AND unnamed_count >= {unnamed_share:Float64} * handshake_count
  ),
  busiest AS (
    SELECT
      address, client, goes_out, toDate(first) AS day,
      argMax((server_count, handshake_count, unnamed_count, arraySort(servers), first, last, chosen), (server_count, -toUnixTimestamp64Micro(first))) AS widest
    FROM windows
    WHERE NOT arrayExists(network -> isIPAddressInRange(if(isIPv4String(address) OR isIPv6String(address), address, '::'), network), sanctioned)
    GROUP BY address, client, goes_out, day
  )
SELECT
  concat(address, '|', client, '|', if(goes_out, 'outside', 'inside'), '|', toString(day)) AS key,
  concat(
    address, ' made handshakes with ', toString(widest.1), if(goes_out, ' outside', ' inside'), ' addresses in ', toString(dateDiff('second', widest.5, widest.6)), ' s on ', toString(day),
    ', ', toString(widest.3), ' of ', toString(widest.2), ' without a server name',
    if(client = '', '; the sensor gives no fingerprint', concat(', all with the client ', client)),
    '; among them ', arrayStringConcat(arraySlice(widest.4, 1, 5), ', ')
  ) AS summary,
  arrayConcat([('source_address', address)], if(client = '', [], [(if(position(client, '_') > 0, 'tls_ja4', 'tls_ja3'), client)]), arrayMap(server -> ('destination_address', server), widest.4)) AS entities,
  arrayFilter(signal -> signal != '', [
    if(goes_out, 'many_outside', 'many_inside'),
    if(has(libraries, client), 'library', ''),
    if(client = '', 'no_fingerprint', ''),
    if(widest.1 >= 2 * if(goes_out, {outside:UInt32}, {inside:UInt32}), 'twice_as_many', '')
  ]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), widest.7) AS events,
  widest.2 AS event_count,
  toString(widest.5) AS first_seen,
  toString(widest.6) AS last_seen
FROM busiest
ORDER BY widest.5, key
