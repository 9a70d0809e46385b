-- How often a certificate was seen, by kind of sighting and by source. An event that was read twice counts once.
-- param sha256 String: hexadecimal, empty when not known
-- param sha1 String: hexadecimal, empty when not known
-- returns: sighting, source, sightings, first_seen, last_seen (ISO 8601, UTC)
-- order: by sightings, most first, then by sighting and source
-- key: certificate_sighting, registry_value and tls_session by the bloom filters on the hashes; tls_session by scanning its SHA-1, file_signature its chains
SELECT
  sighting, source, uniqExact(record_key) AS sightings,
  concat(replaceOne(toString(min(event_time)), ' ', 'T'), 'Z') AS first_seen, concat(replaceOne(toString(max(event_time)), ' ', 'T'), 'Z') AS last_seen
FROM (
  SELECT sighting, source, record_key, event_time
  FROM certificate_sighting
  WHERE ({sha256:String} != '' AND certificate_sha256 = unhex({sha256:String})) OR ({sha1:String} != '' AND certificate_sha1 = unhex({sha1:String}))
  UNION ALL
  SELECT sighting, source, record_key, event_time
  FROM registry_value
  WHERE ({sha256:String} != '' AND certificate_sha256 = unhex({sha256:String})) OR ({sha1:String} != '' AND certificate_sha1 = unhex({sha1:String}))
  UNION ALL
  SELECT sighting, source, record_key, event_time
  FROM file_signature
  WHERE ({sha256:String} != '' AND has(signature_chain_sha256, lower({sha256:String}))) OR ({sha1:String} != '' AND has(signature_chain_sha1, lower({sha1:String})))
  UNION ALL
  SELECT 'tls' AS sighting, source, record_key, event_time
  FROM tls_session
  WHERE ({sha256:String} != '' AND server_certificate_sha256 = unhex({sha256:String})) OR ({sha1:String} != '' AND server_certificate_sha1 = unhex({sha1:String}))
)
GROUP BY sighting, source
ORDER BY sightings DESC, sighting, source
