-- Which process started these, where that says anything: a parent that has everything below it is told as ''.
-- param processes Array(String): process_entity_id of each
-- param intel String: snapshot of the reference data
-- returns: process, parent
-- order: by process
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue, key)
WITH (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'session-roots' AND key = 'executable') AS session_roots
SELECT
  process_entity_id AS process,
  min(if(has(session_roots, lower(arrayElement(splitByChar('\\', parent_process_executable), -1))), '', parent_process_entity_id)) AS parent
FROM windows_event
WHERE channel IN ('Microsoft-Windows-Sysmon/Operational', 'Security') AND event_id IN (1, 4688) AND process_entity_id IN {processes:Array(String)}
GROUP BY process
ORDER BY process
