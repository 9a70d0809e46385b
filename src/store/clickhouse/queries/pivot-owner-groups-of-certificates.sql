-- Which owners of certificates belong together with others. An owner that is alone is absent.
-- param snapshot String: id of the snapshot
-- param ids Array(String): certificate_id, hexadecimal
-- returns: owner, owner_group
-- order: by owner
-- key: owner_group by (snapshot, owner); certificate by certificate_id
SELECT owner, any(owner_group) AS owner_group
FROM owner_group
WHERE snapshot = {snapshot:String} AND owner IN (
  SELECT owner FROM certificate WHERE certificate_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
)
GROUP BY owner
ORDER BY owner
