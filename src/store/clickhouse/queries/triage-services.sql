-- Which services that look certificates up, and which hosts of authorities, these addresses contacted (step 1 of level 1).
-- param intel String: snapshot of the reference data
-- param addresses Array(String): IPv4 or IPv6
-- param from DateTime64(6, 'UTC'): beginning
-- param until DateTime64(6, 'UTC'): end, which is in it
-- returns: address, host, entry, category, contacts (different minutes), first_seen, last_seen (UTC), event_uid (of the first)
-- order: address, first_seen, host
-- key: intel_entry by (snapshot, catalogue); the tables of traffic by one column
WITH
  (
    SELECT groupArray((if(startsWith(value, '*.'), substring(value, 2), value), entry, attributes['category']))
    FROM intel_entry
    WHERE snapshot = {intel:String} AND (catalogue, key) IN (
      ('certificate-lookup-services', 'host'), ('certificate-log-endpoints', 'read_host'), ('certificate-authority-services', 'host'), ('certificate-status-services', 'host'))
  ) AS services
SELECT
  replaceRegexpOne(IPv6NumToString(ip), '^::ffff:', '') AS address, name AS host, tupleElement(service, 2) AS entry, tupleElement(service, 3) AS category,
  minutes AS contacts, toString(first) AS first_seen, toString(last) AS last_seen, uid AS event_uid
FROM (
  SELECT
    ip, name, uniqExact(toStartOfMinute(event_time)) AS minutes, min(event_time) AS first, max(event_time) AS last, argMin(lower(hex(event_uid)), (event_time, event_uid)) AS uid,
    arrayFirst(one -> name = tupleElement(one, 1) OR (startsWith(tupleElement(one, 1), '.') AND endsWith(name, tupleElement(one, 1))), services) AS service
  FROM (
    SELECT assumeNotNull(source_ip) AS ip, tls_server_name AS name, event_time, event_uid FROM tls_session
    WHERE source_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)}))) AND event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}
    UNION ALL
    SELECT assumeNotNull(source_ip), dns_question_name, event_time, event_uid FROM dns_query
    WHERE source_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)}))) AND event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}
    UNION ALL
    SELECT assumeNotNull(source_ip), lower(url_domain), event_time, event_uid FROM http_request
    WHERE source_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)}))) AND event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}
  )
  WHERE name != ''
  GROUP BY ip, name
)
WHERE tupleElement(service, 1) != ''
ORDER BY address, first_seen, host
LIMIT 1000
