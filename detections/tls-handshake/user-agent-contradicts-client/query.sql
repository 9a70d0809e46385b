-- Whose User-Agent contradicts its TLS client: one row for each address and UTC day.
-- param intel String: snapshot of the reference data
-- param proxy_agents UInt32: User-Agents of an address with one JA4 on one day, from which on it is a proxy
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session by scanning tls_ja4; http_request by its first key, the host
WITH
  (
    SELECT groupArray(value)
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'sanctioned-scanners' AND key = 'network' AND (
      (isIPv4String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 32)
      OR (isIPv6String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 128))
  ) AS sanctioned,
  clients AS (
    SELECT
      toStartOfMinute(event_time) AS minute, lower(tls_server_name) AS host, tls_ja4 AS client, uid, evidence, record_number, event_time, family, class,
      address
    FROM (
      SELECT event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, tls_server_name, tls_ja4, if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address
      FROM tls_session
      WHERE tls_server_name != '' AND tls_ja4 IN (SELECT value FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'ja4-families' AND key = 'ja4' AND attributes['class'] = 'library')
    ) AS handshakes
    INNER JOIN (
      SELECT value AS known_client, attributes['family'] AS family, attributes['class'] AS class
      FROM intel_entry
      WHERE snapshot = {intel:String} AND catalogue = 'ja4-families' AND key = 'ja4'
    ) AS families ON families.known_client = handshakes.tls_ja4
  ),
  (SELECT groupArray((value, multiIf(startsWith(entry, 'python'), 'python', startsWith(entry, 'go'), 'go', ''))) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'http-automation-clients' AND key = 'user_agent_prefix') AS tools,
  requests AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, toStartOfMinute(event_time) AS minute, url_domain AS host, http_user_agent AS agent,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      match(agent, '(?i)^mozilla/5\\.0 .*(?:chrome|firefox|safari|edg|opr)/[0-9]') AS of_browser,
      arrayFirst(tool -> startsWith(lower(agent), tool.1), tools).2 AS of_library
    FROM http_request
    WHERE http_user_agent != '' AND url_domain IN (SELECT host FROM clients)
  ),
  met AS (
    SELECT
      requests.address AS address, requests.host AS host, client, family, agent, of_browser, requests.event_time AS event_time, requests.uid AS uid, requests.evidence AS evidence,
      requests.record_number AS record_number, requests.record_key AS record_key, clients.event_time AS client_time, clients.uid AS client_uid, clients.evidence AS client_evidence,
      clients.record_number AS client_number
    FROM requests
    INNER JOIN clients ON clients.address = requests.address AND clients.host = requests.host AND clients.minute = requests.minute
    WHERE of_browser OR (of_library != '' AND of_library != family)
  ),
  proxies AS (
    SELECT address, client, toDate(event_time) AS day
    FROM met
    GROUP BY address, client, day
    HAVING uniqExact(agent) >= {proxy_agents:UInt32}
  ),
  days AS (
    SELECT
      address, toDate(event_time) AS day, max(of_browser) AS browser, max(NOT of_browser) AS library, uniqExactIf(agent, of_browser) AS agent_count,
      uniqExact(record_key) AS request_count, arraySlice(arraySort(groupUniqArray(1000)(client)), 1, 5) AS clients_met, arraySlice(arraySort(groupUniqArray(1000)(family)), 1, 5) AS families_met,
      arraySlice(arraySort(groupUniqArray(1000)(substringUTF8(host, 1, 80))), 1, 5) AS hosts, arraySlice(arraySort(groupUniqArray(1000)(substringUTF8(agent, 1, 120))), 1, 3) AS agents,
      min(least(event_time, client_time)) AS first, max(greatest(event_time, client_time)) AS last,
      arraySlice(arraySort(arrayDistinct(arrayConcat(groupArraySorted(10)((event_time, uid, evidence, record_number)), groupArraySorted(10)((client_time, client_uid, client_evidence, client_number))))), 1, 20) AS chosen,
      uniqExact(client_uid) AS client_count
    FROM met
    WHERE (address, client, toDate(event_time)) NOT IN (SELECT address, client, day FROM proxies)
    GROUP BY address, day
    HAVING NOT arrayExists(network -> isIPAddressInRange(if(isIPv4String(address) OR isIPv6String(address), address, '::'), network), sanctioned)
  )
SELECT
  concat(address, '|', toString(day)) AS key,
  concat(
    address, ' made ', toString(request_count), if(request_count = 1, ' request', ' requests'), ' on ', toString(day), ' as ', arrayStringConcat(agents, '; '), ', and the TLS client beside ',
    if(request_count = 1, 'it', 'them'), ' is that of ', arrayStringConcat(families_met, ', '), ' (', arrayStringConcat(clients_met, ', '), '); for ', arrayStringConcat(hosts, ', ')
  ) AS summary,
  arrayConcat([('source_address', address)], arrayMap(one -> ('tls_ja4', one), clients_met), arrayMap(one -> ('http_user_agent', one), agents), arrayMap(one -> ('url_domain', one), hosts)) AS entities,
  arrayFilter(signal -> signal != '', [if(browser, 'browser_claimed', 'other_library'), if(agent_count >= 2, 'several_agents', '')]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), chosen) AS events,
  request_count + client_count AS event_count,
  toString(first) AS first_seen,
  toString(last) AS last_seen
FROM days
ORDER BY first, key
