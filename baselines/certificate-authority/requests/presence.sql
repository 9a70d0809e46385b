-- Hours in which the Security log of a certification authority was read: any event of a host that has told of requests. An
-- hour without a request is usual, so requests alone would make every hour look busy. The authority is looked for in all
-- that is stored, so that its first hours count even when its first request comes with later evidence; hours that were
-- taken in before any request was known do not.
-- param from_sequence UInt64: first ingest_sequence that is read
-- param to_sequence UInt64: the one after the last
-- returns: entity, at
-- order: none
-- key: windows_event by (channel, event_id) for authorities; by channel and by_sequence for hours
SELECT '' AS entity, toStartOfHour(event_time) AS at
FROM windows_event
WHERE channel = 'Security' AND ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64}
  AND lower(host_name) IN (SELECT lower(host_name) FROM windows_event WHERE channel = 'Security' AND event_id BETWEEN 4880 AND 4900)
GROUP BY at
