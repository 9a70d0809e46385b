-- Start-ups of sessions with the public databases of certificates, by inside addresses.
-- param intel String: snapshot of the reference data
-- param from_sequence UInt64: first ingest_sequence that is read
-- param to_sequence UInt64: the one after the last
-- returns: category, entity, at, member, event_uid, evidence_id, record_number
-- order: none
-- key: intel_entry by (snapshot, catalogue, key); database_session by database_name and by_sequence
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-databases' AND key = 'database') AS databases,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-databases' AND key = 'user') AS users
SELECT
  'session' AS category,
  if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS entity,
  event_time AS at,
  concat(
    toString(ifNull(source_port, 0)), '|', if(destination_ip IS NULL, destination_address, IPv6NumToString(assumeNotNull(destination_ip))), '|', toString(ifNull(destination_port, 0)),
    if(source_port IS NULL, concat('|', hex(record_key)), '')
  ) AS member,
  event_uid, evidence_id, record_number
FROM database_session
WHERE has(databases, database_name) AND has(users, database_user) AND network_direction = 'outbound'
  AND ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64}
