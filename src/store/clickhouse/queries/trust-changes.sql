-- Changes of what Windows hosts trust, as events tell them: what is written into the trust ledger (docs/trust-ledger.md).
--
-- Certificates in stores but My, slots of SIPs and trust providers, and the settings of the catalogue trust-policies. Sysmon and
-- Security telling of one change are two tellings. Creating a key changes nothing; 4663 and 4660 do not say what was written.
-- Events stored before migration 0006 have no registry_key and are passed over.
-- param intel String: snapshot of the reference data
-- param first UInt64: the first ingest_sequence to look at
-- returns: host, object_kind, object, operation, before, after (both empty: not told), event_time, process, process_entity_id, command_line, parent, user_name, user_id, logon_id, uid, evidence, record_number, record_key, thumbprint
-- order: by event_time, then uid
-- key: windows_event by (channel, event_id) and the minmax index on ingest_sequence; intel_entry by (snapshot, catalogue, key)
WITH
  (SELECT arrayStringConcat(groupArray(value), '|') FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'trust-policies' AND key = 'path_pattern') AS policy_pattern,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-stores' AND key = 'store') AS stores,
  told AS (
    SELECT
      event_time, event_uid, toString(evidence_id) AS evidence, record_number, record_key, lower(host_name) AS host, toString(registry_view) AS view,
      process_executable, process_entity_id, process_command_line, parent_process_executable, user_name, user_id, logon_id,
      registry_data, registry_data_before, toString(registry_operation) AS operation_told,
      lower(replaceAll(if(registry_value = '' AND operation_told != 'value_set', registry_key, concat(registry_key, '\\', registry_value)), '\\', '/')) AS place
    FROM windows_event
    WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (12, 13, 14)) OR (channel = 'Security' AND event_id = 4657))
      AND ingest_sequence >= {first:UInt64} AND registry_key != '' AND registry_operation IN ('value_set', 'value_deleted', 'key_deleted', 'key_renamed')
  ),
  placed AS (
    SELECT
      event_time, event_uid, evidence, record_number, record_key, host, view, place, operation_told, registry_data, registry_data_before,
      process_executable, process_entity_id, process_command_line, parent_process_executable, user_name, user_id, logon_id,
      extractGroups(place, '^(.*/(?:systemcertificates|enterprisecertificates)/([^/]+))/certificates/([0-9a-f]{40})(/blob)?$') AS stored,
      extractGroups(place, '^hklm/software/microsoft/cryptography/(?:oid/encodingtype 0/(cryptsipdll[a-z0-9]+)|providers/trust/(initialization|message|signature|certificate|certcheck|finalpolicy|diagnosticpolicy|cleanup))/([{][0-9a-f-]{36}[}])(?:/([$]?dll|funcname|[$]function))?$') AS slot,
      notEmpty(stored) AND has(stores, stored[2]) AND stored[2] != 'my' AS is_certificate,
      notEmpty(slot) AS is_slot,
      policy_pattern != '' AND match(if(operation_told IN ('key_deleted', 'key_renamed'), concat(place, '/'), place), policy_pattern) AS is_policy
    FROM told
  )
SELECT
  toValidUTF8(host) AS host,
  multiIf(is_certificate, 'certificate', is_slot, 'slot', 'policy') AS object_kind,
  toValidUTF8(substring(multiIf(
    is_certificate, concat(replaceAll(stored[1], '/', '\\'), '|', stored[3]),
    is_slot, concat(if(view = 'x86', 'x86', 'x64'), '|', slot[1], slot[2], '|', slot[3], '|', slot[4]),
    concat(if(view = 'x86', 'x86|', ''), replaceAll(place, '/', '\\'))), 1, 2000)) AS object,
  if(operation_told = 'value_set', 'set', 'deleted') AS operation,
  if(registry_data_before = '-' OR is_certificate, '', toValidUTF8(registry_data_before)) AS before,
  if(operation_told != 'value_set' OR is_certificate OR registry_data IN ('-', 'Binary Data'), '', toValidUTF8(registry_data)) AS after,
  formatDateTime(event_time, '%Y-%m-%dT%H:%i:%S.%fZ') AS event_time,
  toValidUTF8(process_executable) AS process,
  process_entity_id,
  toValidUTF8(process_command_line) AS command_line,
  toValidUTF8(parent_process_executable) AS parent,
  toValidUTF8(user_name) AS user_name,
  user_id,
  logon_id,
  lower(hex(event_uid)) AS uid,
  evidence,
  record_number,
  lower(hex(record_key)) AS record_key,
  if(is_certificate, stored[3], '') AS thumbprint
FROM placed
WHERE (is_certificate AND (stored[4] != '' OR operation_told != 'value_set')) OR is_slot OR is_policy
ORDER BY placed.event_time, placed.event_uid
LIMIT 1 BY placed.record_key
