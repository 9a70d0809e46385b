-- How many hours telemetry was there, work hours and others, before each day on which it was. The first row stands before
-- all days, so that there is always one.
-- param family String: the baseline
-- param revision String: of the baseline and of the reference data that it was taken with
-- param work_days Array(UInt8): 1 is Monday
-- param work_from UInt8: hour at which work begins, in the time zone
-- param work_to UInt8: hour at which it has ended
-- param time_zone String: name in the IANA database
-- returns: day (2026-10-05), work_before, other_before
-- order: by day
-- key: activity_presence by (family, revision)
SELECT
  toString(day) AS day,
  toUInt32(sum(work) OVER (ORDER BY day) - work) AS work_before,
  toUInt32(sum(bitCount(mask) - work) OVER (ORDER BY day) - (bitCount(mask) - work)) AS other_before
FROM (
  SELECT
    day, mask,
    arrayCount(hour -> bitTest(mask, hour)
      AND has({work_days:Array(UInt8)}, toDayOfWeek(toDateTime(day, 'UTC') + toIntervalHour(hour), 0, {time_zone:String}))
      AND toHour(toDateTime(day, 'UTC') + toIntervalHour(hour), {time_zone:String}) >= {work_from:UInt8}
      AND toHour(toDateTime(day, 'UTC') + toIntervalHour(hour), {time_zone:String}) < {work_to:UInt8}, range(24)) AS work
  FROM (
    SELECT day, groupBitOr(hours) AS mask
    FROM activity_presence
    WHERE family = {family:String} AND revision = {revision:String}
    GROUP BY day
    UNION ALL
    SELECT toDate(0), toUInt32(0)
  )
)
ORDER BY day
