-- The snapshots of registries that the store has: which part of which host's registry was seen when.
--
-- A hive is whole, and is of the time of its last writing: it covers what it was mounted at. Registry text covers its topmost
-- keys and what is below them, unless it deletes something, for then it is an order and no state; it has no time of its own.
-- What osquery logged at one time covers nothing, since it does not say what it was asked for. Nor does a snapshot of which records could not be read: what it lacks may be there.
-- param evidence_ids Array(String): only these; empty for all
-- returns: evidence_id, host, seen_at (ISO 8601 UTC; empty for text), roots (registry view, |, key in lower case), first_sequence, last_sequence
-- order: by host, seen_at, evidence_id
-- key: registry_value whole, few columns; a hive by its first row, text by all of its keys; evidence by evidence_id
WITH
  texts AS (
    SELECT evidence_id, concat(registry_view, '|', lower(registry_key)) AS place
    FROM registry_value
    WHERE registry_snapshot_time IS NULL AND extra['mount'] = '' AND (empty({evidence_ids:Array(String)}) OR evidence_id IN {evidence_ids:Array(String)})
    GROUP BY evidence_id, place
  ),
  listed AS (
    SELECT evidence_id, place, (evidence_id, if(position(place, '\\') = 0, '', substring(place, 1, length(place) - position(reverse(place), '\\')))) IN (SELECT evidence_id, place FROM texts) AS below
    FROM texts
  ),
  topmost AS (SELECT evidence_id, groupArraySorted(1000)(place) AS tops FROM listed WHERE NOT below GROUP BY evidence_id),
  unreadable AS (SELECT evidence_id, max(malformed) AS lost FROM evidence GROUP BY evidence_id)
SELECT
  toString(registry_value.evidence_id) AS evidence_id,
  toValidUTF8(lower(host_name)) AS host,
  if(registry_snapshot_time IS NULL, '', formatDateTime(assumeNotNull(registry_snapshot_time), '%Y-%m-%dT%H:%i:%S.%fZ')) AS seen_at,
  multiIf(any(lost) > 0, [], any(extra['mount']) != '', [concat('|', lower(any(extra['mount'])))], any(tops)) AS roots,
  min(ingest_sequence) AS first_sequence,
  max(ingest_sequence) AS last_sequence
FROM registry_value
LEFT JOIN topmost ON topmost.evidence_id = registry_value.evidence_id
LEFT JOIN unreadable ON unreadable.evidence_id = registry_value.evidence_id
WHERE empty({evidence_ids:Array(String)}) OR registry_value.evidence_id IN {evidence_ids:Array(String)}
GROUP BY registry_value.evidence_id, host, seen_at
HAVING seen_at != '' OR countIf(registry_operation IN ('value_deleted', 'key_deleted')) = 0
ORDER BY host, seen_at, evidence_id
