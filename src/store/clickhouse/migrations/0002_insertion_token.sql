-- What was intended may still be being inserted by a server when its client is gone. Whoever completes it waits for the
-- statement with this token to end, and then looks up what has arrived. Empty: written before there was this column.
ALTER TABLE evidence_chunk ADD COLUMN IF NOT EXISTS token String DEFAULT '';
