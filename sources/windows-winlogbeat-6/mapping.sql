-- Windows events as Winlogbeat wrote them up to 6.8, before the Elastic Common Schema: event_data and the system fields
-- at the top (Winlogbeat reference 6.8, "Exported fields"; seen in OTRF Security-Datasets of 2019, versions 6.5 and 6.7).
--
-- Assumed of time: @timestamp is the event's own, UTC.
SELECT
  CAST(arrayMap(pair -> (replaceAll(pair.1, ' ', ''), pair.2), arrayConcat(
    JSONExtractKeysAndValues(ifNull(event_data, '{}'), 'String'),
    JSONExtractKeysAndValues(ifNull(user_data, '{}'), 'String'))), 'Map(LowCardinality(String), String)') AS fields,
  fields AS data,
  log_name AS log,
  ifNull(computer_name, '') AS host,
  ifNull(record.message, '') AS text,
  if(substring(fields['UtcTime'], 5, 1) = '-', parseDateTime64BestEffortOrNull(fields['UtcTime'], 6, 'UTC'), NULL) AS utc_time,
  "@timestamp" AS system_time,
  record.event_id AS event_id,
  source_name AS provider_name,
  record_number AS record_id,
  -- From here on the same in every windows mapping: `data` is the event data by its original names.
  --
  -- Sysmon's UtcTime is the time of the event, but for connections (3) and DNS queries (22): there it is hours to days
  -- off in every third record of OTRF, and is taken only where it agrees with the log's time but for whole quarters of
  -- an hour.
  dateDiff('second', system_time, utc_time) AS drift,
  if(provider_name = 'Microsoft-Windows-Sysmon' AND utc_time IS NOT NULL AND (event_id NOT IN (3, 22)
      OR (abs(drift) <= 72000 AND abs(drift - round(drift / 900) * 900) <= 60)),
    assumeNotNull(utc_time), system_time) AS event_time,
  --
  -- A record is the same event when host, channel, event id and record id agree, and so does its second within the
  -- quarter of an hour: a collector without time zone is off by quarters of an hour, and a log that was cleared begins
  -- its record ids again. The host is the Computer element whole, in lower case: every collector copies it, and dc01.a
  -- and dc01.b are two. Without record id the log's time and all of the data, in any order, stand for the event.
  arrayConcat(
    ['windows', lower(host), channel, toString(event_id), ifNull(toString(record_id), '')],
    if(record_id IS NOT NULL,
      [toString(positiveModulo(intDiv(toUnixTimestamp64Micro(event_time), 1000000), 900))],
      [toString(system_time), toString(sipHash64(text)),
        toString(arraySum(arrayMap((name, value) -> sipHash64(name, value), mapKeys(data), mapValues(data))))])
  ) AS identity,
  transform(lower(log), arrayMap(name -> lower(name), [
    'Application', 'DFS Replication', 'DNS Server', 'Directory Service', 'ForwardedEvents', 'Security', 'Setup', 'System',
    'Windows PowerShell', 'PowerShellCore/Operational', 'AD FS/Admin', 'AD FS Tracing/Debug',
    'Microsoft-Windows-AppLocker/EXE and DLL', 'Microsoft-Windows-AppLocker/MSI and Script',
    'Microsoft-Windows-AppLocker/Packaged app-Deployment', 'Microsoft-Windows-AppLocker/Packaged app-Execution',
    'Microsoft-Windows-Bits-Client/Operational', 'Microsoft-Windows-CAPI2/Operational',
    'Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational',
    'Microsoft-Windows-CertificateServicesClient-Lifecycle-User/Operational',
    'Microsoft-Windows-CodeIntegrity/Operational', 'Microsoft-Windows-Crypto-DPAPI/Operational',
    'Microsoft-Windows-DNS-Client/Operational', 'Microsoft-Windows-DNSServer/Audit',
    'Microsoft-Windows-GroupPolicy/Operational', 'Microsoft-Windows-Kernel-IO/Operational',
    'Microsoft-Windows-NTLM/Operational', 'Microsoft-Windows-PowerShell/Operational',
    'Microsoft-Windows-PrintService/Operational', 'Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational',
    'Microsoft-Windows-SMBClient/Security', 'Microsoft-Windows-SMBServer/Security',
    'Microsoft-Windows-Security-Mitigations/KernelMode', 'Microsoft-Windows-Sysmon/Operational',
    'Microsoft-Windows-TaskScheduler/Operational',
    'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
    'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational',
    'Microsoft-Windows-WMI-Activity/Operational', 'Microsoft-Windows-WinRM/Operational',
    'Microsoft-Windows-Windows Defender/Operational',
    'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall'
  ] AS known_channels), known_channels, log) AS channel,
  host AS host_name,
  text AS message,
  multiIf(data['User'] != '', data['User'], data['SubjectUserName'] IN ('', '-'), '',
    arrayStringConcat(arrayFilter(part -> part NOT IN ('', '-'), [data['SubjectDomainName'], data['SubjectUserName']]), '\\')
  ) AS user_name,
  arrayFirst(value -> value != '', [data['LogonId'], data['SubjectLogonId'], data['TargetLogonId']]) AS logon_id,
  arrayFirst(value -> value IS NOT NULL, arrayMap(value -> if(match(value, '^0[xX][0-9A-Fa-f]{1,8}$'),
    reinterpretAsUInt32(reverse(unhex(leftPad(substring(value, 3), 8, '0')))), toUInt32OrNull(value)),
    [data['NewProcessId'], data['ProcessId'], data['ProcessID']])) AS process_id,
  data['ProcessGuid'] AS process_entity_id,
  arrayFirst(value -> value != '', [data['Image'], data['NewProcessName'], data['ProcessName']]) AS process_executable,
  data['CommandLine'] AS process_command_line,
  if(data['ParentImage'] != '', data['ParentImage'], data['ParentProcessName']) AS parent_process_executable,
  data['ParentCommandLine'] AS parent_process_command_line,
  multiIf(data['TargetObject'] != '', data['TargetObject'], event_id != 4657, '',
    arrayStringConcat(arrayFilter(part -> part != '', [data['ObjectName'], data['ObjectValueName']]), '\\')
  ) AS registry_path,
  multiIf(event_id = 4657, data['NewValue'], data['TargetObject'] != '', data['Details'], '') AS registry_data,
  multiIf(event_id = 4657, data['OperationType'], event_id NOT IN (12, 13, 14) OR data['TargetObject'] = '', '',
    arrayFirst(value -> value != '', [data['EventType'], transform(event_id, [13, 14], ['SetValue', 'RenameKey'], '')])
  ) AS registry_operation,
  data['ImageLoaded'] AS dll_path,
  data['TargetFilename'] AS file_path,
  arrayFirst(value -> value != '', [data['Hashes'], data['Hash']]) AS file_hashes,
  unhex(extract(file_hashes, 'SHA256=([0-9A-Fa-f]{64})')) AS sha256_bytes,
  if(length(sha256_bytes) = 32, toFixedString(substring(sha256_bytes, 1, 32), 32), NULL) AS file_hash_sha256,
  data['Signature'] AS code_signature_subject,
  data['SignatureStatus'] AS code_signature_status,
  data['Signed'] AS code_signature_signed,
  data['ServiceName'] AS service_name,
  data['ScriptBlockText'] AS script_text
FROM record
