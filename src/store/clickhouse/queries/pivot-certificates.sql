-- The bytes of certificates; all else that a pivot asks is read from them. Rows may repeat until they are merged.
-- param ids Array(String): certificate_id, hexadecimal
-- returns: id (certificate_id), der (base64)
-- order: none
-- key: certificate by certificate_id
SELECT lower(hex(certificate_id)) AS id, base64Encode(der) AS der
FROM certificate
WHERE certificate_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16)) AND from_der
