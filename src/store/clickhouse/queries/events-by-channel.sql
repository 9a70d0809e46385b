-- Which event ids of which Windows channels there are, and on how many hosts.
-- returns: channel, event_id, hosts
-- order: by channel, then event_id
-- key: windows_event whole, three columns
SELECT channel, event_id, uniqExact(lower(host_name)) AS hosts
FROM windows_event
GROUP BY channel, event_id
ORDER BY channel, event_id
