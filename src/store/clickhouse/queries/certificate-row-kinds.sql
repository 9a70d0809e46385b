-- Whether there are certificates that sensors described, and among them some whose SHA-256 nobody knows, which may have
-- turned out to be others.
-- returns: described, provisional (0 or 1)
-- order: none, one row
-- key: certificate by scanning from_der and whether sha256 is NULL, each up to the first that fits
SELECT
  (SELECT count() FROM (SELECT 1 FROM certificate WHERE NOT from_der LIMIT 1)) AS described,
  (SELECT count() FROM (SELECT 1 FROM certificate WHERE sha256 IS NULL LIMIT 1)) AS provisional
