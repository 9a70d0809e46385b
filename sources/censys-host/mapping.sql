-- A service of a host in Censys search v2, with what it says of the server's own certificate: services[].tls.certificates
-- with leaf_data (the names by which its users search: leaf_data.subject_dn, issuer_dn, names, fingerprint,
-- pubkey_bit_size), or nothing but its SHA-256 as services[].certificate, as the search for hosts answers. The names
-- leaf_fp_sha_256, fingerprint_sha256 and signature.signature_algorithm are from memory and were not verified; where
-- they are absent nothing is lost but themselves.
--
-- A host has many services: each is a record of its own here, with what stands around the list. The fingerprint is
-- SHA-256. The chain (chain_fps_sha_256) is not read. `name` is that of a virtual host.
SELECT
  ['censys', toString(ip), toString("services/port"), ifNull(name, ''), toString(event_time),
    lower(hex(ifNull(certificate_sha256, '')))] AS identity,
  assumeNotNull(coalesce("services/observed_at", "services/scan_time", last_updated_at)) AS event_time,
  'scan' AS sighting,
  ip AS destination_ip,
  replaceRegexpOne(IPv6NumToString(ip), '^::ffff:', '') AS destination_address,
  "services/port" AS destination_port,
  trimRight(lower(ifNull(name, '')), '.') AS tls_server_name,
  "services/jarm/fingerprint" AS tls_jarm,
  coalesce("services/tls/certificates/leaf_fp_sha_256", "services/tls/certificates/leaf_data/fingerprint_sha256",
    "services/tls/certificates/leaf_data/fingerprint", "services/certificate") AS certificate_sha256,
  "services/tls/certificates/leaf_data/fingerprint_sha1" AS certificate_sha1,
  "services/tls/certificates/leaf_data/subject_dn" AS certificate_subject,
  "services/tls/certificates/leaf_data/issuer_dn" AS certificate_issuer,
  arrayMap(one -> lower(one), "services/tls/certificates/leaf_data/names") AS certificate_names,
  "services/tls/certificates/leaf_data/pubkey_algorithm" AS certificate_key_algorithm,
  "services/tls/certificates/leaf_data/pubkey_bit_size" AS certificate_key_bits,
  "services/tls/certificates/leaf_data/signature/signature_algorithm" AS certificate_signature_algorithm,
  if(certificate_subject IS NULL OR certificate_issuer IS NULL, NULL,
    certificate_subject = certificate_issuer AND certificate_subject != '') AS certificate_self_issued
FROM record
