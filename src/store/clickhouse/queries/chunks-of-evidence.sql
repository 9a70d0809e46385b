-- The ledger's chunks of one piece of evidence; a chunk that is done comes as done only.
-- param evidence_id String: hexadecimal id of the evidence
-- returns: byte_offset, byte_end, prefix_sha256, first_record, records, sequence, done, stored, malformed, ignored, ignored_because
-- order: by offset, then by end
-- key: evidence_chunk by its primary key, evidence_id
SELECT
  byte_offset, byte_end, prefix_sha256, any(first_record) AS first_record, any(records) AS records,
  min(sequence) AS sequence, max(state = 'done') AS done, max(stored) AS stored, max(malformed) AS malformed,
  max(ignored) AS ignored, argMax(ignored_because, state) AS ignored_because
FROM evidence_chunk
WHERE evidence_id = {evidence_id:String}
GROUP BY byte_offset, byte_end, prefix_sha256
ORDER BY byte_offset, byte_end
