-- Requests for certificates by account (Windows Security 4886). The account is told in lower case: DOMAIN\name.
-- param from_sequence UInt64: first ingest_sequence that is read
-- param to_sequence UInt64: the one after the last
-- returns: category, entity, at, member, event_uid, evidence_id, record_number
-- order: none
-- key: windows_event by (channel, event_id), and by_sequence
SELECT
  'request' AS category, lower(fields['Requester']) AS entity, event_time AS at,
  if(fields['RequestId'] = '', hex(record_key), concat(lower(toString(host_name)), '|', substring(fields['RequestId'], 1, 40))) AS member,
  event_uid, evidence_id, record_number
FROM windows_event
WHERE channel = 'Security' AND event_id = 4886 AND fields['Requester'] != ''
  AND ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64}
