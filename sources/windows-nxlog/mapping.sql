-- Windows events as NXLog's im_msvistalog gives them to to_json (NXLog reference manual, "Fields"; seen in OTRF
-- Security-Datasets of 2019 and 2020, there passed on through Logstash, and in Sekoia's intake tests up to 2025).
--
-- NXLog puts its own fields beside the event data, and a name that both have is NXLog's: EventType (INFO,
-- AUDIT_SUCCESS …) hides Sysmon's, and where there is no ExecutionProcessID, ProcessID is the logging process and hides
-- the event's. NXLog's go to extra; Sysmon's are read back out of the rendered message where that was kept.
--
-- Assumed of time: Sysmon's UtcTime is UTC. EventTime has no zone and is the collector's local time; where Logstash
-- stamped the record within a minute of EventReceivedTime (but for whole quarters of an hour), that tells the zone.
-- Otherwise it is read as UTC and can be off by the zone. EventTime as logged is kept in extra.
--
-- `extra AS …` here replaces what the frame would put there: the event data is in `fields` already.
SELECT
  JSONExtractKeysAndValues(line, 'String') AS pairs,
  ifNull(EventType, '') IN ('INFO', 'WARNING', 'ERROR', 'CRITICAL', 'DEBUG', 'VERBOSE', 'AUDIT_SUCCESS',
    'AUDIT_FAILURE') AS hides_type,
  ProcessID IS NOT NULL AND ExecutionProcessID IS NULL AS hides_process,
  ['EventTime', 'EventReceivedTime', 'SourceModuleName', 'SourceModuleType', '@timestamp', '@version', 'host', 'port', 'tags',
    'type', 'Keywords', 'Severity', 'SeverityValue', 'EventTypeOrignal', 'ProviderGuid', 'Version', 'Task', 'Category',
    'Opcode', 'OpcodeValue', 'ActivityID', 'RelatedActivityID', 'ExecutionProcessID', 'ThreadID', 'UserID', 'AccountType',
    'ERROR_EVT_UNRESOLVED'] AS nxlog_names,
  arrayConcat(nxlog_names, if(hides_type, ['EventType'], []), if(hides_process, ['ProcessID'], []),
    if(AccountType IS NULL, [], ['AccountName', 'Domain'])) AS of_nxlog,
  CAST(arrayFilter(pair -> has(of_nxlog, pair.1) OR (pair.1 = 'RecordNumber' AND RecordNumber IS NULL), pairs),
    'Map(LowCardinality(String), String)') AS extra,
  CAST(arrayConcat(
    arrayMap(pair -> (replaceAll(pair.1, ' ', ''), pair.2),
      arrayFilter(pair -> NOT has(of_nxlog, pair.1) AND pair.1 NOT IN ('Channel', 'EventID', 'Hostname', 'SourceName',
        'RecordNumber', 'Message'), pairs)),
    if(hides_type AND SourceName = 'Microsoft-Windows-Sysmon' AND EventID IN (12, 13, 14, 17, 18, 19, 20, 21),
      arrayMap(found -> ('EventType', found), extractAll(ifNull(Message, ''), '\nEventType: ([^\r\n]+)')), []),
    if(hides_process AND SourceName = 'Microsoft-Windows-Sysmon',
      arrayMap(found -> ('ProcessId', found), extractAll(ifNull(Message, ''), '\nProcessId: ([0-9]+)')), [])
  ), 'Map(LowCardinality(String), String)') AS data,
  data AS fields,
  Channel AS log,
  ifNull(Hostname, '') AS host,
  ifNull(Message, '') AS text,
  dateDiff('second', EventReceivedTime, "@timestamp") AS since_received,
  round(since_received / 900) * 900 AS zone,
  if(ifNull(abs(since_received - zone) <= 60 AND abs(zone) <= 50400, false), toInt32(assumeNotNull(zone)), 0) AS behind_utc,
  addSeconds(EventTime, behind_utc) AS system_time,
  UtcTime AS utc_time,
  EventID AS event_id,
  SourceName AS provider_name,
  RecordNumber AS record_id,
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
