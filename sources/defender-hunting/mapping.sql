-- Rows of advanced hunting's tables of devices: one object a row in the answers of the APIs (Defender's `Results`, Graph's
-- `results`) and in Sentinel, `properties` in what the streaming API writes to a storage account or an event hub, and the
-- portal's CSV (Microsoft's schema reference and API pages; seen: streamed rows of 2022 to 2024 in the tests of Elastic's
-- integration; the CSV was not seen). All columns that have a value are the data, by their own names; logon ids are told in
-- hexadecimal for the column, as Windows writes them.
--
-- There is no event log: channel is "Microsoft Defender/" with the name of the table, event_id is 0 and record_id is ReportId.
-- The table is told by `category` and by Sentinel's `Type`. A portal's CSV and an answer do not tell it: then it is known from
-- ActionType, from SignerHash and RegistryKey where a query left that out, and is otherwise taken to be DeviceEvents.
-- Devices with macOS and Linux report to some of the tables too.
--
-- ReportId counts up and begins again; Microsoft calls an event unique by it together with device and Timestamp.
-- Assumed of time: Timestamp is UTC, with or without a Z. A CSV whose Timestamp was put into words by a spreadsheet is refused.
--
-- `extra AS …` here replaces what the frame would put there: the columns are in `fields` already.
SELECT
  JSONType(line, 'properties') = 'Object' AS streamed,
  CAST(arrayMap(pair -> (replaceAll(pair.1, ' ', ''), pair.2),
    arrayFilter(pair -> pair.2 != '', if(streamed, JSONExtractKeysAndValues(line, 'properties', 'String'),
      JSONExtractKeysAndValues(line, 'String')))), 'Map(LowCardinality(String), String)') AS columns,
  match(columns['Type'], '^Device[A-Za-z]{4,40}$') AS names_table,
  mapFilter((name, value) -> name NOT IN ('Timestamp', 'TimeGenerated', 'TenantId', 'SourceSystem', '_ResourceId', '_ItemId')
    AND NOT (name = 'Type' AND names_table), columns) AS fields,
  mapApply((name, value) -> (name, if(name IN ('LogonId', 'InitiatingProcessLogonId') AND match(value, '^[0-9]{1,19}$'),
    concat('0x', replaceRegexpOne(lower(hex(toUInt64OrZero(value))), '^0', '')), value)), fields) AS own,
  CAST(if(streamed, arrayFilter(pair -> pair.1 NOT IN ('properties', 'category'), JSONExtractKeysAndValues(line, 'String')),
    arrayFilter(pair -> pair.2 != '', [('TimeGenerated', if("Timestamp" IS NULL, '', columns['TimeGenerated'])),
      ('TenantId', columns['TenantId']), ('SourceSystem', columns['SourceSystem']), ('_ResourceId', columns['_ResourceId']),
      ('_ItemId', columns['_ItemId'])])), 'Map(LowCardinality(String), String)') AS extra,
  own['ActionType'] AS action,
  action = 'ProcessCreated' AS created,
  -- FolderPath ends with the name of the file in streamed rows, and not everywhere.
  arrayMap(file -> if(file.2 = '' OR endsWith(lower(file.1), lower(file.2)), file.1,
      arrayStringConcat(arrayFilter(part -> part != '', [trim(TRAILING '\\' FROM file.1), file.2]), '\\')),
    [(own['FolderPath'], own['FileName']), (own['InitiatingProcessFolderPath'], own['InitiatingProcessFileName'])]) AS whole_paths,
  arrayMap(one -> if(one.2 = '', '', concat(lower(own['DeviceId']), '/', one.1, '/', one.2)),
    [(own['ProcessId'], own['ProcessCreationTime']), (own['InitiatingProcessId'], own['InitiatingProcessCreationTime'])]) AS processes,
  -- Whose doing it is, and what it is about, by the names that Sysmon has for it.
  mapUpdate(own, CAST(arrayFilter(pair -> pair.2 != '', arrayConcat(
    if(created, [('Image', whole_paths[1]), ('CommandLine', own['ProcessCommandLine']), ('ProcessGuid', processes[1]),
        ('ParentImage', whole_paths[2]), ('ParentCommandLine', own['InitiatingProcessCommandLine']),
        ('ParentProcessId', own['InitiatingProcessId']), ('ParentProcessGuid', processes[2]),
        ('User', arrayStringConcat(arrayFilter(part -> part != '', [own['AccountDomain'], own['AccountName']]), '\\')),
        ('SubjectUserSid', own['AccountSid'])],
      [('Image', whole_paths[2]), ('CommandLine', own['InitiatingProcessCommandLine']), ('ProcessGuid', processes[2]),
        ('ProcessId', own['InitiatingProcessId']), ('ParentImage', own['InitiatingProcessParentFileName']),
        ('ParentProcessId', own['InitiatingProcessParentId']), ('LogonId', own['InitiatingProcessLogonId']),
        ('User', arrayStringConcat(arrayFilter(part -> part != '',
          [own['InitiatingProcessAccountDomain'], own['InitiatingProcessAccountName']]), '\\')),
        ('SubjectUserSid', own['InitiatingProcessAccountSid'])]),
    [('ImageLoaded', if(action = 'ImageLoaded', whole_paths[1], '')), ('TargetFilename', if(startsWith(action, 'File'), whole_paths[1], '')),
      ('Hashes', arrayStringConcat(arrayFilter(part -> NOT endsWith(part, '='),
        [concat('SHA256=', own['SHA256']), concat('SHA1=', own['SHA1']), concat('MD5=', own['MD5'])]), ',')),
      ('Signature', own['Signer']), ('Signed', own['IsSigned'])])), 'Map(LowCardinality(String), String)')) AS data,
  concat('Microsoft Defender/', multiIf(
    startsWith(ifNull(category, ''), 'AdvancedHunting-'), substring(assumeNotNull(category), 17),
    names_table, columns['Type'],
    action IN ('RegistryKeyCreated', 'RegistryKeyDeleted', 'RegistryKeyRenamed', 'RegistryValueSet', 'RegistryValueDeleted'),
      'DeviceRegistryEvents',
    action = 'ImageLoaded', 'DeviceImageLoadEvents',
    action = 'ProcessCreated', 'DeviceProcessEvents',
    action IN ('FileCreated', 'FileModified', 'FileDeleted', 'FileRenamed'), 'DeviceFileEvents',
    action IN ('LogonSuccess', 'LogonFailed', 'LogonAttempted'), 'DeviceLogonEvents',
    match(action, '^(?:Connection[A-Z]|(?:Listening|Inbound|Http|Dns|Ssl|Icmp|Ssh|Ftp|Smtp)Connection|NetworkSignature)'),
      'DeviceNetworkEvents',
    action = '' AND own['SignerHash'] != '', 'DeviceFileCertificateInfo',
    action = '' AND own['RegistryKey'] != '', 'DeviceRegistryEvents',
    'DeviceEvents')) AS log,
  if(own['DeviceName'] != '', own['DeviceName'], own['DeviceId']) AS host,
  '' AS text,
  CAST(NULL, 'Nullable(DateTime64(6, \'UTC\'))') AS utc_time,
  assumeNotNull(coalesce("properties/Timestamp", "Timestamp", TimeGenerated)) AS system_time,
  toUInt16(0) AS event_id,
  'Microsoft Defender XDR' AS provider_name,
  toUInt64OrNull(own['ReportId']) AS record_id
FROM record
