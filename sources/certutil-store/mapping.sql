-- What certutil -store printed of a certificate store: one line of our own reader for each certificate (src/ingest/certutil-reader.ts).
--
-- It is hearsay of a tool on the host: no bytes of the certificate, so nothing is verified. The text has no time: event_time is
-- that of reading. No line of ours has read_at, since it would be another line at every reading. The text has no host, and not
-- whether the store is the machine's or a user's; so the file is part of the identity.
-- certutil shows a store with all that lies below it: Root has what AuthRoot, group policy and the directory add. So it is no
-- state of a registry key. When the certificate is valid from and to is text in the form and zone of the host: it is in extra.
SELECT
  ['certutil', evidence, lower(ifNull(store, '')), lower(hex(sha1))] AS identity,
  coalesce(read_at, now64(6, 'UTC')) AS event_time,
  'store' AS sighting,
  ifNull(store, '') AS certificate_store,
  sha1 AS certificate_sha1,
  sha256 AS certificate_sha256,
  ifNull(subject, '') AS certificate_subject,
  ifNull(issuer, '') AS certificate_issuer,
  upper(ifNull(serial, '')) AS certificate_serial,
  if(certificate_subject = '' OR certificate_issuer = '', NULL, certificate_subject = certificate_issuer) AS certificate_self_issued,
  record.extra AS extra
FROM record
