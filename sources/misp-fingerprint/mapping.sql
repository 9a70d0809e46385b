-- An attribute of a MISP event that is nothing but a fingerprint of a certificate: types x509-fingerprint-md5, -sha1 and
-- -sha256 (MISP core format, draft-dulaunoy-misp-core-format, attribute types of the category "Network activity"). The
-- attributes of an object are read with it, by misp-certificate.
--
-- Nothing but the hash is known. One that does not have the digits of its type is stored without a hash, and its value is
-- in the evidence. The time is first_seen, and where that is empty, when the attribute was changed last.
SELECT
  ['misp', uuid] AS identity,
  assumeNotNull(coalesce(first_seen, timestamp)) AS event_time,
  'file' AS sighting,
  lower(replaceAll(value, ':', '')) AS digits,
  if(match(digits, '^[0-9a-f]{64}$'), toFixedString(substring(unhex(digits), 1, 32), 32), NULL) AS certificate_sha256,
  if(match(digits, '^[0-9a-f]{40}$'), toFixedString(substring(unhex(digits), 1, 20), 20), NULL) AS certificate_sha1,
  if(match(digits, '^[0-9a-f]{32}$'), toFixedString(substring(unhex(digits), 1, 16), 16), NULL) AS certificate_md5
FROM record
