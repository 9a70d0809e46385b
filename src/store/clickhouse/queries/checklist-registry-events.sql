-- Registry events below places that a checklist names, as proof that they are watched: for each host, place, witness and
-- view how many there are, and the newest. A place is a LIKE pattern over registry_key, a slash and registry_value, in lower
-- case with slashes for backslashes. Counts record_key.
-- param host String: lower-case host name, whole or up to a dot; empty for all
-- param places Array(String): LIKE patterns
-- returns: host_name, place, witness (Sysmon or Security), view (empty or x86), events, last_seen, event_uid
-- order: by host_name, place, witness, view
-- key: windows_event by (channel, event_id)
SELECT
  host AS host_name,
  place,
  witness,
  view,
  uniqExact(record_key) AS events,
  toString(max(event_time)) AS last_seen,
  argMax(uid, event_time) AS event_uid
FROM (
  SELECT
    toValidUTF8(lower(host_name)) AS host, event_time, record_key, lower(hex(event_uid)) AS uid,
    if(channel = 'Security', 'Security', 'Sysmon') AS witness,
    toString(registry_view) AS view,
    lower(replaceAll(concat(registry_key, '\\', registry_value), '\\', '/')) AS told,
    arrayFilter(pattern -> like(told, pattern), {places:Array(String)}) AS found
  FROM windows_event
  WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (12, 13, 14)) OR (channel = 'Security' AND event_id = 4657))
    AND registry_key != '' AND notEmpty(found)
)
ARRAY JOIN found AS place
WHERE {host:String} = '' OR host = {host:String} OR startsWith(host, concat({host:String}, '.'))
GROUP BY host_name, place, witness, view
ORDER BY host_name, place, witness, view
