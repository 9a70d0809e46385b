-- In which network servers have another issuer than elsewhere: one row for each issuer, network and UTC day.
--
-- A network is the first 24 bits of an IPv4 address, of an IPv6 address 56 bits. A server name counts where another issuer issued for it, for another network
-- or before. Certificates that issued themselves and checks that failed are no part of it: those are matters of other rules.
-- param intel String: snapshot of the reference data
-- param servers UInt32: server names with another issuer elsewhere or before
-- param learning_days UInt32: how long the evidence only teaches, in days
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session by scanning name, time, source and issuer
WITH
  (
    SELECT groupArray(value)
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'sanctioned-scanners' AND key = 'network' AND (
      (isIPv4String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 32)
      OR (isIPv6String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 128))
  ) AS sanctioned,
  sessions AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, tls_server_name AS name, server_certificate_issuer AS issuer,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      if(position(address, ':') > 0, concat(substring(lower(hex(ifNull(source_ip, toIPv6('::')))), 1, 14), '::/56'), concat(arrayStringConcat(arraySlice(splitByChar('.', address), 1, 3), '.'), '.0/24')) AS network
    FROM tls_session
    WHERE network_direction = 'outbound' AND tls_server_name != '' AND server_certificate_issuer != '' AND server_certificate_issuer != server_certificate_subject
      AND tls_validation_status IN ('', 'ok') AND ifNull(tls_established, true)
  ),
  (SELECT min(event_time) FROM sessions) AS evidence_began,
  fresh AS (
    SELECT issuer, min(event_time) AS born
    FROM sessions
    GROUP BY issuer
    HAVING uniqExact(network) = 1 AND uniqExact(name) >= {servers:UInt32} AND born >= evidence_began + toIntervalDay({learning_days:UInt32})
  ),
  elsewhere AS (
    SELECT DISTINCT theirs.name AS name, fresh_names.issuer AS issuer
    FROM (SELECT DISTINCT name, issuer, network FROM sessions WHERE issuer IN (SELECT issuer FROM fresh)) AS fresh_names
    INNER JOIN (
      SELECT name, issuer, network, min(event_time) AS began
      FROM sessions
      WHERE name IN (SELECT name FROM sessions WHERE issuer IN (SELECT issuer FROM fresh))
      GROUP BY name, issuer, network
    ) AS theirs ON theirs.name = fresh_names.name
    WHERE theirs.issuer != fresh_names.issuer
  ),
  days AS (
    SELECT
      issuer, network, toDate(event_time) AS day, uniqExact(name) AS name_count, uniqExact(address) AS host_count, uniqExact(record_key) AS session_count,
      arraySlice(arraySort(groupUniqArray(1000)(substringUTF8(name, 1, 80))), 1, 10) AS names, arraySlice(arraySort(groupUniqArray(1000)(address)), 1, 5) AS hosts, min(event_time) AS first, max(event_time) AS last,
      groupArraySorted(20)((event_time, uid, evidence, record_number)) AS chosen
    FROM sessions
    WHERE (name, issuer) IN (SELECT name, issuer FROM elsewhere)
    GROUP BY issuer, network, day
    HAVING name_count >= {servers:UInt32}
  ),
  peopled AS (SELECT network, toDate(event_time) AS day, uniqExact(address) AS people FROM sessions WHERE network IN (SELECT network FROM days) GROUP BY network, day)
SELECT
  concat(substringUTF8(issuer, 1, 160), '|', network, '|', toString(day)) AS key,
  concat(
    toString(name_count), ' servers had certificates issued by ', substringUTF8(issuer, 1, 160), ' on ', toString(day), ', for ', toString(host_count), ' of ', toString(people), ' addresses of ', network,
    ' alone; elsewhere or before they have other issuers; among them ', arrayStringConcat(arraySlice(names, 1, 5), ', ')
  ) AS summary,
  arrayConcat([('server_certificate_issuer', substringUTF8(issuer, 1, 253))], arrayMap(one -> ('source_address', one), hosts), arrayMap(one -> ('tls_server_name', one), names)) AS entities,
  arrayFilter(signal -> signal != '', ['one_network', if(host_count > 1 AND 2 * host_count >= people, 'most_of_it', ''), if(host_count = 1, 'one_host', '')]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), chosen) AS events,
  session_count AS event_count,
  toString(first) AS first_seen,
  toString(last) AS last_seen
FROM days
INNER JOIN peopled USING (network, day)
WHERE NOT arrayExists(range -> isIPAddressInRange(if(isIPv4String(hosts[1]) OR isIPv6String(hosts[1]), hosts[1], '::'), range), sanctioned)
ORDER BY first, key
