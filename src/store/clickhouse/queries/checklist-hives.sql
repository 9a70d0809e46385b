-- Which whole hives of a host were read, told by a key that every one of them has. What such a hive does not have is not
-- there.
-- param host String: lower-case host name, whole or up to a dot; empty for all
-- returns: host_name, hive (software or system), snapshot_time, event_uid
-- order: by host_name, hive
-- key: registry_value by lower(registry_key)
SELECT
  toValidUTF8(lower(host_name)) AS host_name,
  if(lower(registry_key) = 'hklm\\software\\microsoft\\windows nt\\currentversion', 'software', 'system') AS hive,
  toString(max(ifNull(registry_snapshot_time, event_time))) AS snapshot_time,
  argMax(lower(hex(event_uid)), ifNull(registry_snapshot_time, event_time)) AS event_uid
FROM registry_value
WHERE lower(registry_key) IN ('hklm\\software\\microsoft\\windows nt\\currentversion', 'hklm\\system\\currentcontrolset\\control\\session manager')
  AND registry_operation = '' AND host_name != ''
  AND ({host:String} = '' OR lower(host_name) = {host:String} OR startsWith(lower(host_name), concat({host:String}, '.')))
GROUP BY host_name, hive
ORDER BY host_name, hive
