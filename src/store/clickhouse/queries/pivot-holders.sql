-- Who has values, at most so many certificates each.
-- param attributes Array(String): of each value
-- param values Array(String): in the same order
-- param most UInt32: certificates for each value
-- returns: attribute, value, certificate_id (hexadecimal), owner
-- order: by attribute, value, certificate_id
-- key: certificate_pivot by (attribute, value)
SELECT attribute, value, lower(hex(certificate_id)) AS id, any(owner) AS owner
FROM certificate_pivot
WHERE (attribute, value) IN arrayZip({attributes:Array(String)}, {values:Array(String)})
GROUP BY attribute, value, certificate_id
ORDER BY attribute, value, certificate_id
LIMIT {most:UInt32} BY attribute, value
