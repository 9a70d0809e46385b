-- On which days, UTC, there were records of a kind: what could have told that something was, or was not.
-- param from DateTime64(6, 'UTC'): beginning
-- param until DateTime64(6, 'UTC'): end, which is in it
-- returns: kind (of records; inbound: TLS and HTTP from outside; certificate_authority: audit of authorities; served_certificate: handshakes with the certificate in sight), events, days (2026-03-02, in order), first_seen, last_seen (UTC)
-- order: kind
-- key: one column of each table
SELECT kind, sum(n) AS events, arraySort(groupUniqArray(toString(day))) AS days, toString(min(first)) AS first_seen, toString(max(last)) AS last_seen
FROM (
  SELECT 'network_flow' AS kind, toDate(event_time) AS day, count() AS n, min(event_time) AS first, max(event_time) AS last FROM network_flow WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} GROUP BY day
  UNION ALL
  SELECT 'tls_session', toDate(event_time) AS day, count(), min(event_time), max(event_time) FROM tls_session WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} GROUP BY day
  UNION ALL
  SELECT 'dns_query', toDate(event_time) AS day, count(), min(event_time), max(event_time) FROM dns_query WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} GROUP BY day
  UNION ALL
  SELECT 'http_request', toDate(event_time) AS day, count(), min(event_time), max(event_time) FROM http_request WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} GROUP BY day
  UNION ALL
  SELECT 'windows_event', toDate(event_time) AS day, count(), min(event_time), max(event_time) FROM windows_event WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} GROUP BY day
  UNION ALL
  SELECT 'certificate_sighting', toDate(event_time) AS day, count(), min(event_time), max(event_time) FROM certificate_sighting WHERE sighting = 'ct' AND event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} GROUP BY day
  UNION ALL
  SELECT 'served_certificate', toDate(event_time) AS day, count(), min(event_time), max(event_time) FROM tls_session WHERE (server_certificate_sha256 IS NOT NULL OR server_certificate_sha1 IS NOT NULL) AND event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} GROUP BY day
  UNION ALL
  -- Audit of Certification Services; without it nobody hears of an authority.
  SELECT 'certificate_authority', toDate(event_time) AS day, count(), min(event_time), max(event_time) FROM windows_event WHERE channel = 'Security' AND event_id BETWEEN 4868 AND 4900 AND event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} GROUP BY day
  UNION ALL
  SELECT 'inbound', toDate(event_time) AS day, count(), min(event_time), max(event_time) FROM tls_session WHERE network_direction = 'inbound' AND event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} GROUP BY day
  UNION ALL
  SELECT 'inbound', toDate(event_time) AS day, count(), min(event_time), max(event_time) FROM http_request WHERE network_direction = 'inbound' AND event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} GROUP BY day
)
GROUP BY kind
ORDER BY kind
