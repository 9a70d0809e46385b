-- Which witnesses spoke on each Windows host, how often and in which hours. A probe is a question to every event: does it
-- come from this channel and provider, has it one of these ids, is the subject filled, does the subject hold one of these
-- texts? An event may answer several; those of one event have one subject. An event without a provider's name passes for
-- any. Texts and providers are in lower case. Hours and their runs are as in telemetry-channels.
-- param hosts Array(String): host names in lower case
-- param channels Array(String): every channel of the probes
-- param event_ids Array(UInt32): every event id of the probes
-- param pairs Array(String): each channel with each of its event ids that a probe asks about: channel, a space, id
-- param pair_probes Array(Array(UInt16)): for each of these the probes that ask about it
-- param probe_providers Array(String): provider, in lower case
-- param probe_subjects Array(String): registry, process_command_line, script_text, dll_path, file_path; empty: none is needed
-- param probe_needs_text Array(UInt8): 1 when the subject must hold a text, 0 when it need only be filled
-- param texts Array(String): every text of the probes; at most 255, as many as the engine looks for at once
-- param text_probes Array(Array(UInt16)): for each of these the probes that are content with it
-- param picked_sources Array(String): sources whose rows somebody picked by a rule or a query; they are told apart
-- param picked_marks Array(String): for each of them a name in extra; empty: all of its rows were picked
-- param picked_having Array(UInt8): 1: the rows with that name were picked, 0: those without it
-- returns: host_name, probe, picked (0 or 1), events, first_seen, last_seen, hours, run_starts, run_ends, runs_left_out
-- order: by host_name, then probe, which counts from 1, then picked
-- key: windows_event by (channel, event_id); evidence as a whole
WITH
  (SELECT if(count() = 0, toDateTime64('2299-01-01', 6, 'UTC'), max(read_at) + toIntervalMinute(10)) FROM evidence) AS latest_time,
  asked AS (
    SELECT
      toValidUTF8(lower(host_name)) AS host, event_time,
      indexOf({picked_sources:Array(String)}, source) AS pick,
      pick > 0 AND ({picked_marks:Array(String)}[pick] = ''
        OR has(mapKeys(extra), {picked_marks:Array(String)}[pick]) = ({picked_having:Array(UInt8)}[pick] = 1)) AS was_picked,
      transform(concat(channel, ' ', toString(event_id)), {pairs:Array(String)}, arrayEnumerate({pairs:Array(String)}), 0) AS pair,
      arrayFilter(
        probe -> {probe_providers:Array(String)}[probe] = '' OR provider_name = '' OR {probe_providers:Array(String)}[probe] = lower(provider_name),
        {pair_probes:Array(Array(UInt16))}[pair]) AS by_id,
      arrayFirst(name -> name != '', arrayMap(probe -> {probe_subjects:Array(String)}[probe], by_id)) AS subject_name,
      lower(multiIf(
        subject_name = '', '',
        subject_name = 'registry', if(registry_key = '', registry_path, concat(registry_key, '\\', registry_value)),
        subject_name = 'process_command_line', process_command_line,
        subject_name = 'script_text', script_text,
        subject_name = 'dll_path', dll_path,
        subject_name = 'file_path', file_path,
        '')) AS subject,
      arrayFlatten(arrayMap(text -> {text_probes:Array(Array(UInt16))}[text],
        arrayFilter((text, position) -> position > 0, arrayEnumerate({texts:Array(String)}), multiSearchAllPositions(subject, {texts:Array(String)})))) AS content,
      arrayFilter(
        probe -> {probe_subjects:Array(String)}[probe] = ''
          OR (subject != '' AND ({probe_needs_text:Array(UInt8)}[probe] = 0 OR has(content, probe))),
        by_id) AS answered
    FROM windows_event
    WHERE channel IN {channels:Array(String)} AND event_id IN {event_ids:Array(UInt32)} AND pair > 0
      AND host IN {hosts:Array(String)}
  ),
  spoken AS (
    SELECT
      host, probe, was_picked, count() AS event_count, min(event_time) AS first, max(event_time) AS last,
      arraySort(bitmapToArray(groupBitmapStateIf(
        toUInt32(greatest(0, intDiv(toUnixTimestamp64Micro(event_time), 3600000000))),
        event_time >= toDateTime64('2000-01-01', 6, 'UTC') AND event_time <= latest_time))) AS hour_list
    FROM asked
    ARRAY JOIN answered AS probe
    GROUP BY host, probe, was_picked
  ),
  runs AS (
    SELECT
      host, probe, was_picked, event_count, first, last, hour_list, arrayDifference(hour_list) AS steps,
      arrayFilter((hour, step) -> step != 1, hour_list, steps) AS starts,
      arrayFilter((hour, step) -> step != 1, hour_list, if(empty(steps), steps, arrayPushBack(arrayPopFront(steps), 0))) AS ends
    FROM spoken
  )
SELECT
  host AS host_name,
  probe,
  was_picked AS picked,
  event_count AS events,
  toString(first) AS first_seen,
  toString(last) AS last_seen,
  length(hour_list) AS hours,
  arraySlice(starts, -5000) AS run_starts,
  arraySlice(ends, -5000) AS run_ends,
  greatest(0, length(starts) - 5000) AS runs_left_out
FROM runs
ORDER BY host_name, probe, picked
