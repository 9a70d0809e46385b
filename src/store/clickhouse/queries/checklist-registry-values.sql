-- What single registry values stand at, by whoever told it last: a hive, or an event that set or deleted them. Text of .reg
-- files says what would be done, and counts for nothing. In a hive of several control sets only the current one counts.
-- param host String: lower-case host name, whole or up to a dot; empty for all
-- param places Array(String): registry_key, a slash and registry_value, in lower case with slashes for backslashes
-- returns: host_name, place, view (empty or x86), data, deleted, told_by (hive, Sysmon or Security), event_time, event_uid
-- order: by host_name, place, view
-- key: windows_event by (channel, event_id); registry_value by lower(registry_key)
SELECT
  host AS host_name,
  place,
  view,
  tupleElement(argMax((value_told, gone, teller, uid), time), 1) AS data,
  tupleElement(argMax((value_told, gone, teller, uid), time), 2) AS deleted,
  tupleElement(argMax((value_told, gone, teller, uid), time), 3) AS told_by,
  toString(max(time)) AS event_time,
  tupleElement(argMax((value_told, gone, teller, uid), time), 4) AS event_uid
FROM (
  SELECT
    toValidUTF8(lower(host_name)) AS host, event_time AS time, lower(hex(event_uid)) AS uid,
    lower(replaceAll(concat(registry_key, '\\', registry_value), '\\', '/')) AS place,
    toString(registry_view) AS view,
    substringUTF8(registry_data, 1, 200) AS value_told,
    false AS gone,
    'hive' AS teller
  FROM registry_value
  WHERE lower(registry_key) IN (SELECT replaceAll(substring(one, 1, length(one) - position(reverse(one), '/')), '/', '\\') FROM (SELECT arrayJoin({places:Array(String)}) AS one))
    AND place IN {places:Array(String)} AND registry_operation = '' AND ifNull(registry_control_set_current, true)
  UNION ALL
  SELECT
    toValidUTF8(lower(host_name)) AS host, event_time AS time, lower(hex(event_uid)) AS uid,
    lower(replaceAll(concat(registry_key, '\\', registry_value), '\\', '/')) AS place,
    toString(registry_view) AS view,
    substringUTF8(registry_data, 1, 200) AS value_told,
    event_id = 12 OR registry_operation = 'value_deleted' AS gone,
    if(channel = 'Security', 'Security', 'Sysmon') AS teller
  FROM windows_event
  WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND (event_id = 13 OR (event_id = 12 AND registry_operation = 'value_deleted'))) OR (channel = 'Security' AND event_id = 4657))
    AND place IN {places:Array(String)}
)
WHERE {host:String} = '' OR host = {host:String} OR startsWith(host, concat({host:String}, '.'))
GROUP BY host_name, place, view
ORDER BY host_name, place, view
