-- The lowest ingest_sequence of a chunk that was written down at or after a time; one past the highest when there is none.
-- param since DateTime64(6, 'UTC'): the time
-- returns: first
-- order: none, one row
-- key: evidence_chunk as a whole, three columns; a row per chunk and state
SELECT toUInt64(if(countIf(written_at >= {since:DateTime64(6, 'UTC')}) > 0,
  minIf(sequence, written_at >= {since:DateTime64(6, 'UTC')}), max(sequence + records))) AS first
FROM evidence_chunk
