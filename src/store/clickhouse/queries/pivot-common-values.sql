-- Values that many owner groups share, as a snapshot counted them.
-- param snapshot String: id of the snapshot
-- param attributes Array(String): only of these
-- param least UInt64: owner groups at least
-- param most UInt64: owner groups at most; more than that a pivot refuses anyway
-- returns: attribute, value, owners, issuances, certificates
-- order: by attribute and value
-- key: pivot_frequency by (snapshot, attribute)
SELECT attribute, value, max(owners) AS owner_count, max(issuances) AS issuances, max(certificates) AS certificates
FROM pivot_frequency
WHERE snapshot = {snapshot:String} AND attribute IN {attributes:Array(String)} AND owners BETWEEN {least:UInt64} AND {most:UInt64}
GROUP BY attribute, value
ORDER BY attribute, value
