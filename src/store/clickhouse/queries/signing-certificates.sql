-- The certificates that came with the signatures of files, in a run of sequences: each once.
-- param first UInt64: first ingest_sequence
-- param last UInt64: last ingest_sequence
-- param evidence_ids Array(String): evidence the sequences belong to
-- returns: sighting, der (base64), ip and server_name (empty), port (0), first_seen, last_seen (microseconds), first_sequence
-- order: none
-- key: file_signature by the minmax index on ingest_sequence
SELECT
  sighting,
  certificate AS der,
  '' AS ip,
  0 AS port,
  '' AS server_name,
  toUnixTimestamp64Micro(min(event_time)) AS first_seen,
  toUnixTimestamp64Micro(max(event_time)) AS last_seen,
  min(ingest_sequence) AS first_sequence
FROM file_signature
ARRAY JOIN signature_certificates AS certificate
WHERE ingest_sequence BETWEEN {first:UInt64} AND {last:UInt64} AND evidence_id IN {evidence_ids:Array(String)}
GROUP BY ALL
