-- Since when addresses and hosts are known here, by whatever log.
-- param addresses Array(String): IPv4 or IPv6
-- param hosts Array(String): names in lower case
-- param until DateTime64(6, 'UTC'): what is later does not count
-- returns: value (as asked), first_seen, last_seen (UTC), events, event_uid (of the first)
-- order: value
-- key: scans of one column of the tables of traffic; windows_event by host_name
SELECT value, toString(min(first)) AS first_seen, toString(max(last)) AS last_seen, sum(n) AS events, argMin(uid, (first, uid)) AS event_uid
FROM (
  SELECT replaceRegexpOne(IPv6NumToString(ip), '^::ffff:', '') AS value, min(event_time) AS first, max(event_time) AS last, count() AS n, argMin(lower(hex(event_uid)), (event_time, event_uid)) AS uid
  FROM (
    SELECT assumeNotNull(source_ip) AS ip, event_time, event_uid FROM network_flow WHERE source_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)}))) AND event_time <= {until:DateTime64(6, 'UTC')}
    UNION ALL
    SELECT assumeNotNull(source_ip), event_time, event_uid FROM tls_session WHERE source_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)}))) AND event_time <= {until:DateTime64(6, 'UTC')}
    UNION ALL
    SELECT assumeNotNull(source_ip), event_time, event_uid FROM dns_query WHERE source_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)}))) AND event_time <= {until:DateTime64(6, 'UTC')}
    UNION ALL
    SELECT assumeNotNull(source_ip), event_time, event_uid FROM http_request WHERE source_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)}))) AND event_time <= {until:DateTime64(6, 'UTC')}
  )
  GROUP BY ip
  UNION ALL
  SELECT lower(host_name) AS value, min(event_time), max(event_time), count(), argMin(lower(hex(event_uid)), (event_time, event_uid))
  FROM windows_event
  WHERE lower(host_name) IN (SELECT arrayJoin({hosts:Array(String)})) AND event_time <= {until:DateTime64(6, 'UTC')}
  GROUP BY value
)
GROUP BY value
ORDER BY value
