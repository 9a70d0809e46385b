-- Whether anything was read that can tell of changes to what machines trust: asked before anything dearer is.
-- param first UInt64: the first ingest_sequence to look at
-- returns: events, registry_values: 1 or 0
-- order: none, one row
-- key: windows_event by (channel, event_id), and both by the minmax index on ingest_sequence
SELECT
  toUInt8((
    SELECT count() FROM (
      SELECT event_id FROM windows_event
      WHERE ingest_sequence >= {first:UInt64}
        AND ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (12, 13, 14)) OR (channel = 'Security' AND event_id = 4657))
      LIMIT 1
    )
  )) AS events,
  toUInt8((SELECT count() FROM (SELECT evidence_id FROM registry_value WHERE ingest_sequence >= {first:UInt64} LIMIT 1))) AS registry_values
