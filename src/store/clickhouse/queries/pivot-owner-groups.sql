-- Which owners belong together. An owner that is alone is absent.
-- param snapshot String: id of the snapshot
-- param owners Array(String): smallest registrable domains
-- returns: owner, owner_group
-- order: by owner
-- key: owner_group by (snapshot, owner)
SELECT owner, any(owner_group) AS owner_group
FROM owner_group
WHERE snapshot = {snapshot:String} AND owner IN {owners:Array(String)}
GROUP BY owner
ORDER BY owner
