-- The bytes of a certificate, and the values that it can share with others as sensors told them.
-- param id String: certificate_id, hexadecimal
-- returns: der (base64, empty when the bytes were never seen), pivots (attribute and value)
-- order: none, one row
-- key: certificate by certificate_id
SELECT base64Encode(max(c.der)) AS der, arraySort(groupUniqArrayArray(c.pivots)) AS pivots
FROM certificate AS c
WHERE c.certificate_id = unhex({id:String})
