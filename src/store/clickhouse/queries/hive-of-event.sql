-- Whose hive an event was read from was taken to be.
-- param uid String: event_uid in 32 hexadecimal digits
-- returns: host_name, mount (empty for registry text)
-- order: none, one row at most
-- key: registry_value by the bloom filter on event_uid
SELECT host_name, extra['mount'] AS mount
FROM registry_value
WHERE event_uid = unhex({uid:String})
LIMIT 1
