-- From where sessions were opened: the logon before a moment that has an id. Ids are used again after a restart of the host.
-- param hosts Array(String): lower-case host name of each question
-- param logons Array(String): id of its session, lower case
-- param moments Array(String): when the session did something, UTC
-- returns: host, logon_id, at, logon_type, source_address
-- order: by host, logon_id, at
-- key: windows_event by (channel, event_id)
WITH asked AS (
  SELECT one.1 AS asked_host, one.2 AS asked_logon, one.3 AS at
  FROM (SELECT arrayJoin(arrayZip({hosts:Array(String)}, {logons:Array(String)}, {moments:Array(String)})) AS one)
)
SELECT
  asked_host AS host, asked_logon AS logon_id, at,
  argMax(fields['LogonType'], event_time) AS logon_type,
  toValidUTF8(argMax(fields['IpAddress'], event_time)) AS source_address
FROM windows_event
INNER JOIN asked ON lower(host_name) = asked_host AND lower(fields['TargetLogonId']) = asked_logon
WHERE channel = 'Security' AND event_id = 4624 AND event_time <= parseDateTime64BestEffortOrZero(at, 6, 'UTC')
GROUP BY asked_host, asked_logon, at
ORDER BY host, logon_id, at
