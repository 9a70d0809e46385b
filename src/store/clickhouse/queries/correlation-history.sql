-- How many hosts there is any event of, and over how many days: what is rare is judged by it.
-- returns: hosts, days
-- order: one row
-- key: windows_event whole, two columns
SELECT
  uniqExact(lower(host_name)) AS hosts,
  if(count() = 0, 0, dateDiff('second', min(event_time), max(event_time)) / 86400) AS days
FROM windows_event
