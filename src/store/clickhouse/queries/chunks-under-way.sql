-- Chunks that were intended before a sequence and are not done: under way, or left behind by a reading that was killed.
-- One whose bytes overlap with a chunk that is done is not among them: what arrived of it is part of that one's rows.
-- param sequence UInt64: the first sequence that is not looked at
-- returns: evidence_id, first, last: sequences of the chunk's first and last record
-- order: by first
-- key: evidence_chunk as a whole, a row per chunk and state
WITH chunks AS (
  SELECT
    toString(evidence_id) AS evidence, sequence AS first, sequence + greatest(max(records), 1) - 1 AS last,
    min(byte_offset) AS begins, max(byte_end) AS ends, max(state = 'done') AS done
  FROM evidence_chunk
  WHERE sequence < {sequence:UInt64}
  GROUP BY evidence, first
)
SELECT open.evidence AS evidence_id, open.first AS first, open.last AS last
FROM (SELECT evidence, first, last, begins, ends FROM chunks WHERE done = 0) AS open
LEFT JOIN (SELECT evidence, begins, ends FROM chunks WHERE done = 1) AS whole ON whole.evidence = open.evidence
GROUP BY evidence_id, first, last
HAVING max(whole.begins < open.ends AND open.begins < whole.ends) = 0
ORDER BY first
