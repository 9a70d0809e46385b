-- Windows events as Hayabusa's timelines tell them, all profiles, as CSV, JSON and JSON lines (Hayabusa's README and profiles,
-- the hayabusa-rules' tables of abbreviations and default details, versions 1.3 to 3; seen: samples of 2022 to 2026 in public
-- repositories). A row is Hayabusa's finding about an event: several rows tell of one event, and have one record key where
-- the profile has RecordID. RuleTitle, Level and all else of the finding is kept in extra.
--
-- The names of the data come from AllFieldInfo, else from ExtraFieldInfo and Details. Details abbreviates: what the table below
-- knows gets its name back, and all else keeps Hayabusa's. Rules may have details of their own, so a name can be wrong where
-- only Details tells it. Abbreviated channels get their name back; AppLocker and SecMitig stand for several and stay.
-- GUIDs get back the braces that Hayabusa takes off. A value "n/a" means that the event has none.
--
-- In CSV, Details is one text, "name: value ¦ name: value", and who chooses a value (a command line, say) can write " ¦ Proc: "
-- into it. A name that stands there twice is believed neither time, and then the text is kept in extra. A forged name that
-- stands once is not seen. JSON has no such doubt: it is the better export. At most 501 names are read.
-- Before version 2, TgtObj of Sysmon 13 and 14 was path and data in one: that is not taken apart and keeps its name.
--
-- The provider is told by few profiles. Where it is not, it is the only one that writes to the channel, or empty.
-- Assumed of time: Timestamp is the event's own, with its zone or UTC. --US-time, --European-time and --RFC-2822 are refused.
SELECT
  arrayMap(text -> arraySlice(if(startsWith(text, '{') AND isValidJSON(text), JSONExtractKeysAndValues(text, 'String'),
      arrayMap(part -> (trimBoth(substring(part, 1, position(part, ':') - 1)), trimBoth(substring(part, position(part, ':') + 1))),
        arrayFilter(part -> position(part, ':') > 1, splitByString('¦', text, 502)))), 1, 501),
    [ifNull(Details, ''), ifNull(ExtraFieldInfo, ''), ifNull(AllFieldInfo, '')]) AS told,
  arrayMap(pairs -> arrayFilter((pair, name) -> pair.2 != 'n/a' AND countEqual(pairs.1, name) = 1, pairs, pairs.1), told) AS known,
  arrayExists(pairs -> length(pairs) > length(arrayDistinct(pairs.1)) OR length(pairs) > 500, told) AS doubtful,
  multiIf(Channel IN ('Sysmon', 'Microsoft-Windows-Sysmon/Operational'), 'Sysmon', Channel IN ('Sec', 'Security'), 'Sec',
    Channel IN ('Sys', 'System'), 'Sys', '') AS family,
  has(known[1].1, 'Details') OR has(known[2].1, 'Details') AS details_apart,
  arrayMap(pair -> (if(pair.1 = 'TgtObj' AND EventID IN (13, 14) AND NOT details_apart, pair.1,
    transform(concat(family, ' ', toString(EventID), ' ', pair.1), [
      'Sysmon 2 Path', 'Sysmon 6 Path', 'Sysmon 6 Sig', 'Sysmon 6 SigStatus', 'Sysmon 7 Image', 'Sysmon 7 Sig', 'Sysmon 7 Hash',
      'Sysmon 7 OrigFilename', 'Sysmon 11 Path', 'Sysmon 15 Path', 'Sysmon 23 Path', 'Sysmon 26 Path', 'Sysmon 29 Path',
      'Sysmon 14 OldName', 'Sysmon 22 Query', 'Sysmon 22 Result', 'Sysmon 20 Tgt', 'Sysmon 10 SrcPGUID', 'Sysmon 10 TgtPGUID',
      'Sec 4624 LID', 'Sec 4688 Proc', 'Sec 4688 Path', 'Sec 4688 PID', 'Sec 4697 Path', 'Sec 4672 TgtUser', 'Sec 4674 Svc',
      'Sec 4778 LID', 'Sec 4779 LID', 'Sec 4778 Domain', 'Sec 4779 Domain', 'Sec 4776 SrcComp', 'Sec 5379 PID', 'Sec 5140 SharePath', 'Sec 5145 SharePath', 'Sec 5145 Path', 'Sec 5156 Proc', 'Sec 5157 Proc',
      'Sys 7045 Svc', 'Sys 7045 Path', 'Sys 7045 Acct'
    ], [
      'TargetFilename', 'ImageLoaded', 'Signature', 'SignatureStatus', 'ImageLoaded', 'SignatureStatus', 'Hashes',
      'OriginalFileName', 'TargetFilename', 'TargetFilename', 'TargetFilename', 'TargetFilename', 'TargetFilename',
      'TargetObject', 'QueryName', 'QueryResults', 'Destination', 'SourceProcessGUID', 'TargetProcessGUID',
      'TargetLogonId', 'NewProcessName', 'NewProcessName', 'NewProcessId', 'ServiceFileName', 'SubjectUserName', 'ObjectName',
      'LogonID', 'LogonID', 'AccountDomain', 'AccountDomain', 'Workstation', 'ClientProcessId', 'ShareLocalPath', 'ShareLocalPath', 'RelativeTargetName', 'Application', 'Application',
      'ServiceName', 'ImagePath', 'AccountName'
    ], transform(concat(family, ' ', pair.1), [
      'Sysmon Cmdline', 'Sysmon Cmd', 'Sysmon Proc', 'Sysmon PID', 'Sysmon PGUID', 'Sysmon ParentCmdline', 'Sysmon ParentCmd',
      'Sysmon ParentPID', 'Sysmon ParentPGUID', 'Sysmon LID', 'Sysmon LGUID', 'Sysmon TgtObj', 'Sysmon RegKey', 'Sysmon Rule', 'Sysmon Pipe',
      'Sysmon SrcProc', 'Sysmon TgtProc', 'Sysmon SrcPID', 'Sysmon TgtPID', 'Sysmon SrcPGUID', 'Sysmon TgtPGUID', 'Sysmon SrcUser',
      'Sysmon TgtUser', 'Sysmon Access', 'Sysmon Proto', 'Sysmon SrcIP', 'Sysmon SrcPort', 'Sysmon SrcHost', 'Sysmon TgtIP',
      'Sysmon TgtPort', 'Sysmon TgtHost', 'Sysmon Op', 'Sysmon Config',
      'Sec Cmdline', 'Sec CmdLine', 'Sec Proc', 'Sec PID', 'Sec User', 'Sec SrcUser', 'Sec LID', 'Sec SID', 'Sec Domain', 'Sec Dom', 'Sec Type',
      'Sec TgtUser', 'Sec TgtSID', 'Sec TgtDomain', 'Sec SrcComp', 'Sec SrcIP', 'Sec Svc', 'Sec ObjSvr', 'Sec ObjType', 'Sec ObjName',
      'Sec OpType', 'Sec HID', 'Sec Name', 'Sec Content', ' ScriptBlock'
    ], [
      'CommandLine', 'CommandLine', 'Image', 'ProcessId', 'ProcessGuid', 'ParentCommandLine', 'ParentCommandLine',
      'ParentProcessId', 'ParentProcessGuid', 'LogonId', 'LogonGuid', 'TargetObject', 'TargetObject', 'RuleName', 'PipeName',
      'SourceImage', 'TargetImage', 'SourceProcessId', 'TargetProcessId', 'SourceProcessGuid', 'TargetProcessGuid', 'SourceUser',
      'TargetUser', 'GrantedAccess', 'Protocol', 'SourceIp', 'SourcePort', 'SourceHostname', 'DestinationIp',
      'DestinationPort', 'DestinationHostname', 'Operation', 'Configuration',
      'CommandLine', 'CommandLine', 'ProcessName', 'ProcessId', 'SubjectUserName', 'SubjectUserName', 'SubjectLogonId', 'SubjectUserSid',
      'SubjectDomainName', 'SubjectDomainName', 'LogonType', 'TargetUserName', 'TargetSid', 'TargetDomainName', 'WorkstationName', 'IpAddress',
      'ServiceName', 'ObjectServer', 'ObjectType', 'ObjectName', 'OperationType', 'HandleId', 'TaskName', 'TaskContent', 'ScriptBlockText'
    ], pair.1))), pair.2), known[1]) AS named,
  CAST(arrayMap(pair -> (replaceAll(pair.1, ' ', ''),
      if(match(pair.1, '(?i)Guid$') AND match(pair.2, '^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$'), concat('{', pair.2, '}'), pair.2)),
    arrayConcat(if(empty(known[3]), arrayConcat(named, known[2]), known[3]))), 'Map(LowCardinality(String), String)') AS data,
  data AS fields,
  if(doubtful, mapUpdate(record.extra, CAST(arrayFilter(pair -> pair.2 != '', [('Details', ifNull(Details, '')),
    ('ExtraFieldInfo', ifNull(ExtraFieldInfo, '')), ('AllFieldInfo', ifNull(AllFieldInfo, ''))]),
    'Map(LowCardinality(String), String)')), record.extra) AS extra,
  transform(Channel, ['App', 'BitsCli', 'CodeInteg', 'Defender', 'DHCP-Svr', 'DNS-Svr', 'DvrFmwk', 'Exchange', 'Firewall', 'Forwarding',
      'GroupPolicy', 'KeyMgtSvc', 'LDAP-Cli', 'NTLM', 'OpenSSH', 'PrintAdm', 'PrintOp', 'PwSh', 'PwShClassic', 'PwShCore', 'RDP-Cli', 'RDP-CoreTS',
      'RDS-GTW', 'RDS-LSM', 'RDS-RCM', 'Sec', 'SmbCliSec', 'SvcBusCli', 'Sys', 'Sysmon', 'TaskSch', 'WinRM', 'WMI'], [
      'Application', 'Microsoft-Windows-Bits-Client/Operational', 'Microsoft-Windows-CodeIntegrity/Operational',
      'Microsoft-Windows-Windows Defender/Operational', 'Microsoft-Windows-DHCP-Server/Operational', 'DNS Server',
      'Microsoft-Windows-DriverFrameworks-UserMode/Operational', 'MSExchange Management',
      'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall', 'Microsoft-Windows-Forwarding/Operational',
      'Microsoft-Windows-GroupPolicy/Operational', 'Key Management Service', 'Microsoft-Windows-LDAP-Client/Debug',
      'Microsoft-Windows-NTLM/Operational', 'OpenSSH/Operational', 'Microsoft-Windows-PrintService/Admin',
      'Microsoft-Windows-PrintService/Operational', 'Microsoft-Windows-PowerShell/Operational', 'Windows PowerShell',
      'PowerShellCore/Operational', 'Microsoft-Windows-TerminalServices-RDPClient/Operational',
      'Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational', 'Microsoft-Windows-TerminalServices-Gateway/Operational',
      'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
      'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational', 'Security', 'Microsoft-Windows-SMBClient/Security',
      'Microsoft-ServiceBus-Client', 'System', 'Microsoft-Windows-Sysmon/Operational', 'Microsoft-Windows-TaskScheduler/Operational',
      'Microsoft-Windows-WinRM/Operational', 'Microsoft-Windows-WMI-Activity/Operational'], Channel) AS log,
  ifNull(Computer, '') AS host,
  '' AS text,
  if(substring(data['UtcTime'], 5, 1) = '-', parseDateTime64BestEffortOrNull(data['UtcTime'], 6, 'UTC'), NULL) AS utc_time,
  assumeNotNull(coalesce("Timestamp", datetime)) AS system_time,
  EventID AS event_id,
  transform(ifNull(Provider, ''), ['Sec', 'Sysmon', 'SCM', 'Defender', 'TaskScheduler', 'WMI-Activity', 'WinRM', 'Firewall'], [
      'Microsoft-Windows-Security-Auditing', 'Microsoft-Windows-Sysmon', 'Service Control Manager', 'Microsoft-Windows-Windows Defender',
      'Microsoft-Windows-TaskScheduler', 'Microsoft-Windows-WMI-Activity', 'Microsoft-Windows-WinRM',
      'Microsoft-Windows-Windows Firewall With Advanced Security'],
    if(ifNull(Provider, '') != '', assumeNotNull(Provider), multiIf(family = 'Sysmon', 'Microsoft-Windows-Sysmon',
      log = 'Microsoft-Windows-PowerShell/Operational', 'Microsoft-Windows-PowerShell',
      family = 'Sec' AND EventID >= 4608, 'Microsoft-Windows-Security-Auditing', ''))) AS provider_name,
  RecordID AS record_id
FROM record
