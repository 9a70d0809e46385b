-- How much each channel of each Windows host has to say, and in which hours. Counts records as stored: one event read out
-- of two files counts twice. An hour is a whole hour since 1970 UTC; a run is a stretch of hours each with an event, from
-- its first to its last, both included. At most the 5,000 newest runs are told, and how many were left out. Times before
-- 2000, or ten minutes after the newest reading, are of a wrong clock: they count, but are in no hour.
-- param hosts Array(String): host names in lower case
-- param picked_sources Array(String): sources whose rows somebody picked by a rule or a query; they are told apart
-- param picked_marks Array(String): for each of them a name in extra; empty: all of its rows were picked
-- param picked_having Array(UInt8): 1: the rows with that name were picked, 0: those without it
-- returns: host_name, channel, picked (0 or 1), sources (at most 20), events, before_2000, first_seen, last_seen, days, hours, run_starts, run_ends, runs_left_out
-- order: by host_name, then channel, then picked
-- key: windows_event as a whole, four columns of it and the names in extra; evidence as a whole
WITH
  (SELECT if(count() = 0, toDateTime64('2299-01-01', 6, 'UTC'), max(read_at) + toIntervalMinute(10)) FROM evidence) AS latest_time,
  spoken AS (
    WITH indexOf({picked_sources:Array(String)}, source) AS pick
    SELECT
      toValidUTF8(lower(host_name)) AS host, channel,
      pick > 0 AND ({picked_marks:Array(String)}[pick] = ''
        OR has(mapKeys(extra), {picked_marks:Array(String)}[pick]) = ({picked_having:Array(UInt8)}[pick] = 1)) AS was_picked,
      groupUniqArray(20)(toString(source)) AS told_by,
      count() AS event_count, countIf(event_time < toDateTime64('2000-01-01', 6, 'UTC')) AS early,
      min(event_time) AS first, max(event_time) AS last,
      arraySort(bitmapToArray(groupBitmapStateIf(
        toUInt32(greatest(0, intDiv(toUnixTimestamp64Micro(event_time), 3600000000))),
        event_time >= toDateTime64('2000-01-01', 6, 'UTC') AND event_time <= latest_time))) AS hour_list
    FROM windows_event
    WHERE host IN {hosts:Array(String)}
    GROUP BY host, channel, was_picked
  ),
  runs AS (
    SELECT
      host, channel, was_picked, told_by, event_count, early, first, last, hour_list, arrayDifference(hour_list) AS steps,
      arrayFilter((hour, step) -> step != 1, hour_list, steps) AS starts,
      arrayFilter((hour, step) -> step != 1, hour_list, if(empty(steps), steps, arrayPushBack(arrayPopFront(steps), 0))) AS ends
    FROM spoken
  )
SELECT
  host AS host_name,
  channel,
  was_picked AS picked,
  arraySort(told_by) AS sources,
  event_count AS events,
  early AS before_2000,
  toString(first) AS first_seen,
  toString(last) AS last_seen,
  arrayUniq(arrayMap(hour -> intDiv(hour, 24), hour_list)) AS days,
  length(hour_list) AS hours,
  arraySlice(starts, -5000) AS run_starts,
  arraySlice(ends, -5000) AS run_ends,
  greatest(0, length(starts) - 5000) AS runs_left_out
FROM runs
ORDER BY host_name, channel, picked
