-- When each host started again, and when its registry was first taken whole, after its trust slots were put back.
-- param hosts Array(String): host names in lower case
-- param restored Array(Int64): for each of them, when: microseconds since the epoch
-- returns: host_name, started (microseconds; 0: never), taken (microseconds; 0: never)
-- order: by host_name
-- key: windows_event by (channel, event_id); registry_value whole, few columns
SELECT host AS host_name, maxIf(at_micro, is_start) AS started, maxIf(at_micro, NOT is_start) AS taken
FROM (
  SELECT
    lower(host_name) AS host, true AS is_start,
    minIf(toUnixTimestamp64Micro(event_time), toUnixTimestamp64Micro(event_time) > {restored:Array(Int64)}[indexOf({hosts:Array(String)}, lower(host_name))]) AS at_micro
  FROM windows_event
  WHERE channel = 'System' AND (event_id = 6005 OR (event_id = 12 AND provider_name = 'Microsoft-Windows-Kernel-General')) AND lower(host_name) IN {hosts:Array(String)}
  GROUP BY host
  UNION ALL
  SELECT
    lower(host_name) AS host, false AS is_start,
    minIf(toUnixTimestamp64Micro(assumeNotNull(registry_snapshot_time)), toUnixTimestamp64Micro(assumeNotNull(registry_snapshot_time)) > {restored:Array(Int64)}[indexOf({hosts:Array(String)}, lower(host_name))]) AS at_micro
  FROM registry_value
  WHERE registry_snapshot_time IS NOT NULL AND lower(host_name) IN {hosts:Array(String)}
    AND (startsWith(lower(registry_key), 'hklm\\software\\microsoft\\cryptography\\oid\\') OR startsWith(lower(registry_key), 'hklm\\software\\microsoft\\cryptography\\providers\\trust\\'))
  GROUP BY host
)
GROUP BY host
ORDER BY host
