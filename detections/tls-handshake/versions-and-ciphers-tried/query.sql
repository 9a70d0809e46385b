-- Who tried versions or ciphers at servers: one row for each address and UTC day.
--
-- The highest version is that of supported_versions, else of the ClientHello, else of JA4, else what was agreed on. A set of ciphers is what is
-- offered, in any order, without GREASE (RFC 8701); else the part of JA4 that stands for it. JA3 alone tells no set.
-- param intel String: snapshot of the reference data
-- param window_seconds UInt32: length of a window, in seconds
-- param versions UInt32: highest versions in a window
-- param ciphers UInt32: sets of ciphers in a window
-- param shared_clients UInt32: fingerprints of an address on one day, from which on it is shared
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session by scanning time, addresses and what is offered
WITH
  (
    SELECT groupArray(value)
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'sanctioned-scanners' AND key = 'network' AND (
      (isIPv4String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 32)
      OR (isIPv6String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 128))
  ) AS sanctioned,
  handshakes AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, network_direction, ifNull(destination_port, 0) AS port,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS server,
      arrayFilter(one -> bitAnd(one, 0x0F0F) != 0x0A0A OR intDiv(one, 256) != one % 256, tls_client_supported_versions) AS supported,
      multiIf(
        notEmpty(supported), transform(arrayMax(supported), [772, 771, 770, 769, 768], ['TLS 1.3', 'TLS 1.2', 'TLS 1.1', 'TLS 1.0', 'SSL 3'], ''),
        tls_client_version IS NOT NULL AND NOT has(tls_client_extensions, 43), transform(assumeNotNull(tls_client_version), [772, 771, 770, 769, 768, 2], ['TLS 1.3', 'TLS 1.2', 'TLS 1.1', 'TLS 1.0', 'SSL 3', 'SSL 2'], ''),
        tls_ja4 != '', transform(substring(tls_ja4, 2, 2), ['13', '12', '11', '10', 's3', 's2'], ['TLS 1.3', 'TLS 1.2', 'TLS 1.1', 'TLS 1.0', 'SSL 3', 'SSL 2'], ''),
        transform(tls_version, ['TLSv13', 'TLSv12', 'TLSv11', 'TLSv10', 'SSLv3', 'SSLv2', 'TLS 1.3', 'TLS 1.2', 'TLS 1.1', 'TLSv1', 'TLS 1.0'],
          ['TLS 1.3', 'TLS 1.2', 'TLS 1.1', 'TLS 1.0', 'SSL 3', 'SSL 2', 'TLS 1.3', 'TLS 1.2', 'TLS 1.1', 'TLS 1.0', 'TLS 1.0'], '')) AS highest,
      multiIf(
        notEmpty(tls_client_ciphers), sipHash64(arraySort(arrayFilter(one -> bitAnd(one, 0x0F0F) != 0x0A0A OR intDiv(one, 256) != one % 256, tls_client_ciphers))),
        tls_ja4 != '', sipHash64(splitByChar('_', tls_ja4)[2]), 0) AS cipher_set
    FROM tls_session
    WHERE (ifNull(source_ip, toIPv6('::')), ifNull(destination_ip, toIPv6('::')), ifNull(destination_port, 0)) IN (
      SELECT ifNull(source_ip, toIPv6('::')) AS from_ip, ifNull(destination_ip, toIPv6('::')) AS to_ip, ifNull(destination_port, 0) AS to_port
      FROM tls_session
      GROUP BY from_ip, to_ip, to_port
      HAVING count() >= least({versions:UInt32}, {ciphers:UInt32})
        AND uniqExact(if(tls_ja4 != '', (tls_version, substring(tls_ja4, 1, 23), 0), (tls_version, '', sipHash64(tls_client_version, tls_client_supported_versions, tls_client_ciphers)))) >= least({versions:UInt32}, {ciphers:UInt32})
    )
  ),
  windows AS (
    SELECT
      address, server, port, uniqExactIf(highest, highest != '') AS version_count, uniqExactIf(cipher_set, cipher_set != 0) AS set_count, uniqExact(record_key) AS handshake_count,
      arraySlice(arraySort(groupUniqArrayIf(1000)(highest, highest != '')), 1, 10) AS highest_met, max(network_direction IN ('inbound', 'external')) AS outside,
      min(event_time) AS first, max(event_time) AS last, groupArraySorted(20)((event_time, uid, evidence, record_number)) AS chosen
    FROM handshakes
    ARRAY JOIN [0, 1] AS half
    GROUP BY address, server, port, half, intDiv(toUnixTimestamp64Second(event_time) + half * intDiv({window_seconds:UInt32}, 2), {window_seconds:UInt32})
    HAVING version_count >= {versions:UInt32} OR set_count >= {ciphers:UInt32}
  ),
  busiest AS (
    SELECT
      address, server, port, toDate(first) AS day,
      argMax((version_count, set_count, handshake_count, highest_met, outside, first, last, chosen), (version_count + set_count, -toUnixTimestamp64Micro(first))) AS widest
    FROM windows
    WHERE NOT arrayExists(network -> isIPAddressInRange(if(isIPv4String(address) OR isIPv6String(address), address, '::'), network), sanctioned)
    GROUP BY address, server, port, day
  ),
  days AS (
    SELECT
      address, day, count() AS port_count, max(widest.1) AS most_versions, max(widest.2) AS most_sets, sum(widest.3) AS handshake_count, max(hasAny(widest.4, ['TLS 1.0', 'SSL 3', 'SSL 2'])) AS old,
      max(widest.5) AS outside, min(widest.6) AS first_at, max(widest.7) AS last_at, arraySlice(arraySort(groupUniqArray(1000)(server)), 1, 10) AS servers,
      arraySlice(arraySort(groupUniqArray(1000)(concat(server, ':', toString(port)))), 1, 10) AS ports,
      argMax((server, port, widest.1, widest.2, widest.4, widest.6, widest.7), (widest.1 + widest.2, server, port)) AS strongest,
      arraySlice(arraySort(arrayDistinct(groupArrayArray(200)(widest.8))), 1, 20) AS chosen
    FROM busiest
    GROUP BY address, day
  ),
  shared AS (
    SELECT if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address, toDate(event_time) AS day
    FROM tls_session
    WHERE address IN (SELECT address FROM busiest)
    GROUP BY address, day
    HAVING uniqExact(if(tls_ja4 != '', tls_ja4, tls_ja3)) > {shared_clients:UInt32}
  )
