-- The end of every mapping to windows_event. A mapping gives it `data`, the event data by its original names; `log` and `host`,
-- the Channel and Computer elements; `text`, the rendered message; `system_time` and `utc_time`, the log's time and Sysmon's
-- own; event_id, provider_name and record_id. It is made in several steps, each of the columns of those before it.
--
-- Registry (specification AN1246 §1.0): Sysmon tells key and value as one path, where the name of the value may be a path
-- itself and is found by how paths begin; Security and Defender tell them apart. registry_key is the same text as
-- src/registry/registry-path.ts makes of the same telling; a test holds the two equal. Not verified: how 4657 tells binary
-- values; they are kept as they are told.
--
-- Paths of files lose what the kernel writes before them, and the variables of the machine become what they are on nearly
-- every one. `fields` keeps all of it as it was told.
SELECT
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
  -- and dc01.b are two. Without record id the log's time and all of the data, in any order, stand for the event; where there
  -- is no event id either way (EDR products), the record id begins again, and the whole time stands beside it.
  arrayConcat(
    ['windows', lower(host), channel, toString(event_id), ifNull(toString(record_id), '')],
    multiIf(record_id IS NOT NULL AND event_id = 0, [toString(event_time)], record_id IS NOT NULL,
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
  if(match(data['SubjectUserSid'], '^S-1-[0-9-]+$'), data['SubjectUserSid'], '') AS user_id,
  lower(arrayFirst(value -> value != '', [data['LogonId'], data['SubjectLogonId'], data['TargetLogonId']])) AS logon_id,
  arrayMap(value -> if(match(value, '^0[xX][0-9A-Fa-f]{1,8}$'),
    reinterpretAsUInt32(reverse(unhex(leftPad(substring(value, 3), 8, '0')))), toUInt32OrNull(value)),
    [data['NewProcessId'], data['ProcessId'], data['ProcessID'], data['ParentProcessId']]) AS process_ids,
  arrayFirst(value -> value IS NOT NULL, arraySlice(process_ids, 1, 3)) AS process_id,
  if(process_ids[1] IS NULL, process_ids[4], process_ids[2]) AS parent_process_id,
  -- GUIDs have letters in either case, and ids of other kinds in both.
  arrayMap(id -> if(startsWith(id, '{'), lower(id), id), [data['ProcessGuid'], data['ParentProcessGuid']]) AS guids,
  multiIf(data['ProcessGuid'] != '', guids[1], process_ids[1] IS NULL, '',
    concat(lower(host), '/', toString(process_ids[1]), '/', toString(event_time))) AS process_entity_id,
  guids[2] AS parent_process_entity_id,
  arrayMap(path -> replaceRegexpOne(replaceRegexpOne(replaceRegexpOne(replaceRegexpOne(replaceRegexpOne(path,
      '^\\\\(?:\\?\\?|\\\\[?.])\\\\', ''),
      '(?i)^(?:\\\\?SystemRoot|%SystemRoot%|%windir%)(\\\\|$)', 'C:\\\\Windows\\1'),
      '(?i)^%SystemDrive%(\\\\|$)', 'C:\\1'),
      '(?i)^%Program(?:Files|W6432)%(\\\\|$)', 'C:\\\\Program Files\\1'),
      '(?i)^%(?:ProgramData|AllUsersProfile)%(\\\\|$)', 'C:\\\\ProgramData\\1'),
    [arrayFirst(value -> value != '', [data['Image'], data['NewProcessName'], data['ProcessName']]),
     if(data['ParentImage'] != '', data['ParentImage'], data['ParentProcessName']),
     data['ImageLoaded'], data['TargetFilename']]) AS paths,
  paths[1] AS process_executable,
  data['CommandLine'] AS process_command_line,
  paths[2] AS parent_process_executable,
  data['ParentCommandLine'] AS parent_process_command_line,
  lower(data['EventType']) AS event_type,
  data['TargetObject'] != '' AS one_path,
  NOT one_path AND (event_id = 4657 OR (event_id IN (4656, 4658, 4659, 4663) AND data['ObjectType'] = 'Key')) AS of_security,
  multiIf(one_path, data['TargetObject'], data['RegistryKey'] != '', data['RegistryKey'], of_security, data['ObjectName'], '')
    AS told_path,
  one_path AND (endsWith(event_type, 'value') OR (event_id = 13 AND NOT startsWith(event_type, 'rename'))) AS ends_with_value
FROM mapped;

-- What was told of a key, and of a value.
SELECT
  if(ends_with_value AND multiSearchAny(told_path, [':\\', '\\%', '\\@%', '\\\\']),
    extractGroups(told_path, '(?s)^(\\\\..*?|[^\\\\]+\\\\.+?)\\\\((?:[^\\\\]:\\\\|@?%|\\\\).*)$'), []) AS by_path,
  length(told_path) - position(reverse(told_path), '\\') AS last_part,
  multiIf(NOT ends_with_value, [], notEmpty(by_path), by_path, last_part > 0 AND last_part < length(told_path),
    [substring(told_path, 1, last_part), substring(told_path, last_part + 2)], []) AS told_parts,
  if(empty(told_parts), told_path, told_parts[1]) AS told_key,
  multiIf(one_path, if(empty(told_parts), '', told_parts[2]), data['RegistryValueName'] != '', data['RegistryValueName'],
    data['ObjectValueName']) AS told_value,
  if(told_path = '' OR told_value = '(Default)' OR (NOT one_path AND told_value = '-'), '', told_value) AS registry_value
FROM mapped;

-- One text for one key: the root, whose it is, the set of the machine.
SELECT
  replaceRegexpOne(replaceRegexpAll(told_key, '\\\\+', '\\\\'), '\\\\$', '') AS key_1,
  replaceRegexpOne(key_1, '(?i)^\\\\?REGISTRY\\\\MACHINE(\\\\|$)', 'HKLM\\1') AS key_2,
  replaceRegexpOne(key_2, '(?i)^\\\\?REGISTRY\\\\USER(\\\\|$)', 'HKU\\1') AS key_3,
  replaceRegexpOne(key_3, '(?i)^(?:HKEY_LOCAL_MACHINE|HKLM)(\\\\|$)', 'HKLM\\1') AS key_4,
  replaceRegexpOne(key_4, '(?i)^(?:HKEY_USERS|HKU)(\\\\|$)', 'HKU\\1') AS key_5,
  replaceRegexpOne(key_5, '(?i)^(?:HKEY_CLASSES_ROOT|HKCR)(\\\\|$)', 'HKLM\\\\SOFTWARE\\\\Classes\\1') AS key_6,
  replaceRegexpOne(key_6, '(?i)^(?:HKEY_CURRENT_CONFIG|HKCC)(\\\\|$)', 'HKLM\\\\SYSTEM\\\\CurrentControlSet\\\\Hardware Profiles\\\\Current\\1')
    AS key_7,
  replaceRegexpOne(key_7, '(?i)^(?:HKEY_CURRENT_USER|HKCU)\\\\(S-1-5-21-)', 'HKU\\\\\\1') AS key_8,
  if(match(key_8, '(?i)^(?:HKEY_CURRENT_USER|HKCU)(?:\\\\|$)'),
    concat(if(user_id = '', 'HKCU', concat('HKU\\', user_id)), replaceRegexpOne(key_8, '(?i)^HK[A-Z_]+', '')), key_8) AS key_9,
  replaceRegexpOne(key_9, '(?i)^HKU\\\\S-1-', 'HKU\\\\S-1-') AS key_10,
  replaceRegexpOne(key_10, '(?i)^HKU\\\\(S-1-[0-9-]+|\\.DEFAULT)_Classes(\\\\|$)', 'HKU\\\\\\1\\\\Software\\\\Classes\\2') AS key_11,
  replaceRegexpOne(key_11, '(?i)^HKU\\\\(?:S-1-5-18|\\.DEFAULT)(\\\\|$)', 'HKU\\\\.DEFAULT\\1') AS key_12,
  replaceRegexpOne(key_12, '(?i)^(HKLM\\\\SYSTEM)\\\\ControlSet[0-9]{3}(\\\\|$)', '\\1\\\\CurrentControlSet\\2') AS key_13
FROM mapped;

-- The view of 32-bit programs is told apart; then what was done, and the data.
SELECT
  replaceRegexpOne(key_13,
    '(?i)^((?:HKLM|HKCU|HKU\\\\[^\\\\]+)\\\\SOFTWARE)(?:\\\\WOW6432Node)+(\\\\|$)', '\\1\\2') AS key_14,
  replaceRegexpOne(key_14,
    '(?i)^((?:HKLM|HKCU|HKU\\\\[^\\\\]+)\\\\SOFTWARE\\\\Classes)(?:\\\\WOW6432Node)+(\\\\|$)', '\\1\\2') AS registry_key,
  if(length(registry_key) < length(key_13), 'x86', '') AS registry_view,
  multiIf(one_path, told_path, arrayStringConcat(arrayFilter(part -> part != '', [told_key, told_value]), '\\')) AS registry_path,
  --
  arrayFirst(value -> value != '', [data['NewValueType'], data['RegistryValueType']]) AS told_type,
  if(one_path, data['Details'], arrayFirst(value -> value != '', [data['NewValue'], data['RegistryValueData']])) AS told_data,
  multiIf(told_path = '', '', one_path, multiIf(match(told_data, '^DWORD \\(0x[0-9A-Fa-f]{1,8}\\)$'), 'REG_DWORD',
      match(told_data, '^QWORD \\(0x[0-9A-Fa-f]{1,8}-0x[0-9A-Fa-f]{1,8}\\)$'), 'REG_QWORD', told_data = 'Binary Data', 'REG_BINARY', ''),
    transform(upper(told_type),
      ['%%1872', '%%1873', '%%1874', '%%1875', '%%1876', '%%1877', '%%1878', '%%1879', '%%1880', '%%1881', '%%1882', '%%1883',
        'STRING', 'EXPANDSTRING', 'BINARY', 'DWORD', 'MULTISTRING', 'QWORD', 'NONE'],
      ['REG_NONE', 'REG_SZ', 'REG_EXPAND_SZ', 'REG_BINARY', 'REG_DWORD', 'REG_DWORD_BIG_ENDIAN', 'REG_LINK', 'REG_MULTI_SZ',
        'REG_RESOURCE_LIST', 'REG_FULL_RESOURCE_DESCRIPTOR', 'REG_RESOURCE_REQUIREMENTS_LIST', 'REG_QWORD',
        'REG_SZ', 'REG_EXPAND_SZ', 'REG_BINARY', 'REG_DWORD', 'REG_MULTI_SZ', 'REG_QWORD', 'REG_NONE'],
      if(startsWith(upper(told_type), 'REG_'), upper(told_type), ''))) AS registry_data_type,
  multiIf(one_path AND registry_data_type IN ('REG_DWORD', 'REG_QWORD'),
      toString(reinterpretAsUInt64(reverse(unhex(arrayStringConcat(
        arrayMap(part -> leftPad(part, 8, '0'), extractAll(told_data, '0x([0-9A-Fa-f]{1,8})'))))))),
    one_path AND (registry_data_type = 'REG_BINARY' OR told_data = '(Empty)'), '',
    match(told_data, '^0[xX][0-9A-Fa-f]{1,16}$') AND registry_data_type IN ('REG_DWORD', 'REG_QWORD'),
      toString(reinterpretAsUInt64(reverse(unhex(leftPad(substring(told_data, 3), 16, '0'))))), told_path = '', '', told_data) AS registry_data,
  if(one_path OR told_path = '', '', arrayFirst(value -> value != '', [data['OldValue'], data['PreviousRegistryValueData']]))
    AS registry_data_before,
  multiIf(told_path = '', '', one_path, if(event_id NOT IN (12, 13, 14), '', transform(event_type,
      ['createkey', 'deletekey', 'renamekey', 'setvalue', 'deletevalue', 'renamevalue'],
      ['key_created', 'key_deleted', 'key_renamed', 'value_set', 'value_deleted', 'value_renamed'],
      transform(event_id, [13, 14], ['value_set', 'key_renamed'], ''))),
    transform(if(event_id = 4657, data['OperationType'], data['ActionType']),
      ['%%1904', '%%1905', '%%1906', 'New registry value created', 'Existing registry value modified', 'Registry value deleted',
        'RegistryValueSet', 'RegistryValueDeleted', 'RegistryKeyCreated', 'RegistryKeyDeleted', 'RegistryKeyRenamed'],
      ['value_set', 'value_set', 'value_deleted', 'value_set', 'value_set', 'value_deleted',
        'value_set', 'value_deleted', 'key_created', 'key_deleted', 'key_renamed'], '')) AS registry_operation,
  --
  paths[3] AS dll_path,
  paths[4] AS file_path,
  arrayFirst(value -> value != '', [data['Hashes'], data['Hash']]) AS file_hashes,
  unhex(extract(file_hashes, 'SHA256=([0-9A-Fa-f]{64})')) AS sha256_bytes,
  if(length(sha256_bytes) = 32, toFixedString(substring(sha256_bytes, 1, 32), 32), NULL) AS file_hash_sha256,
  data['Signature'] AS code_signature_subject,
  data['SignatureStatus'] AS code_signature_status,
  data['Signed'] AS code_signature_signed,
  data['ServiceName'] AS service_name,
  data['ScriptBlockText'] AS script_text
FROM mapped;
