-- Who sends server names that nobody gave a server: one row for each address and UTC day, told by its busiest window.
--
-- A name is told by its longest label but the last. Names that DNS resolved at any time, that stand in a certificate, or that the sensor
-- found in the server's certificate are real, however they look. Reverse DNS is read for IPv4 alone.
-- param intel String: snapshot of the reference data
-- param window_seconds UInt32: length of a window, in seconds
-- param names UInt32: distinct names in a window
-- param names_without_dns UInt32: the same where no DNS was read on that day
-- param log_probability Float64: mean of the natural logarithms, below which a name looks thrown together
-- param least_length UInt32: characters of a label
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session by scanning name, time and addresses; dns_query by its first key, the name, and for reverse DNS by its end; certificate_name by its first key
WITH
  (
    SELECT groupArray(value)
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'sanctioned-scanners' AND key = 'network' AND (
      (isIPv4String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 32)
      OR (isIPv6String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 128))
  ) AS sanctioned,
  (
    SELECT arrayMap(one -> one.2, arraySort(groupArray((position('abcdefghijklmnopqrstuvwxyz0-', value), arrayMap(text -> toFloat64OrZero(text), splitByChar(' ', attributes['next']))))))
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'name-bigrams' AND key = 'character' AND position('abcdefghijklmnopqrstuvwxyz0-', value) > 0
  ) AS follows,
  sent AS (
    SELECT
      event_time, uid, evidence, record_number, record_key, network_direction, address, server, name, believed, label,
      arrayMap(nth -> position('abcdefghijklmnopqrstuvwxyz0-', substring(label, nth, 1)), range(1, length(label) + 1)) AS codes,
      length(label) >= {least_length:UInt32} AND length(follows) = 28
        AND arrayAvg(arrayMap(nth -> follows[codes[nth]][codes[nth + 1]], range(1, greatest(2, length(label))))) < {log_probability:Float64} AS looks_random
    FROM (
      SELECT
        event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, network_direction, lower(tls_server_name) AS name, ifNull(tls_sni_matches_certificate, false) AS believed,
        if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
        if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS server,
        splitByChar('.', name) AS labels,
        substring(replaceRegexpAll(replaceRegexpAll(arraySort(one -> -length(one), arraySlice(labels, 1, greatest(1, length(labels) - 1)))[1], '[0-9]', '0'), '[^a-z0-]', ''), 1, 63) AS label
      FROM tls_session
      WHERE tls_server_name != '' AND NOT isIPv4String(tls_server_name) AND NOT isIPv6String(tls_server_name)
    )
  ),
  resolved AS (SELECT DISTINCT dns_question_name AS name FROM dns_query WHERE notEmpty(dns_answers) AND dns_question_name IN (SELECT name FROM sent WHERE looks_random)),
  certified AS (
    SELECT DISTINCT name
    FROM certificate_name
    WHERE name_reversed IN (SELECT arrayStringConcat(arrayReverse(splitByChar('.', name)), '.') FROM sent WHERE looks_random)
    UNION DISTINCT
    SELECT DISTINCT name
    FROM (
      SELECT arrayJoin(certificate_names) AS name
      FROM certificate_sighting
      WHERE hasAny(certificate_names, (SELECT groupUniqArray(name) FROM sent WHERE looks_random))
    )
    WHERE name IN (SELECT name FROM sent WHERE looks_random)
  ),
  reversed AS (
    SELECT DISTINCT
      arrayStringConcat(arrayReverse(splitByChar('.', replaceOne(dns_question_name, '.in-addr.arpa', ''))), '.') AS server,
      trimRight(lower(arrayJoin(dns_answers)), '.') AS name
    FROM dns_query
    WHERE endsWith(dns_question_name, '.in-addr.arpa') AND notEmpty(dns_answers)
  ),
  odd AS (
    SELECT
      event_time, uid, evidence, record_number, record_key, network_direction IN ('inbound', 'external') AS outside, address, server, name,
      (server, name) IN (SELECT server, name FROM reversed) AS read_back,
      looks_random AND NOT believed AND name NOT IN (SELECT name FROM resolved) AND name NOT IN (SELECT name FROM certified) AS thrown
    FROM sent
    WHERE read_back OR thrown
  ),
  windows AS (
    SELECT
      address, uniqExactIf(name, thrown) AS thrown_count, uniqExactIf(name, read_back) AS back_count, uniqExact(server) AS server_count, uniqExact(record_key) AS handshake_count,
      arraySlice(arraySort(groupUniqArray(1000)(substringUTF8(name, 1, 80))), 1, 10) AS some, min(outside) AS from_outside, min(event_time) AS first, max(event_time) AS last,
      groupArraySorted(20)((event_time, uid, evidence, record_number)) AS chosen
    FROM odd
    ARRAY JOIN [0, 1] AS half
    GROUP BY address, half, intDiv(toUnixTimestamp64Second(event_time) + half * intDiv({window_seconds:UInt32}, 2), {window_seconds:UInt32})
    HAVING thrown_count >= {names:UInt32} OR back_count >= {names:UInt32}
  ),
  busiest AS (
    SELECT
      address, toDate(first) AS day,
      argMax((thrown_count, back_count, server_count, handshake_count, some, from_outside, first, last, chosen), (thrown_count + back_count, -toUnixTimestamp64Micro(first))) AS widest
    FROM windows
    WHERE NOT arrayExists(network -> isIPAddressInRange(if(isIPv4String(address) OR isIPv6String(address), address, '::'), network), sanctioned) AND (thrown_count >= {names_without_dns:UInt32} OR toDate(first) IN (SELECT DISTINCT toDate(event_time) FROM dns_query))
    GROUP BY address, day
  )
SELECT
  concat(address, '|', toString(day)) AS key,
  concat(
    address, ' sent ', if(widest.1 >= {names:UInt32}, concat(toString(widest.1), ' server names that look thrown together'), ''),
    if(widest.1 >= {names:UInt32} AND widest.2 >= {names:UInt32}, ' and ', ''),
    if(widest.2 >= {names:UInt32}, concat(toString(widest.2), ' server names that reverse DNS has for the address'), ''),
    ' to ', toString(widest.3), if(widest.3 = 1, ' server in ', ' servers in '), toString(dateDiff('second', widest.7, widest.8)), ' s on ', toString(day), '; among them ', arrayStringConcat(arraySlice(widest.5, 1, 5), ', ')
  ) AS summary,
  arrayConcat([('source_address', address)], arrayMap(name -> ('tls_server_name', name), widest.5)) AS entities,
  arrayFilter(signal -> signal != '', [
    if(widest.1 >= {names:UInt32}, 'thrown_together', ''),
    if(widest.2 >= {names:UInt32}, 'read_back', ''),
    if(day NOT IN (SELECT DISTINCT toDate(event_time) FROM dns_query), 'dns_unseen', ''),
    if(widest.6, 'from_outside', '')
  ]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), widest.9) AS events,
  widest.4 AS event_count,
  toString(widest.7) AS first_seen,
  toString(widest.8) AS last_seen
FROM busiest
ORDER BY widest.7, key
