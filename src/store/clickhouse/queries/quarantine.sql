-- What could not be read or mapped, with its file, place and reason.
-- param limit UInt64: rows at most
-- returns: path, record_number, byte_offset, bytes, source, reason, field, excerpt
-- order: by arrival, then record number
-- key: malformed as a whole; evidence by its primary key, evidence_id
SELECT
  paths.path AS path, record_number, byte_offset, bytes, source, reason, field, toValidUTF8(substring(excerpt, 1, 200)) AS excerpt
FROM malformed
LEFT JOIN (SELECT evidence_id, argMax(path, read_at) AS path FROM evidence GROUP BY evidence_id) AS paths
  ON malformed.evidence_id = paths.evidence_id
ORDER BY ingest_sequence, record_number
LIMIT {limit:UInt64}
