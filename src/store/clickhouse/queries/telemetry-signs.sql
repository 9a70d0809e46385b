-- Signs that a Windows host gives of its own telemetry: logs cleared, services stopped, policies changed, starts and
-- shutdowns, clocks set. For each host and sign the 100 newest, newest first, and how many there are. A sign with two
-- names of times counts only when these are at least a minute apart, or cannot be read: the time service sets clocks by a
-- little all day. The same place in every sign_ list belongs to the same sign. Counts record_key.
-- param hosts Array(String): host names in lower case
-- param channels Array(String): every channel of the signs
-- param event_ids Array(UInt32): every event id of the signs
-- param pairs Array(String): each channel and event id of a sign: channel, a space, id
-- param pair_signs Array(Array(UInt16)): for each of these the signs that it may be
-- param sign_providers Array(String): provider, in lower case
-- param sign_details Array(Array(String)): names of the fields to tell, as in the event, or message
-- param sign_times Array(Array(String)): names of the two fields with the times before and after; empty for most
-- returns: host_name, sign, events, event_time, event_uid, details
-- order: by host_name, then sign, which counts from 1, then newest first
-- key: windows_event by (channel, event_id)
WITH
  signs AS (
    SELECT
      toValidUTF8(lower(host_name)) AS host, event_time, lower(hex(event_uid)) AS uid, record_key,
      transform(concat(channel, ' ', toString(event_id)), {pairs:Array(String)}, arrayEnumerate({pairs:Array(String)}), 0) AS pair,
      arrayFirst(
        sign -> provider_name = '' OR {sign_providers:Array(String)}[sign] = lower(provider_name),
        {pair_signs:Array(Array(UInt16))}[pair]) AS sign_number,
      arrayMap(name -> substringUTF8(if(name = 'message', message, fields[name]), 1, 200), {sign_details:Array(Array(String))}[sign_number]) AS told,
      arrayMap(name -> parseDateTime64BestEffortOrNull(fields[name], 6, 'UTC'), {sign_times:Array(Array(String))}[sign_number]) AS times
    FROM windows_event
    WHERE channel IN {channels:Array(String)} AND event_id IN {event_ids:Array(UInt32)}
      AND pair > 0 AND host IN {hosts:Array(String)} AND sign_number > 0
      AND (length(times) != 2 OR ifNull(abs(dateDiff('second', times[1], times[2])) >= 60, true))
  ),
  once AS (
    SELECT host, sign_number, event_time, uid, told
    FROM signs
    ORDER BY event_time, uid
    LIMIT 1 BY host, sign_number, record_key
  ),
  newest AS (
    SELECT host, sign_number, count() AS event_count, groupArraySorted(100)((-toUnixTimestamp64Micro(event_time), uid, told)) AS chosen
    FROM once
    GROUP BY host, sign_number
  )
SELECT
  host AS host_name,
  sign_number AS sign,
  event_count AS events,
  toString(fromUnixTimestamp64Micro(-one.1, 'UTC')) AS event_time,
  one.2 AS event_uid,
  one.3 AS details
FROM newest
ARRAY JOIN chosen AS one
ORDER BY host_name, sign, one.1, one.2
