-- What a baseline has seen: from when to when, how many days and hours, and how much of that could be judged.
--
-- A day can be judged when telemetry was there on enough days of the history before it. The state is that of the newest
-- day: a baseline whose telemetry was away for a month learns again.
-- param family String: the baseline
-- param revision String: of the baseline and of the reference data that it was taken with
-- param history_days UInt16: length of the history, in days
-- param learning_days UInt16: days with telemetry within the history, below which nothing is said
-- returns: days, hours, entities, first_day, last_day, evaluable_days, learned_days (before the last day)
-- order: none, one row; days is 0 when there is nothing
-- key: activity_presence by (family, revision)
SELECT
  count() AS days, sum(bitCount(mask)) AS hours,
  (SELECT uniqExact(entity) FROM activity_presence WHERE family = {family:String} AND revision = {revision:String} AND entity != '') AS entities,
  toString(min(day)) AS first_day, toString(max(day)) AS last_day,
  countIf(learned >= {learning_days:UInt16}) AS evaluable_days,
  argMax(learned, day) AS learned_days
FROM (
  SELECT
    day, mask,
    length(arrayFilter(one -> one < day AND one + {history_days:UInt16} >= day, groupArray(400)(day) OVER (ORDER BY day ROWS BETWEEN 400 PRECEDING AND 1 PRECEDING))) AS learned
  FROM (
    SELECT day, groupBitOr(hours) AS mask
    FROM activity_presence
    WHERE family = {family:String} AND revision = {revision:String}
    GROUP BY day
  )
)
