-- PAN-OS, log type DECRYPTION, as CSV (docs.paloaltonetworks.com, "Decryption Log Fields", PAN-OS 10.0 to 11.2): one line for a TLS handshake that
-- a decryption policy touched. No real line of it was at hand: the columns are in the order of that page, and the values as it describes them.
--
-- A column that a version does not have yet is missing at the end of the line. Where it is there (10.0 and later) the time is that of
-- high_res_timestamp, which has its zone; else time_generated, which stands in the zone of the firewall.
-- Subject and issuer are common names alone. The cipher is put together from key exchange, encryption and hash as they are told. A session
-- that has an error did not come to its end; without one it did, if it has a version. tls_validation_status is the state of the chain and of the root, and
-- the error. The fingerprint is taken for a SHA-256 when it has its length, and else kept in extra.
SELECT
  ['paloalto', serial, ifNull(seqno, ''), ifNull(sessionid, ''), toString(toUnixTimestamp64Micro(event_time)), toString(src), ifNull(toString(sport), ''), toString(dst)] AS identity,
  coalesce(high_res_timestamp, time_generated) AS event_time,
  ifNull(sessionid, '') AS connection_id,
  src AS source_ip,
  replaceRegexpOne(IPv6NumToString(src), '^::ffff:', '') AS source_address,
  nullIf(sport, 0) AS source_port,
  dst AS destination_ip,
  replaceRegexpOne(IPv6NumToString(dst), '^::ffff:', '') AS destination_address,
  nullIf(dport, 0) AS destination_port,
  transform(lower(ifNull(proto, '')), ['ipv6-icmp', 'icmp6'], ['icmp', 'icmp'], lower(ifNull(proto, ''))) AS network_transport,
  transform(ifNull(tls_ver, ''), ['null', 'None', 'Unknown'], ['', '', ''], ifNull(tls_ver, '')) AS tls_version,
  arrayStringConcat(arrayFilter(part -> part NOT IN ('', 'null', 'None', 'Unknown'), [ifNull(tls_keyxchg, ''), ifNull(tls_enc, ''), ifNull(tls_auth, '')]), '_') AS tls_cipher,
  ifNull(ec_curve, '') AS tls_curve,
  trimRight(lower(ifNull(sni, '')), '.') AS tls_server_name,
  multiIf(error IS NOT NULL, false, ifNull(tls_ver, 'None') IN ('null', 'None', 'Unknown'), NULL, true) AS tls_established,
  arrayStringConcat(arrayFilter(part -> part != '', [ifNull(chain_status, ''), ifNull(root_status, ''), ifNull(error, '')]), '; ') AS tls_validation_status,
  fingerprint AS server_certificate_sha256,
  if(cn IS NULL, '', concat('CN=', assumeNotNull(cn))) AS server_certificate_subject,
  if(issuer_cn IS NULL, '', concat('CN=', assumeNotNull(issuer_cn))) AS server_certificate_issuer,
  ifNull(cert_serial, '') AS server_certificate_serial,
  nullIf(notbefore, toDateTime64(0, 6, 'UTC')) AS server_certificate_not_before,
  nullIf(notafter, toDateTime64(0, 6, 'UTC')) AS server_certificate_not_after
FROM record
