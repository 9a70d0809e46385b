-- Which TLS client came from many outside networks and walked through our addresses: one row for each client and UTC day.
-- param intel String: snapshot of the reference data
-- param networks UInt32: networks the client came from
-- param server_share Float64: 0 to 1, of our addresses that were reached
-- param least_servers UInt32: addresses that were reached at all
-- param unnamed_share Float64: 0 to 1, of the handshakes, without a name or with an address for one
-- param baseline_days UInt32: days before that tell which addresses are ours
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
  inbound AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, toDate(event_time) AS day,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS server,
      if(position(address, ':') > 0, substring(hex(ifNull(source_ip, toIPv6('::'))), 1, 8), arrayStringConcat(arraySlice(splitByChar('.', address), 1, 2), '.')) AS network,
      if(tls_ja4 != '', tls_ja4, tls_ja3) AS client,
      tls_server_name = '' OR isIPv4String(tls_server_name) OR isIPv6String(tls_server_name) AS unnamed
    FROM tls_session
    WHERE network_direction = 'inbound'
  ),
  clients AS (
    SELECT
      client, day, uniqExact(network) AS network_count, uniqExact(address) AS address_count, uniqExact(server) AS server_count, uniqExact(record_key) AS handshake_count,
      uniqExactIf(record_key, unnamed) AS unnamed_count, arraySlice(arraySort(groupUniqArray(1000)(server)), 1, 10) AS servers, arraySlice(arraySort(groupUniqArray(1000)(address)), 1, 10) AS addresses,
      min(event_time) AS first, max(event_time) AS last, groupArraySorted(20)((event_time, uid, evidence, record_number)) AS chosen
    FROM inbound
    WHERE client != '' AND NOT arrayExists(network -> isIPAddressInRange(if(isIPv4String(address) OR isIPv6String(address), address, '::'), network), sanctioned)
    GROUP BY client, day
    HAVING network_count >= {networks:UInt32} AND unnamed_count >= {unnamed_share:Float64} * handshake_count
  ),
  ours AS (
    SELECT clients.day AS day, uniqExact(reached.server) AS our_count
    FROM (SELECT DISTINCT day, 1 AS one FROM clients) AS clients
    INNER JOIN (SELECT DISTINCT server, day, 1 AS one FROM inbound) AS reached USING (one)
    WHERE reached.day <= clients.day AND reached.day + {baseline_days:UInt32} >= clients.day
    GROUP BY day
  )
SELECT
  concat(client, '|', toString(day)) AS key,
  concat(
    'the client ', client, ' came from ', toString(address_count), ' addresses in ', toString(network_count), ' networks and reached ', toString(server_count), ' of our ', toString(our_count),
    ' addresses on ', toString(day), ', ', toString(unnamed_count), ' of ', toString(handshake_count), ' handshakes without a server name; among the sources ',
    arrayStringConcat(arraySlice(addresses, 1, 5), ', ')
  ) AS summary,
  arrayConcat([(if(position(client, '_') > 0, 'tls_ja4', 'tls_ja3'), client)], arrayMap(one -> ('source_address', one), addresses), arrayMap(one -> ('destination_address', one), servers)) AS entities,
  arrayFilter(signal -> signal != '', ['many_networks', if(server_count >= 0.9 * our_count, 'nearly_all_servers', ''), if(has(libraries, client), 'library', '')]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), chosen) AS events,
  handshake_count AS event_count,
  toString(first) AS first_seen,
  toString(last) AS last_seen
FROM clients
INNER JOIN ours USING (day)
WHERE our_count >= {least_servers:UInt32} AND server_count >= {server_share:Float64} * our_count
ORDER BY first, key
