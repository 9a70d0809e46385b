-- REPLACE: the question this asks, and what one row is: one for each client and UTC day.
-- param except_known_clients Array(String): addresses that are left alone
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: tls_session by its first key, tls_server_name
WITH seen AS (
  SELECT
    source_address AS client, toDate(event_time) AS day, uniqExact(record_key) AS session_count,
    min(event_time) AS first, max(event_time) AS last,
    groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number)) AS chosen
  FROM tls_session
  WHERE tls_server_name = 'replace-me.example' AND source_address != ''
    AND NOT has({except_known_clients:Array(String)}, source_address)
  GROUP BY client, day
)
SELECT
  concat(client, '|', toString(day)) AS key,
  concat(client, ' spoke TLS with replace-me.example on ', toString(day)) AS summary,
  [('source_address', client)] AS entities,
  ['seen'] AS signals,
  arrayMap(one -> (one.2, one.3, one.4), chosen) AS events,
  session_count AS event_count,
  toString(first) AS first_seen,
  toString(last) AS last_seen
FROM seen
ORDER BY first, key
