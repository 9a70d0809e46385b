-- Which inside address has a TLS client that is new here and nearly alone: one row for each address and UTC day.
--
-- A client is its JA4. It is new from its first handshake on, for young_days; who has it is counted over that time, so that an
-- update that spreads ends the finding. Nothing is told of the first learning_days of the evidence.
-- param intel String: snapshot of the reference data
-- param most_holders UInt32: addresses that have the client
-- param least_population UInt32: addresses that have any, in the four weeks around
-- param young_days UInt32: how long a client is new, in days
-- param learning_days UInt32: how long the evidence only teaches, in days
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session by scanning time, addresses and tls_ja4
WITH
  (
    SELECT groupArray(value)
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'sanctioned-scanners' AND key = 'network' AND (
      (isIPv4String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 32)
      OR (isIPv6String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 128))
  ) AS sanctioned,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'ja4-families' AND key = 'ja4') AS known,
  handshakes AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, tls_ja4 AS client, tls_server_name AS name,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS server
    FROM tls_session
    WHERE tls_ja4 != '' AND network_direction IN ('outbound', 'internal')
  ),
  (SELECT min(event_time) FROM handshakes) AS evidence_began,
  clients AS (
    SELECT client, min(event_time) AS born, min(event_time) + toIntervalDay({young_days:UInt32}) AS grown
    FROM handshakes
    WHERE NOT has(known, client)
    GROUP BY client
    HAVING born >= evidence_began + toIntervalDay({learning_days:UInt32})
  ),
  young AS (
    SELECT
      handshakes.event_time AS event_time, uid, evidence, record_number, record_key, handshakes.client AS client, name, address, server, born
    FROM handshakes
    INNER JOIN clients ON clients.client = handshakes.client
    WHERE handshakes.event_time <= clients.grown
  ),
  rare AS (SELECT client, uniqExact(address) AS holders FROM young GROUP BY client HAVING holders <= {most_holders:UInt32}),
  days AS (
    SELECT
      address, toDate(event_time) AS day, arraySlice(arraySort(groupUniqArray(1000)(client)), 1, 10) AS clients_met, uniqExact(client) AS client_count, uniqExact(record_key) AS handshake_count,
      arraySlice(arraySort(groupUniqArrayIf(1000)(substringUTF8(name, 1, 80), name != '')), 1, 5) AS names, arraySlice(arraySort(groupUniqArray(1000)(server)), 1, 5) AS servers, min(event_time) AS first, max(event_time) AS last,
      groupArraySorted(20)((event_time, uid, evidence, record_number)) AS chosen
    FROM young
    WHERE client IN (SELECT client FROM rare)
    GROUP BY address, day
    HAVING NOT arrayExists(network -> isIPAddressInRange(if(isIPv4String(address) OR isIPv6String(address), address, '::'), network), sanctioned)
  ),
  peopled AS (
    SELECT days.day AS day, uniqExact(speaking.address) AS people
    FROM (SELECT DISTINCT day, 1 AS one FROM days) AS days
    INNER JOIN (SELECT DISTINCT address, toDate(event_time) AS day, 1 AS one FROM handshakes) AS speaking USING (one)
    WHERE speaking.day BETWEEN days.day - 28 AND days.day
    GROUP BY day
  )
SELECT
  concat(address, '|', toString(day)) AS key,
  concat(
    address, ' spoke TLS on ', toString(day), ' with ', if(client_count = 1, 'a client that is', concat(toString(client_count), ' clients that are')), ' new here and had by at most ',
    toString({most_holders:UInt32}), ' of ', toString(people), ' addresses: ', arrayStringConcat(arraySlice(clients_met, 1, 5), ', '),
    '; with ', if(empty(names), arrayStringConcat(servers, ', '), arrayStringConcat(names, ', '))
  ) AS summary,
  arrayConcat([('source_address', address)], arrayMap(one -> ('tls_ja4', one), clients_met), arrayMap(one -> ('tls_server_name', one), names), arrayMap(one -> ('destination_address', one), servers)) AS entities,
  arrayFilter(signal -> signal != '', [
    'rare_client',
    if(arrayExists(one -> substring(one, 4, 1) = 'i', clients_met), 'unnamed', ''),
    if(arrayExists(one -> substring(one, 2, 2) IN ('11', '10', 's3', 's2'), clients_met), 'old_version', ''),
    if(client_count >= 3, 'several', '')
  ]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), chosen) AS events,
  handshake_count AS event_count,
  toString(first) AS first_seen,
  toString(last) AS last_seen
FROM days
INNER JOIN peopled USING (day)
WHERE people >= {least_population:UInt32}
ORDER BY first, key
