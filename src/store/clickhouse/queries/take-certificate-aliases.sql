-- Puts the other names of certificates into their table, by the lines that take-certificates reads, or
-- their first nine columns.
-- returns: nothing
-- order: none
-- key: writes certificate_alias
INSERT INTO certificate_alias (kind, value, certificate_id)
SELECT alias.1, alias.2, toFixedString(substring(unhex(id), 1, 16), 16)
FROM (SELECT c[1] AS id, [('sha1', c[4]), ('md5', c[5]), ('issuer_serial', c[6])] AS aliases FROM (SELECT splitByChar('\t', line, 7) AS c FROM {{chunk}}))
ARRAY JOIN aliases AS alias
WHERE alias.2 != ''
