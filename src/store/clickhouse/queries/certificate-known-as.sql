-- Ids under which a certificate may stand: all that have one of its other names.
-- param sha1 String: hexadecimal, empty when not known
-- param md5 String: hexadecimal, empty when not known
-- param issuer_serial String: empty when not known
-- returns: id
-- order: by id
-- key: certificate_alias by kind and value
SELECT DISTINCT lower(hex(certificate_id)) AS id
FROM certificate_alias
WHERE (kind = 'sha1' AND value = {sha1:String}) OR (kind = 'md5' AND value = {md5:String}) OR (kind = 'issuer_serial' AND value = {issuer_serial:String})
ORDER BY id
LIMIT 1000
