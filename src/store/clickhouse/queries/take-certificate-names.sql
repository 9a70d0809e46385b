-- Puts the names of certificates into their table, by the lines that take-certificates reads, or their
-- first nine columns.
-- returns: nothing
-- order: none
-- key: writes certificate_name
INSERT INTO certificate_name (name_reversed, certificate_id, name)
SELECT arrayStringConcat(arrayReverse(splitByChar('.', name)), '.'), toFixedString(substring(unhex(id), 1, 16), 16), name
FROM (SELECT c[1] AS id, splitByChar('\x1f', c[7]) AS names FROM (SELECT splitByChar('\t', line, 8) AS c FROM {{chunk}}))
ARRAY JOIN names AS name
WHERE name != ''
