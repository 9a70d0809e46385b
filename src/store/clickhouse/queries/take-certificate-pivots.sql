-- Puts what certificates can share into the inverted index, by the lines that take-certificates reads, or their first nine
-- columns.
-- returns: nothing
-- order: none
-- key: writes certificate_pivot
INSERT INTO certificate_pivot (attribute, value, certificate_id, owner, issuance)
SELECT attribute, value, toFixedString(substring(unhex(id), 1, 16), 16), owner, reinterpretAsUInt32(substring(unhex(issuance), 1, 4))
FROM (
  SELECT c[1] AS id, c[2] AS issuance, c[3] AS owner, splitByChar('\x1f', c[8]) AS attributes, splitByChar('\x1f', c[9]) AS values
  FROM (SELECT splitByChar('\t', line, 10) AS c FROM {{chunk}})
)
ARRAY JOIN attributes AS attribute, values AS value
WHERE attribute != ''
