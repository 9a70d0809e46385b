-- Which of these certificates have their bytes in the store.
-- param hashes Array(String): SHA-256 of the DER, lower-case hexadecimal
-- returns: sha256 and spki_sha256 (lower-case hexadecimal; the second is empty where the key could not be read)
-- order: none
-- key: certificate by certificate_id
SELECT DISTINCT lower(hex(sha256)) AS sha256, lower(hex(ifNull(spki_sha256, ''))) AS spki_sha256
FROM certificate
WHERE certificate_id IN (SELECT toFixedString(unhex(substring(arrayJoin({hashes:Array(String)}), 1, 32)), 16)) AND der != ''
