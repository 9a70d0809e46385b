-- Chunks that were intended before a sequence and are not done: under way, or left behind by a reading that was killed.
-- param sequence UInt64: the first sequence that is not looked at
-- returns: evidence_id, first, last: sequences of the chunk's first and last record
-- order: by first
-- key: evidence_chunk as a whole, a row per chunk and state
SELECT toString(evidence_id) AS evidence_id, sequence AS first, sequence + greatest(max(records), 1) - 1 AS last
FROM evidence_chunk
WHERE sequence < {sequence:UInt64}
GROUP BY evidence_id, sequence
HAVING max(state = 'done') = 0
ORDER BY first
