-- Many small files are inserted by one statement under one token. After a kill the ledger must say which chunks belonged
-- together: only the same lines in the same order may be inserted again under that token. Empty: a chunk by itself.
ALTER TABLE evidence_chunk ADD COLUMN IF NOT EXISTS batch String DEFAULT '';
