-- A digest of which chunks are done below a sequence: the same as long as nothing else was read under these numbers.
-- param sequence UInt64: the first sequence that is not looked at
-- returns: ledger (decimal text)
-- order: none, one row
-- key: evidence_chunk as a whole, four columns; a row per chunk and state
SELECT toString(sum(cityHash64(evidence, sequence, records))) AS ledger
FROM (
  SELECT DISTINCT toString(evidence_id) AS evidence, sequence, records
  FROM evidence_chunk
  WHERE state = 'done' AND sequence < {sequence:UInt64}
)
