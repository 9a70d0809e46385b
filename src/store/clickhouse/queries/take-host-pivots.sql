-- Makes the address a certificate was met at a value it can share, by the lines that take-certificate-hosts reads; the
-- owner stands in the eighth column, the issuance in the ninth.
-- returns: nothing
-- order: none
-- key: writes certificate_pivot
INSERT INTO certificate_pivot (attribute, value, certificate_id, owner, issuance)
SELECT 'host', c[2], toFixedString(substring(unhex(c[1]), 1, 16), 16), c[8], reinterpretAsUInt32(substring(unhex(c[9]), 1, 4))
FROM (SELECT splitByChar('\t', line) AS c FROM {{chunk}})
WHERE c[2] != ''
