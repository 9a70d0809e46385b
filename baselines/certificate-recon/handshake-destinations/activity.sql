-- Destinations of inside addresses by the fingerprint of their TLS client: JA4 where the sensor gives it, else JA3. An
-- entity is the address, a space and the fingerprint; handshakes without a fingerprint count under the address alone.
-- param from_sequence UInt64: first ingest_sequence that is read
-- param to_sequence UInt64: the one after the last
-- returns: category, entity, at, member, event_uid, evidence_id, record_number
-- order: none
-- key: tls_session by by_sequence
SELECT
  if(network_direction = 'outbound', 'external', 'internal') AS category,
  concat(
    if(source_ip IS NULL, source_address, if(startsWith(IPv6NumToString(assumeNotNull(source_ip)), '::ffff:'), substring(IPv6NumToString(assumeNotNull(source_ip)), 8), IPv6NumToString(assumeNotNull(source_ip)))),
    if(tls_ja4 = '' AND tls_ja3 = '', '', ' '), substring(if(tls_ja4 != '', tls_ja4, tls_ja3), 1, 80)
  ) AS entity,
  event_time AS at,
  if(destination_ip IS NULL, destination_address, IPv6NumToString(assumeNotNull(destination_ip))) AS member,
  event_uid, evidence_id, record_number
FROM tls_session
WHERE network_direction IN ('outbound', 'internal') AND ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64}
