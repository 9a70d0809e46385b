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
  RecordNumber AS record_id
FROM record
