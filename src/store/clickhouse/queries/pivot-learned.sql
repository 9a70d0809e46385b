-- Values that a snapshot found to be shared by strangers.
-- param snapshot String: id of the snapshot
-- param attributes Array(String): of each value
-- param values Array(String): in the same order
-- returns: attribute, value, action, because, features, learned_at (ISO 8601, UTC), expires
-- order: by attribute and value
-- key: learned_suppression by (snapshot, attribute, value)
SELECT attribute, value, action, because, features, concat(replaceOne(toString(learned_at), ' ', 'T'), 'Z') AS learned, toString(expires) AS expires
FROM learned_suppression
WHERE snapshot = {snapshot:String} AND (attribute, value) IN arrayZip({attributes:Array(String)}, {values:Array(String)})
ORDER BY attribute, value, action
LIMIT 1 BY attribute, value
