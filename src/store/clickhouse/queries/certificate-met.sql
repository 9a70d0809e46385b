-- Where a certificate was met, the place where it was met last first.
-- param ids Array(String): certificate_id, hexadecimal: its own and those under which it was known before
-- param most UInt64: places at most
-- returns: address, port, sightings (kinds), server_name, first_seen, last_seen (ISO 8601, UTC), places (how many there are)
-- order: by last_seen, newest first, then by address and port
-- key: certificate_host by certificate_id
SELECT
  replaceRegexpOne(IPv6NumToString(ip), '^::ffff:', '') AS address, port, arraySort(groupUniqArray(sighting)) AS sightings, max(h.server_name) AS server_name,
  concat(replaceOne(toString(min(h.first_seen)), ' ', 'T'), 'Z') AS first_seen, concat(replaceOne(toString(max(h.last_seen)), ' ', 'T'), 'Z') AS last_seen,
  count() OVER () AS places
FROM certificate_host AS h
WHERE certificate_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
GROUP BY ip, port
ORDER BY max(h.last_seen) DESC, address, port
LIMIT {most:UInt64}
