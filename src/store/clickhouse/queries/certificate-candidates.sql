-- Certificates that digits may mean: an id, a hash of the bytes, or the beginning of one.
-- param digits String: lower-case hexadecimal, at least 8
-- param first String: its first 32 digits, filled up with 0
-- param last String: the same, filled up with f
-- returns: id, how (sha256, certificate_id, sha1 or md5)
-- order: by id
-- key: certificate by a range of certificate_id; certificate_alias by kind and a range of value
SELECT id, min(meaning) AS how FROM (
  SELECT lower(hex(certificate_id)) AS id, if(sha256 IS NULL, 'certificate_id', 'sha256') AS meaning
  FROM certificate
  WHERE certificate_id BETWEEN unhex({first:String}) AND unhex({last:String})
    AND startsWith(lower(hex(ifNull(sha256, toFixedString(certificate_id, 32)))), {digits:String})
  UNION ALL
  SELECT lower(hex(certificate_id)) AS id, kind AS meaning
  FROM certificate_alias
  WHERE kind IN ('sha1', 'md5') AND startsWith(value, {digits:String})
)
GROUP BY id
ORDER BY id
LIMIT 50
