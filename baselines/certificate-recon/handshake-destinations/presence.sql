-- Hours in which handshakes were seen. Who was there is told by the activity itself: every handshake is one.
-- param from_sequence UInt64: first ingest_sequence that is read
-- param to_sequence UInt64: the one after the last
-- returns: entity, at
-- order: none
-- key: tls_session by by_sequence, one column
SELECT '' AS entity, toStartOfHour(event_time) AS at
FROM tls_session
WHERE ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64}
GROUP BY at
