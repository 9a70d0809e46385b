-- Whether there are certificates whose SHA-256 nobody knows, and which may have turned out to be others.
-- returns: one
-- order: none, one row at most
-- key: certificate by scanning whether sha256 is NULL, up to the first
SELECT 1 AS one FROM certificate WHERE sha256 IS NULL LIMIT 1
