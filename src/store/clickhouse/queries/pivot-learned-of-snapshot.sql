-- The values that a snapshot found to be shared by strangers, all of them where they are few.
-- param snapshot String: id of the snapshot
-- param most UInt32: rows
-- returns: attribute, value, action, because, features, learned_at (ISO 8601, UTC), expires
-- order: by attribute and value
-- key: learned_suppression by snapshot
SELECT attribute, value, action, because, features, concat(replaceOne(toString(learned_at), ' ', 'T'), 'Z') AS learned, toString(expires) AS expires
FROM learned_suppression
WHERE snapshot = {snapshot:String}
ORDER BY attribute, value, action
LIMIT 1 BY attribute, value
LIMIT {most:UInt32}
