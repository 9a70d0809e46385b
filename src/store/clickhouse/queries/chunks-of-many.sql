-- The ledger's chunks of many pieces of evidence; a chunk that is done comes as done only.
-- param evidence_ids Array(String): hexadecimal ids of the evidence
-- returns: evidence_id, byte_offset, byte_end, prefix_sha256, records, sequence, tokens, done, stored, malformed, ignored, ignored_because
-- order: by evidence, by offset, then by end
-- key: evidence_chunk by its primary key, evidence_id
SELECT
  toString(c.evidence_id) AS evidence_id, byte_offset, byte_end, prefix_sha256, any(c.records) AS records,
  min(c.sequence) AS sequence, groupUniqArray(c.token) AS tokens, max(c.state = 'done') AS done,
  max(c.stored) AS stored, max(c.malformed) AS malformed, max(c.ignored) AS ignored,
  argMax(c.ignored_because, c.state) AS ignored_because
FROM evidence_chunk AS c
WHERE c.evidence_id IN {evidence_ids:Array(String)}
GROUP BY c.evidence_id, byte_offset, byte_end, prefix_sha256
ORDER BY evidence_id, byte_offset, byte_end