SELECT
  concat(address, '|', toString(day)) AS key,
  concat(
    address, ' tried ', toString(port_count), if(port_count = 1, ' port of a server', ' ports of servers'), ' on ', toString(day), ': ', strongest.1, ':', toString(strongest.2), ' with ', toString(strongest.3), ' highest versions (',
    arrayStringConcat(strongest.5, ', '), ') and ', toString(strongest.4), ' sets of ciphers in ', toString(dateDiff('second', strongest.6, strongest.7)), ' s',
    if(port_count > 1, concat('; among the others ', arrayStringConcat(arraySlice(arrayFilter(one -> one != concat(strongest.1, ':', toString(strongest.2)), ports), 1, 5), ', ')), '')
  ) AS summary,
  arrayConcat([('source_address', address)], arrayMap(one -> ('destination_address', one), servers)) AS entities,
  arrayFilter(signal -> signal != '', [
    if(most_versions >= {versions:UInt32}, 'versions', ''),
    if(most_sets >= {ciphers:UInt32}, 'ciphers', ''),
    if(old, 'old_versions', ''),
    if(port_count >= 3, 'several_ports', ''),
    if(outside, 'from_outside', ''),
    if((address, day) IN (SELECT address, day FROM shared), 'shared', '')
  ]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), chosen) AS events,
  handshake_count AS event_count,
  toString(first_at) AS first_seen,
  toString(last_at) AS last_seen
FROM days
ORDER BY first_at, key
