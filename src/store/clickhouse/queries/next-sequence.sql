-- The first ingest_sequence that no chunk has been given.
-- returns: next
-- order: none, one row
-- key: the whole of evidence_chunk, two columns; a row per chunk and state
SELECT toUInt64(max(sequence + records)) AS next FROM evidence_chunk
