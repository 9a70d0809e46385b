-- Whether any certificate was met anywhere. Stores of CT logs alone have none.
-- returns: certificate_id (hexadecimal), of one that was met
-- order: none
-- key: certificate_host by its first row
SELECT lower(hex(certificate_id)) AS id FROM certificate_host LIMIT 1
