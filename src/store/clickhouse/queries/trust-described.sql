-- Whose certificates thumbprints are, where the evidence has them.
-- param thumbprints Array(String): SHA-1 in 40 lower-case hexadecimal digits
-- returns: thumbprint, subject
-- order: by thumbprint
-- key: certificate_sighting and registry_value by the bloom filters on certificate_sha1
SELECT lower(hex(assumeNotNull(sha1))) AS thumbprint, toValidUTF8(substringUTF8(max(its_subject), 1, 300)) AS subject
FROM (
  SELECT certificate_sha1 AS sha1, certificate_subject AS its_subject
  FROM certificate_sighting
  WHERE certificate_sha1 IN (SELECT toFixedString(unhex(arrayJoin({thumbprints:Array(String)})), 20))
  UNION ALL
  SELECT certificate_sha1 AS sha1, certificate_subject AS its_subject
  FROM registry_value
  WHERE certificate_sha1 IN (SELECT toFixedString(unhex(arrayJoin({thumbprints:Array(String)})), 20))
)
WHERE its_subject != ''
GROUP BY sha1
ORDER BY thumbprint
