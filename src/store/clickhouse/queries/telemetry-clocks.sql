-- Windows hosts whose clock was ahead: events that are more than ten minutes later than the reading of the evidence they
-- are in. A record cannot be read before it is written.
-- param hosts Array(String): host names in lower case
-- returns: host_name, evidence, latest, read_at (of the evidence with the latest event)
-- order: by host_name
-- key: windows_event as a whole, three columns of it; evidence by its primary key, evidence_id
SELECT
  host AS host_name,
  count() AS evidence,
  toString(max(last)) AS latest,
  toString(argMax(readings.read_last, last)) AS read_at
FROM (
  SELECT toValidUTF8(lower(host_name)) AS host, toString(evidence_id) AS id, max(event_time) AS last
  FROM windows_event
  WHERE host IN {hosts:Array(String)}
  GROUP BY host, id
) AS latest_events
INNER JOIN (
  SELECT toString(evidence_id) AS read_id, max(read_at) AS read_last FROM evidence GROUP BY read_id
) AS readings ON latest_events.id = readings.read_id
WHERE latest_events.last > readings.read_last + toIntervalMinute(10)
GROUP BY host
ORDER BY host_name
