-- The certificates that lie in stores of machines, in a run of sequences: each once.
-- param first UInt64: first ingest_sequence
-- param last UInt64: last ingest_sequence
-- param evidence_ids Array(String): evidence the sequences belong to
-- returns: sighting, sha256, sha1 (hexadecimal), der (base64), ip and server_name (empty), port (0), first_seen, last_seen (microseconds), first_sequence
-- order: none
-- key: registry_value by the minmax index on ingest_sequence
SELECT
  sighting,
  lower(hex(certificate_sha256)) AS sha256,
  lower(hex(certificate_sha1)) AS sha1,
  base64Encode(certificate_der) AS der,
  '' AS ip,
  0 AS port,
  '' AS server_name,
  toUnixTimestamp64Micro(min(event_time)) AS first_seen,
  toUnixTimestamp64Micro(max(event_time)) AS last_seen,
  min(ingest_sequence) AS first_sequence
FROM registry_value
WHERE ingest_sequence BETWEEN {first:UInt64} AND {last:UInt64} AND evidence_id IN {evidence_ids:Array(String)} AND certificate_sha256 IS NOT NULL
GROUP BY ALL
