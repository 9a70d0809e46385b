-- Certificates of the same issuance: a precertificate and its certificate.
-- param issuance String: hexadecimal
-- param id String: certificate_id, hexadecimal, of the one that is left out
-- param issuer_serial String: of both
-- returns: id, is_precertificate (NULL when not known)
-- order: by id
-- key: certificate_alias by kind and value; certificate by certificate_id
SELECT lower(hex(certificate_id)) AS id, max(c.is_precertificate) AS is_precertificate
FROM certificate AS c
WHERE certificate_id IN (SELECT certificate_id FROM certificate_alias WHERE kind = 'issuer_serial' AND value = {issuer_serial:String})
  AND c.issuance = unhex({issuance:String}) AND certificate_id != unhex({id:String})
GROUP BY certificate_id
ORDER BY id
LIMIT 20
