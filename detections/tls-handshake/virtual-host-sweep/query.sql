-- Who tried many names at one server: one row for each address, server and UTC day.
--
-- The busiest window of the day speaks. Windows overlap by half, so each handshake is counted in two of them. Names are exact:
-- a name below a wildcard stands in no certificate.
-- param intel String: snapshot of the reference data
-- param window_seconds UInt32: length of a window, in seconds
-- param names UInt32: distinct names in a window
-- param certificate_share Float64: 0 to 1, of the names, that stand in certificates
-- param missing_share Float64: 0 to 1, of the names, that DNS denies
-- param front_names UInt32: distinct names that others use with the server on that day, from which on it is a front
-- param front_sources UInt32: addresses that these others are at least
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session by scanning the name, time and addresses, in full only for pairs with enough names; certificate_name by its first key; dns_query by its first key, the name; certificate_sighting by scanning the names
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
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, network_direction,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS server,
      lower(tls_server_name) AS name
    FROM tls_session
    WHERE tls_server_name != '' AND position(tls_server_name, '.') > 0 AND NOT isIPv4String(tls_server_name) AND NOT isIPv6String(tls_server_name)
      AND (ifNull(source_ip, toIPv6('::')), ifNull(destination_ip, toIPv6('::'))) IN (
        SELECT ifNull(source_ip, toIPv6('::')) AS from_ip, ifNull(destination_ip, toIPv6('::')) AS to_ip
        FROM tls_session
        WHERE tls_server_name != ''
        GROUP BY from_ip, to_ip
        HAVING count() >= {names:UInt32} AND uniq(tls_server_name) * 1.1 >= {names:UInt32}
      )
  ),
  windows AS (
    SELECT
      address, server, uniqExact(name) AS name_count, groupUniqArray(500)(substring(name, 1, 253)) AS names_tried, uniqExact(record_key) AS handshake_count,
      min(event_time) AS first, max(event_time) AS last, max(network_direction IN ('inbound', 'external')) AS outside,
      groupArraySorted(20)((event_time, uid, evidence, record_number)) AS chosen
    FROM handshakes
    ARRAY JOIN [0, 1] AS half
    GROUP BY address, server, half, intDiv(toUnixTimestamp64Second(event_time) + half * intDiv({window_seconds:UInt32}, 2), {window_seconds:UInt32})
    HAVING name_count >= {names:UInt32}
  ),
  busiest AS (
    SELECT
      address, server, toDate(first) AS day,
      argMax((name_count, names_tried, handshake_count, first, last, outside, chosen), (name_count, -toUnixTimestamp64Micro(first))) AS widest
    FROM windows
    WHERE NOT arrayExists(network -> isIPAddressInRange(if(isIPv4String(address) OR isIPv6String(address), address, '::'), network), sanctioned)
    GROUP BY address, server, day
  ),
  tried AS (SELECT address, server, day, name FROM busiest ARRAY JOIN widest.2 AS name),
  certified AS (
    SELECT DISTINCT name
    FROM certificate_name
    WHERE name_reversed IN (SELECT arrayStringConcat(arrayReverse(splitByChar('.', name)), '.') FROM tried)
    UNION DISTINCT
    SELECT DISTINCT arrayJoin(arrayIntersect(certificate_names, (SELECT groupUniqArray(name) FROM tried))) AS name
    FROM certificate_sighting
    WHERE hasAny(certificate_names, (SELECT groupUniqArray(name) FROM tried))
  ),
  missing AS (
    SELECT DISTINCT dns_question_name AS name
    FROM dns_query
    WHERE dns_response_code = 'NXDOMAIN' AND dns_question_name IN (SELECT name FROM tried)
  ),
  counted AS (
    SELECT
      address, server, day, count() AS tried_count, countIf(name IN (SELECT name FROM certified)) AS certified_count,
      countIf(name IN (SELECT name FROM missing)) AS missing_count
    FROM tried
    GROUP BY address, server, day
  ),
  others AS (
    SELECT busiest.address AS address, busiest.server AS server, busiest.day AS day, uniqExact(theirs.name) AS other_names, uniqExact(theirs.address) AS other_sources
    FROM busiest
    INNER JOIN (
      SELECT DISTINCT
        if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
        if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS server,
        toDate(event_time) AS day, lower(tls_server_name) AS name
      FROM tls_session
      WHERE tls_server_name != '' AND server IN (SELECT server FROM busiest)
    ) AS theirs ON theirs.server = busiest.server AND theirs.day = busiest.day
    WHERE theirs.address != busiest.address
    GROUP BY address, server, day
    HAVING other_names >= {front_names:UInt32} AND other_sources >= {front_sources:UInt32}
  ),
  judged AS (
    SELECT
      address, server, day, widest, certified_count, missing_count,
      certified_count >= {certificate_share:Float64} * tried_count AS from_certificates,
      missing_count >= {missing_share:Float64} * tried_count AS guessed
    FROM busiest
    INNER JOIN counted USING (address, server, day)
    WHERE (address, server, day) NOT IN (SELECT address, server, day FROM others) AND (from_certificates OR guessed)
  )
SELECT
  concat(address, '|', server, '|', toString(day)) AS key,
  concat(
    if(from_certificates, 'ct_vhost_sweep: ', 'vhost_bruteforce: '), address, ' tried ', toString(widest.1), ' names at ', server,
    ' in ', toString(dateDiff('second', widest.4, widest.5)), ' s on ', toString(day), ': ', toString(certified_count), ' of them stand in certificates',
    if(missing_count > 0, concat(', ', toString(missing_count), ' do not exist in DNS'), ''),
    '; among them ', arrayStringConcat(arrayMap(name -> substringUTF8(name, 1, 80), arraySlice(arraySort(widest.2), 1, 5)), ', ')
  ) AS summary,
  arrayConcat([('source_address', address), ('destination_address', server)],
    arrayMap(name -> ('tls_server_name', name), arraySlice(arraySort(widest.2), 1, 20))) AS entities,
  arrayFilter(signal -> signal != '', [
    if(from_certificates, 'ct_vhost_sweep', 'vhost_bruteforce'),
    if(widest.6, 'from_outside', ''),
    if(widest.1 >= 2 * {names:UInt32}, 'many_names', '')
  ]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), widest.7) AS events,
  widest.3 AS event_count,
  toString(widest.4) AS first_seen,
  toString(widest.5) AS last_seen
FROM judged
ORDER BY widest.4, key
