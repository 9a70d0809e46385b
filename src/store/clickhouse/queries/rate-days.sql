-- Days on which somebody reached the floor of a category in some hour.
-- param family String: the baseline
-- param revision String: of the baseline and of the reference data that it was taken with
-- param categories Array(String): what is counted apart
-- param floors Array(UInt64): least count in an hour, of each category
-- param most_days UInt32: how many, the newest
-- returns: day (2026-10-05)
-- order: newest first
-- key: activity by (family, revision)
SELECT DISTINCT toString(day) AS day
FROM (
  SELECT toDate(hour, 'UTC') AS day, length(members) AS x, {floors:Array(UInt64)}[indexOf({categories:Array(String)}, toString(category))] AS floor
  FROM activity FINAL
  WHERE family = {family:String} AND revision = {revision:String} AND has({categories:Array(String)}, toString(category))
)
WHERE x >= floor
ORDER BY day DESC
LIMIT {most_days:UInt32}
