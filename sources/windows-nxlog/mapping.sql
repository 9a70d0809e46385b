-- Windows events as NXLog's im_msvistalog gives them to to_json (NXLog reference manual, "Fields"; seen in OTRF
-- Security-Datasets of 2019 and 2020, there passed on through Logstash, and in Sekoia's intake tests up to 2025).
--
-- NXLog puts its own fields beside the event data, and a name that both have is NXLog's: EventType (INFO,
-- AUDIT_SUCCESS …) hides Sysmon's, and where there is no ExecutionProcessID, ProcessID is the logging process and hides
-- the event's. NXLog's go to extra; Sysmon's are read back out of the rendered message where that was kept.
--
-- Assumed of time: Sysmon's UtcTime is UTC and is taken. EventTime has no zone and is the collector's local time; where
-- Logstash stamped the record within a minute of EventReceivedTime (but for whole quarters of an hour), that tells the
-- zone. Otherwise it is read as UTC and can be off by the zone.
SELECT
  JSONExtract(line, 'Map(LowCardinality(String), String)') AS whole,
  whole['EventType'] IN ('INFO', 'WARNING', 'ERROR', 'CRITICAL', 'DEBUG', 'VERBOSE', 'AUDIT_SUCCESS', 'AUDIT_FAILURE') AS hides_type,
  NOT mapContains(whole, 'ExecutionProcessID') AS hides_process,
  mapContains(whole, 'AccountType') AS resolved_account,
  mapFilter((name, value) -> name IN ('EventTime', 'EventReceivedTime', 'SourceModuleName', 'SourceModuleType', '@timestamp', '@version',
      'host', 'port', 'tags', 'type', 'Keywords', 'Severity', 'SeverityValue', 'EventTypeOrignal', 'ProviderGuid', 'Version',
      'Task', 'Category', 'Opcode', 'OpcodeValue', 'ActivityID', 'RelatedActivityID', 'ExecutionProcessID', 'ThreadID',
      'UserID', 'AccountType', 'ERROR_EVT_UNRESOLVED')
    OR (name = 'EventType' AND hides_type) OR (name = 'ProcessID' AND hides_process)
    OR (name IN ('AccountName', 'Domain') AND resolved_account) OR (name = 'RecordNumber' AND RecordNumber IS NULL), whole) AS extra,
  mapFilter((name, value) -> name NOT IN ('Channel', 'EventID', 'Hostname', 'SourceName', 'RecordNumber', 'Message')
    AND NOT mapContains(extra, name), whole) AS own,
  SourceName = 'Microsoft-Windows-Sysmon' AND (hides_type OR hides_process) AS reads_message,
  if(reads_message AND NOT mapContains(own, 'EventType'), extract(text, '\nEventType: ([^\r\n]+)'), '') AS hidden_type,
  if(reads_message AND NOT mapContains(own, 'ProcessId'), extract(text, '\nProcessId: ([0-9]+)'), '') AS hidden_process,
  arrayFilter(pair -> pair.2 != '', [('EventType', hidden_type), ('ProcessId', hidden_process)]) AS hidden,
  if(length(hidden) > 0 OR arrayExists(name -> position(name, ' ') > 0, mapKeys(own)),
    CAST(arrayConcat(arrayMap((name, value) -> (replaceAll(name, ' ', ''), value), mapKeys(own), mapValues(own)), hidden),
      'Map(LowCardinality(String), String)'), own) AS data,
  data AS fields,
  Channel AS log,
  ifNull(Hostname, '') AS host,
  ifNull(Message, '') AS text,
  dateDiff('second', EventReceivedTime, "@timestamp") AS since_received,
  round(since_received / 900) * 900 AS zone,
  if(ifNull(abs(since_received - zone) <= 60 AND abs(zone) <= 50400, false), toInt32(assumeNotNull(zone)), 0) AS behind_utc,
  if(SourceName = 'Microsoft-Windows-Sysmon' AND UtcTime IS NOT NULL, assumeNotNull(UtcTime), addSeconds(EventTime, behind_utc)) AS event_time,
  EventID AS event_id,
  SourceName AS provider_name,
  RecordNumber AS record_id,
  -- From here on the same in every windows mapping: `data` is the event data by its original names.
  -- A record is the same event when host, channel, record id and event id agree, and so does its second within the
  -- quarter of an hour: a collector without time zone is off by quarters of an hour, a log that was cleared begins its
  -- record ids again. The host is the Computer element whole, in lower case: every collector copies it, and dc01.a and
  -- dc01.b are two. Without record id the whole of the data, in any order, stands for the event.
  arrayConcat(
    ['windows', lower(host), channel, toString(event_id), ifNull(toString(record_id), '')],
    if(record_id IS NOT NULL,
      [toString(positiveModulo(intDiv(toUnixTimestamp64Micro(event_time), 1000000), 900))],
      [toString(event_time), toString(arraySum(arrayMap((name, value) -> sipHash64(name, value), mapKeys(data), mapValues(data)))),
        toString(sipHash64(text))])
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
  if(data['SubjectUserName'] IN ('', '-'), '', concat(if(data['SubjectDomainName'] IN ('', '-'), '', concat(data['SubjectDomainName'], '\\')), data['SubjectUserName'])) AS subject,
  if(data['User'] != '', data['User'], subject) AS user_name,
  arrayFirst(value -> value != '', [data['LogonId'], data['SubjectLogonId'], data['TargetLogonId']]) AS logon_id,
  arrayFirst(value -> value != '', [data['NewProcessId'], data['ProcessId'], data['ProcessID']]) AS process_number,
  if(match(process_number, '^0[xX][0-9A-Fa-f]{1,8}$'),
    reinterpretAsUInt32(reverse(unhex(leftPad(substring(process_number, 3), 8, '0')))),
    toUInt32OrNull(process_number)) AS process_id,
  data['ProcessGuid'] AS process_entity_id,
  arrayFirst(value -> value != '', [data['Image'], data['NewProcessName'], data['ProcessName']]) AS process_executable,
  data['CommandLine'] AS process_command_line,
  if(data['ParentImage'] != '', data['ParentImage'], data['ParentProcessName']) AS parent_process_executable,
  data['ParentCommandLine'] AS parent_process_command_line,
  channel = 'Security' AND event_id = 4657 AS audited_registry,
  multiIf(NOT audited_registry, data['TargetObject'], data['ObjectValueName'] = '', data['ObjectName'],
    concat(data['ObjectName'], '\\', data['ObjectValueName'])) AS registry_path,
  multiIf(audited_registry, data['NewValue'], data['TargetObject'] != '', data['Details'], '') AS registry_data,
  multiIf(audited_registry, data['OperationType'], data['TargetObject'] = '', '', data['EventType'] != '', data['EventType'],
    transform(event_id, [13, 14], ['SetValue', 'RenameKey'], '')) AS registry_operation,
  data['ImageLoaded'] AS dll_path,
  data['TargetFilename'] AS file_path,
  if(data['Hashes'] != '', data['Hashes'], data['Hash']) AS file_hashes,
  if(position(file_hashes, 'SHA256=') = 0, '', extract(file_hashes, 'SHA256=([0-9A-Fa-f]{64})')) AS sha256_digits,
  if(sha256_digits = '', NULL, toFixedString(substring(unhex(sha256_digits), 1, 32), 32)) AS file_hash_sha256,
  data['Signature'] AS code_signature_subject,
  data['SignatureStatus'] AS code_signature_status,
  data['Signed'] AS code_signature_signed,
  data['ServiceName'] AS service_name,
  data['ScriptBlockText'] AS script_text
FROM record
