-- {{name}}: REPLACE: the question this asks, in one sentence.
--
-- Params:  from DateTime64(6, 'UTC'), to DateTime64(6, 'UTC'): the half-open time span hunted through.
-- Returns: event_uid, event_time, entity; one row for each record that fires.
-- Order:   event_time, event_uid.
-- Key:     reads windows_event by (channel, event id, time).
SELECT
  event_uid,
  event_time,
  host_name AS entity
FROM windows_event
WHERE event_time >= {from:DateTime64(6, 'UTC')} AND event_time < {to:DateTime64(6, 'UTC')}
ORDER BY event_time, event_uid
