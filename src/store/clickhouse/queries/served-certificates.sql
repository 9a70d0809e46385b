-- What the TLS sessions of a run of sequences say of the servers' certificates and of where they were met: each distinct
-- statement once. Sessions without any are left out (TLS 1.3 shows none to a sensor).
-- param first UInt64: first ingest_sequence
-- param last UInt64: last ingest_sequence
-- param evidence_ids Array(String): evidence the sequences belong to
-- returns: sha256, sha1 (hexadecimal, empty when not known), subject, issuer, serial, not_before, not_after (milliseconds or NULL), ip, port, server_name, first_seen, last_seen (microseconds), first_sequence
-- order: none
-- key: tls_session by the minmax index on ingest_sequence
SELECT
  lower(hex(server_certificate_sha256)) AS sha256,
  lower(hex(server_certificate_sha1)) AS sha1,
  server_certificate_subject AS subject,
  server_certificate_issuer AS issuer,
  server_certificate_serial AS serial,
  toUnixTimestamp64Milli(toDateTime64(server_certificate_not_before, 3, 'UTC')) AS not_before,
  toUnixTimestamp64Milli(toDateTime64(server_certificate_not_after, 3, 'UTC')) AS not_after,
  if(destination_ip IS NULL, '', replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS ip,
  ifNull(destination_port, 0) AS port,
  max(tls_server_name) AS server_name,
  toUnixTimestamp64Micro(min(event_time)) AS first_seen,
  toUnixTimestamp64Micro(max(event_time)) AS last_seen,
  min(ingest_sequence) AS first_sequence
FROM tls_session
WHERE ingest_sequence BETWEEN {first:UInt64} AND {last:UInt64} AND evidence_id IN {evidence_ids:Array(String)}
  AND (server_certificate_sha256 IS NOT NULL OR server_certificate_sha1 IS NOT NULL OR (server_certificate_issuer != '' AND server_certificate_serial != ''))
GROUP BY ALL
