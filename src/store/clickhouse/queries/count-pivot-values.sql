-- Counts for one attribute how many have each value that two certificates have. The inner question reads the key in its
-- order and keeps only those, so that a column of hashes costs no memory.
-- param snapshot String: id of the snapshot
-- param attribute String: the attribute
-- returns: nothing
-- order: none
-- key: certificate_pivot by attribute; writes pivot_frequency
INSERT INTO pivot_frequency (snapshot, attribute, value, owners, issuances, certificates)
SELECT {snapshot:String}, {attribute:String}, p.value, uniqExact(if(g.owner_group = '', p.owner, g.owner_group)), uniqExact(p.issuance), uniqExact(p.certificate_id)
FROM certificate_pivot AS p
LEFT JOIN (SELECT owner, owner_group FROM owner_group WHERE snapshot = {snapshot:String}) AS g ON g.owner = p.owner
WHERE p.attribute = {attribute:String} AND p.value IN (
  SELECT value FROM certificate_pivot WHERE attribute = {attribute:String} GROUP BY value HAVING min(certificate_id) != max(certificate_id)
)
GROUP BY p.value
HAVING uniqExact(p.certificate_id) > 1
