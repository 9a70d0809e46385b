-- A list of fingerprints that somebody found worth listing. abuse.ch SSLBL names its columns in a comment,
-- "# Listingdate,SHA1,Listingreason", at the end of a block of comments (sslblacklist.csv, as seen in copies of it of
-- 2024). Lists of one's own have date or first_seen, and sha1 or sha256, in small letters.
--
-- Nothing but the hash is known of the certificate. The time is that of the listing, UTC. Why it is listed stays in
-- extra, under the column's own name: it is somebody's opinion, and nothing concludes from it.
SELECT
  ['fingerprint-list', toString(event_time), lower(hex(ifNull(certificate_sha1, ''))), lower(hex(ifNull(sha256, '')))] AS identity,
  assumeNotNull(coalesce(Listingdate, date, first_seen)) AS event_time,
  'file' AS sighting,
  sha256 AS certificate_sha256,
  coalesce(SHA1, sha1) AS certificate_sha1
FROM record
