-- Which of these certificates have their bytes in the store.
-- param hashes Array(String): SHA-256 of the DER, lower-case hexadecimal
-- returns: sha256 (lower-case hexadecimal)
-- order: none
-- key: certificate by certificate_id
SELECT DISTINCT lower(hex(sha256)) AS sha256
FROM certificate
WHERE certificate_id IN (SELECT toFixedString(unhex(substring(arrayJoin({hashes:Array(String)}), 1, 32)), 16)) AND der != ''
