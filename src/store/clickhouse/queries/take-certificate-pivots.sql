-- Puts what certificates can share into the inverted index, by the lines that take-certificates reads.
-- returns: nothing
-- order: none
-- key: writes certificate_pivot
INSERT INTO certificate_pivot (attribute, value, certificate_id, owner, issuance)
SELECT substring(pair, 1, cut - 1), substring(pair, cut + 1), toFixedString(substring(unhex(id), 1, 16), 16), owner, reinterpretAsUInt32(substring(unhex(issuance), 1, 4))
FROM (
  SELECT c[1] AS id, c[15] AS owner, c[3] AS issuance, pair, position(pair, '\x1e') AS cut
  FROM (SELECT splitByChar('\t', line, 25) AS c FROM {{chunk}})
  ARRAY JOIN splitByChar('\x1f', c[24]) AS pair
)
WHERE cut > 0
