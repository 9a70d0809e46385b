-- What the sightings of a run of sequences say of certificates and of where they were met: each distinct statement once.
-- Certificates that were given as files are left out: their bytes were read on the way in.
-- param first UInt64: first ingest_sequence
-- param last UInt64: last ingest_sequence
-- param evidence_ids Array(String): evidence the sequences belong to
-- returns: sighting, sha256, sha1, md5, spki_sha256, tbs_no_ct_sha256 (hexadecimal, empty when not known), subject, issuer, serial, not_before, not_after (milliseconds or NULL), names, key_algorithm, key_bits, signature_algorithm, self_issued, subject_key_id, authority_key_id, is_ca, is_precertificate, ja4x, jarm, der (base64), ip, port, server_name, first_seen, last_seen (microseconds), first_sequence
-- order: none
-- key: certificate_sighting by the minmax index on ingest_sequence
SELECT
  sighting,
  lower(hex(certificate_sha256)) AS sha256,
  lower(hex(certificate_sha1)) AS sha1,
  lower(hex(certificate_md5)) AS md5,
  lower(hex(certificate_spki_sha256)) AS spki_sha256,
  lower(hex(certificate_tbs_no_ct_sha256)) AS tbs_no_ct_sha256,
  certificate_subject AS subject,
  certificate_issuer AS issuer,
  certificate_serial AS serial,
  toUnixTimestamp64Milli(toDateTime64(certificate_not_before, 3, 'UTC')) AS not_before,
  toUnixTimestamp64Milli(toDateTime64(certificate_not_after, 3, 'UTC')) AS not_after,
  certificate_names AS names,
  certificate_key_algorithm AS key_algorithm,
  certificate_key_bits AS key_bits,
  certificate_signature_algorithm AS signature_algorithm,
  certificate_self_issued AS self_issued,
  certificate_subject_key_id AS subject_key_id,
  certificate_authority_key_id AS authority_key_id,
  certificate_is_ca AS is_ca,
  certificate_is_precertificate AS is_precertificate,
  certificate_ja4x AS ja4x,
  tls_jarm AS jarm,
  base64Encode(certificate_der) AS der,
  if(destination_ip IS NULL, '', replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS ip,
  ifNull(destination_port, 0) AS port,
  max(tls_server_name) AS server_name,
  toUnixTimestamp64Micro(min(event_time)) AS first_seen,
  toUnixTimestamp64Micro(max(event_time)) AS last_seen,
  min(ingest_sequence) AS first_sequence
FROM certificate_sighting
WHERE ingest_sequence BETWEEN {first:UInt64} AND {last:UInt64} AND evidence_id IN {evidence_ids:Array(String)} AND source != 'certificate-file'
GROUP BY ALL
