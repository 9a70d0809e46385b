-- What started the processes that changed something, by the records of their creation.
-- param processes Array(String): process_entity_id of each
-- returns: process_entity_id, command_line, parent, logon_id, user_name
-- order: by process_entity_id
-- key: windows_event by (channel, event_id)
SELECT
  process_entity_id, toValidUTF8(min(process_command_line)) AS command_line, toValidUTF8(min(parent_process_executable)) AS parent,
  min(logon_id) AS logon_id, toValidUTF8(min(user_name)) AS user_name
FROM windows_event
WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 1) OR (channel = 'Security' AND event_id = 4688))
  AND process_entity_id IN {processes:Array(String)}
GROUP BY process_entity_id
ORDER BY process_entity_id
