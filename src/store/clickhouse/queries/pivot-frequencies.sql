-- How many have values, as a snapshot counted them. A value that only one certificate has is absent.
-- param snapshot String: id of the snapshot
-- param attributes Array(String): of each value
-- param values Array(String): in the same order
-- returns: attribute, value, owners, issuances, certificates
-- order: none
-- key: pivot_frequency by (snapshot, attribute, value)
SELECT attribute, value, owners, issuances, certificates
FROM pivot_frequency
WHERE snapshot = {snapshot:String} AND (attribute, value) IN arrayZip({attributes:Array(String)}, {values:Array(String)})
