-- Who asks for the state of certificates and uses no TLS: one row for each address and UTC day.
--
-- A day counts where enough other inside addresses had TLS. TLS of the address on the day before or after, and a tunnel through a
-- proxy, count as its own. Hosts that the catalogue knows by a suffix alone are left out.
-- param intel String: snapshot of the reference data
-- param others UInt32: inside addresses with TLS on a day, without which nothing is told of it
-- param many_authorities UInt32: hosts on a day from which on it is collecting
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); http_request by its first key, the name; two columns of tls_session are scanned
WITH
  asked AS (
    SELECT
      assumeNotNull(source_ip) AS ip, toDate(event_time) AS day, uniqExact(url_domain) AS host_count, uniqExact(record_key) AS record_count,
      min(event_time) AS day_first, max(event_time) AS day_last,
      arraySlice(arraySort(groupUniqArray(100)(url_domain)), 1, 5) AS hosts,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM http_request
    WHERE source_ip IS NOT NULL AND network_direction IN ('outbound', 'internal') AND http_method != 'CONNECT'
      AND url_domain IN (SELECT value FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-status-services' AND key = 'host')
    GROUP BY ip, day
  ),
  with_tls AS (
    SELECT DISTINCT ip, day
    FROM (
      SELECT assumeNotNull(source_ip) AS ip, toDate(event_time) AS day
      FROM tls_session
      WHERE source_ip IS NOT NULL AND network_direction IN ('outbound', 'internal')
      UNION ALL
      SELECT assumeNotNull(source_ip), toDate(event_time)
      FROM http_request
      WHERE source_ip IS NOT NULL AND network_direction IN ('outbound', 'internal') AND http_method = 'CONNECT'
    )
  )
SELECT
  concat(replaceRegexpOne(IPv6NumToString(ip), '^::ffff:', ''), '|', toString(day)) AS key,
  concat(
    replaceRegexpOne(IPv6NumToString(ip), '^::ffff:', ''), ' asked ', toString(host_count), if(host_count = 1, ' host', ' hosts'), ' for the state of certificates on ', toString(day),
    ' (', arrayStringConcat(arrayMap(host -> substringUTF8(host, 1, 80), hosts), ', '), if(host_count > 5, ' and others', ''), '), and had no TLS connection on that day or beside it'
  ) AS summary,
  arrayConcat([('source_address', replaceRegexpOne(IPv6NumToString(ip), '^::ffff:', ''))], arrayMap(host -> ('url_domain', substringUTF8(host, 1, 253)), hosts)) AS entities,
  arrayFilter(signal -> signal != '', ['asked_without_tls', if(host_count >= {many_authorities:UInt32}, 'many_authorities', '')]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(day_first) AS first_seen,
  toString(day_last) AS last_seen
FROM asked
WHERE day IN (SELECT day FROM with_tls GROUP BY day HAVING count() >= {others:UInt32})
  AND (ip, day) NOT IN (SELECT ip, day FROM with_tls)
  AND (ip, day) NOT IN (SELECT ip, day + 1 FROM with_tls)
  AND (ip, day) NOT IN (SELECT ip, day - 1 FROM with_tls)
ORDER BY day_first, key
