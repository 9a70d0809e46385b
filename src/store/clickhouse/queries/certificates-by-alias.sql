-- Which certificates go by other names. A provisional one and the one it turned out to be have the same.
-- param kinds Array(String): sha1, md5 or issuer_serial, of each value
-- param values Array(String): in the same order
-- returns: kind, value, certificate_id (hexadecimal)
-- order: by kind, value, certificate_id
-- key: certificate_alias by (kind, value)
SELECT kind, value, lower(hex(certificate_id)) AS id
FROM certificate_alias
WHERE (kind, value) IN arrayZip({kinds:Array(String)}, {values:Array(String)})
ORDER BY kind, value, certificate_id
LIMIT 1 BY kind, value, certificate_id
