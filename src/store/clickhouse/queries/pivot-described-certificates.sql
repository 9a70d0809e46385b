-- What the store says of certificates whose bytes it has not, or that could not be read: what sensors said, put together.
-- One with unreadable bytes has two rows, that of the bytes first.
-- param ids Array(String): certificate_id, hexadecimal
-- returns: id (certificate_id), issuance, sha256, sha1 (hexadecimal; NULL when not known), subject, issuer, serial, not_before, not_after (milliseconds or NULL), names, apexes, owner, self_issued, is_ca, pivots
-- order: by certificate_id
-- key: certificate by certificate_id
SELECT
  lower(hex(c.certificate_id)) AS id, lower(hex(max(c.issuance))) AS issuance, lower(hex(max(c.sha256))) AS sha256, lower(hex(max(c.sha1))) AS sha1,
  max(c.subject) AS subject, max(c.issuer) AS issuer, max(c.serial) AS serial,
  toUnixTimestamp64Milli(max(c.not_before)) AS not_before, toUnixTimestamp64Milli(max(c.not_after)) AS not_after,
  arraySort(groupUniqArrayArray(c.names)) AS names, arraySort(groupUniqArrayArray(c.apexes)) AS apexes, max(c.owner) AS owner,
  max(c.self_issued) AS self_issued, max(c.is_ca) AS is_ca, arraySort(groupUniqArrayArray(c.pivots)) AS pivots
FROM certificate AS c
WHERE c.certificate_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
GROUP BY c.certificate_id, c.from_der
ORDER BY c.certificate_id, c.from_der DESC
LIMIT 1 BY c.certificate_id
