-- Files that have signatures, or could have: one line of our own reader for each file (src/ingest/signature-line.ts). The status is
-- what src/authenticode makes of the file and of the catalogs that were given with it; no host is asked.
--
-- Time: that of reading. No line of ours has read_at, since the same file, judged alike, is the same line; when it was signed is in
-- signature_time, if a timestamp that holds tells.
--
-- Identity: the file by its SHA-256, and what was said of it. Another answer to the same bytes, by a catalog that came later or a
-- root that ended, is another fact.
SELECT
  ['file-signature', hex(assumeNotNull(sha256)), status, arrayStringConcat(reasons, ' '), ifNull(hex(catalog), '')] AS identity,
  coalesce(read_at, now64(6, 'UTC')) AS event_time,
  ifNull(record.name, '') AS file_name,
  record.size AS file_size,
  kind AS file_kind,
  sha256 AS file_hash_sha256,
  sha1 AS file_hash_sha1,
  md5 AS file_hash_md5,
  digest_sha256 AS file_digest_sha256,
  digest_sha1 AS file_digest_sha1,
  status AS signature_status,
  reasons AS signature_reasons,
  doubts AS signature_doubts,
  problems AS signature_problems,
  ifNull(root, '') AS signature_root,
  catalog AS signature_catalog_sha256,
  catalogs AS signature_catalogs,
  ifNull(signer, '') AS signature_signer,
  ifNull(issuer, '') AS signature_issuer,
  chain_sha1 AS signature_chain_sha1,
  chain_sha256 AS signature_chain_sha256,
  tbs AS signature_chain_tbs,
  signed_at AS signature_time,
  told_at AS signature_time_told,
  ifNull(program, '') AS signature_program,
  bytes AS signature_bytes,
  if(empty(certificates), '', 'signature') AS sighting,
  certificates AS signature_certificates,
  if(url IS NULL, record.extra, mapUpdate(record.extra, map('url', assumeNotNull(url)))) AS extra
FROM record
