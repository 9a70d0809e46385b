-- Who has values, at most so many certificates each. A certificate may repeat, with another owner, when sensors and bytes
-- tell different ones.
-- param attributes Array(String): of each value
-- param values Array(String): in the same order
-- param most UInt32: certificates for each value
-- returns: attribute, value, id (certificate_id, hexadecimal), owner
-- order: by attribute, value, id
-- key: certificate_pivot by (attribute, value)
SELECT DISTINCT attribute, value, lower(hex(certificate_id)) AS id, owner
FROM certificate_pivot
WHERE (attribute, value) IN arrayZip({attributes:Array(String)}, {values:Array(String)})
ORDER BY attribute, value, id
LIMIT {most:UInt32} BY attribute, value
