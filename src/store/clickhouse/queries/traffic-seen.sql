-- The last days of traffic that was logged: from when, until when, and how many events of each kind.
-- param days UInt32: days before the newest event
-- returns: from, until (UTC; empty without any event), dns_query, tls_session, http_request, network_flow
-- order: none
-- key: tables of traffic by event_time
WITH
  (SELECT max(newest) FROM (
    SELECT max(event_time) AS newest FROM dns_query UNION ALL SELECT max(event_time) FROM tls_session
    UNION ALL SELECT max(event_time) FROM http_request UNION ALL SELECT max(event_time) FROM network_flow
  )) AS newest_event,
  newest_event - toIntervalDay({days:UInt32}) AS begin
SELECT
  if(toUnixTimestamp64Second(newest_event) = 0, '', toString(begin)) AS from,
  if(toUnixTimestamp64Second(newest_event) = 0, '', toString(newest_event)) AS until,
  (SELECT count() FROM dns_query WHERE event_time >= begin) AS dns_query,
  (SELECT count() FROM tls_session WHERE event_time >= begin) AS tls_session,
  (SELECT count() FROM http_request WHERE event_time >= begin) AS http_request,
  (SELECT count() FROM network_flow WHERE event_time >= begin) AS network_flow
