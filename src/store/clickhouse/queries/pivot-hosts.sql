-- Where certificates were met, at most so many addresses each.
-- param ids Array(String): certificate_id, hexadecimal
-- param most UInt32: addresses for each certificate
-- returns: certificate_id (hexadecimal), ip, port, sighting, server_name, first_seen, last_seen (ISO 8601, UTC)
-- order: by certificate_id, first_seen, ip, port, sighting
-- key: certificate_host by certificate_id
SELECT
  lower(hex(h.certificate_id)) AS id, replaceRegexpOne(IPv6NumToString(h.ip), '^::ffff:', '') AS address, h.port AS port, h.sighting AS sighting,
  max(h.server_name) AS server_name,
  concat(replaceOne(toString(min(h.first_seen)), ' ', 'T'), 'Z') AS first_seen, concat(replaceOne(toString(max(h.last_seen)), ' ', 'T'), 'Z') AS last_seen
FROM certificate_host AS h
WHERE h.certificate_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
GROUP BY h.certificate_id, h.ip, h.port, h.sighting
ORDER BY id, first_seen, address, port, sighting
LIMIT {most:UInt32} BY id
