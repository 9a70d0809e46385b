-- Which owners belong together, at most so many.
-- param snapshot String: id of the snapshot
-- param most UInt32: rows at most
-- returns: owner, owner_group
-- order: by owner
-- key: owner_group by snapshot
SELECT owner, owner_group
FROM owner_group
WHERE snapshot = {snapshot:String}
ORDER BY owner
LIMIT {most:UInt32}
