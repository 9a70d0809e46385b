-- A fleet's Windows events, made by the engine itself: {events} rows on {hosts} hosts over thirty days. One in a thousand is a
-- signal: a root, a slot, a module that a slot was pointed at, an unsigned program, a service. The rest is what machines say
-- all day: processes, modules of Windows, registry values and files that concern no one.
-- param events UInt64: how many
-- param hosts UInt64: on how many hosts
-- returns: rows for windows_event
-- order: none
INSERT INTO windows_event (event_uid, record_key, evidence_id, record_number, ingest_sequence, source, event_time, channel, event_id, provider_name, host_name, record_id,
  user_name, user_id, logon_id, process_entity_id, process_executable, process_command_line, parent_process_entity_id, parent_process_executable,
  registry_path, registry_key, registry_value, registry_data, registry_operation, dll_path, file_path, code_signature_signed, code_signature_status, service_name, fields)
SELECT
  toFixedString(substring(SHA256(toString(number)), 1, 16), 16), toFixedString(substring(SHA256(concat('k', toString(number))), 1, 16), 16), 'bench', number, number, 'bench',
  toDateTime64('2026-03-01 00:00:00', 6, 'UTC') + toIntervalMillisecond(intHash64(number) % (30 * 86400000)) AS at,
  if(kind = 'service', 'System', 'Microsoft-Windows-Sysmon/Operational'), 
  transform(kind, ['service', 'run', 'module', 'registry', 'file', 'root', 'slot', 'slot_module', 'unsigned'], [7045, 1, 7, 13, 11, 13, 13, 7, 7], 1) AS id,
  if(kind = 'service', 'Service Control Manager', 'Microsoft-Windows-Sysmon'), concat('ws-', toString(host), '.fleet.example'), number,
  concat('FLEET\\u', toString(host)), concat('S-1-5-21-1-2-3-', toString(host)), concat('0x', lower(hex(host * 7 + intDiv(number, 50000)))),
  if(kind = 'service', '', concat('{', lower(hex(sipHash64(host, intDiv(number, 200)))), '}')), 
  multiIf(kind = 'unsigned', dropped, kind IN ('root', 'slot'), 'C:\\Windows\\System32\\reg.exe', concat('C:\\Windows\\System32\\p', toString(intHash64(number) % 400), '.exe')),
  if(kind = 'run', concat('p', toString(intHash64(number) % 400), '.exe -k ', toString(intHash64(number + 1) % 5000)), ''),
  concat('{', lower(hex(sipHash64(host, intDiv(number, 2000)))), '}'), 'C:\\Windows\\System32\\cmd.exe',
  if(key = '', '', concat(key, '\\', value_name)), key, value_name,
  multiIf(kind = 'slot', dropped_dll, kind = 'registry', toString(intHash64(number) % 3), kind = 'root', 'Binary Data', ''),
  if(key = '', '', 'value_set'),
  multiIf(kind = 'module', concat('C:\\Windows\\System32\\m', toString(intHash64(number) % 3000), '.dll'), kind = 'slot_module', dropped_dll, kind = 'unsigned', dropped, ''),
  if(kind = 'file', concat('C:\\Windows\\Prefetch\\P', toString(intHash64(number) % 5000), '.pf'), ''),
  if(kind IN ('module'), 'true', if(kind IN ('unsigned', 'slot_module'), 'false', '')), multiIf(kind = 'module', 'Valid', kind IN ('unsigned', 'slot_module'), 'Unavailable', ''),
  if(kind = 'service', 'up', ''), if(kind = 'service', map('ServiceName', concat('up', toString(number)), 'ImagePath', dropped), map())
FROM (
  SELECT
    number, intHash64(intDiv(number, 5)) % {hosts:UInt64} AS host, number % 1000 < 1 AS is_signal,
    if(is_signal, ['root', 'slot', 'slot_module', 'unsigned', 'service'][1 + intDiv(number, 1000) % 5], ['run', 'module', 'module', 'module', 'module', 'registry', 'registry', 'file'][1 + intHash64(number + 7) % 8]) AS kind,
    concat('C:\\Users\\u\\AppData\\Roaming\\up\\f', toString(host % 10), '.exe') AS dropped, concat('C:\\Users\\u\\AppData\\Roaming\\up\\f', toString(host % 10), '.dll') AS dropped_dll,
    multiIf(
      kind = 'root', concat('HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\Root\\Certificates\\', hex(SHA1(toString(intHash64(number) % 50)))),
      kind = 'slot', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography\\OID\\EncodingType 0\\CryptSIPDllVerifyIndirectData\\{C689AAB8-8E78-11D0-8C47-00C04FC295EE}',
      kind = 'registry', concat('HKLM\\SOFTWARE\\Vendor\\App', toString(intHash64(number) % 2000)), '') AS key,
    multiIf(kind = 'root', 'Blob', kind = 'slot', 'Dll', kind = 'registry', 'Setting', '') AS value_name
  FROM numbers({events:UInt64})
)
