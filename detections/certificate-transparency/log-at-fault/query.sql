-- Which logs of Certificate Transparency did what no log may do: one row for each log and kind of fault.
-- param intel String: snapshot of the reference data; nothing of it is used
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: ct_log_fault by ct_log_id
WITH faults AS (
  SELECT
    ct_log_id, ct_fault, max(ct_log) AS log, uniqExact(record_key) AS fault_count, min(event_time) AS first, max(event_time) AS last,
    argMin(ct_fault_message, (event_time, record_key)) AS message, argMin(ct_fault_place, (event_time, record_key)) AS place,
    arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
  FROM ct_log_fault
  WHERE {intel:String} != ''
  GROUP BY ct_log_id, ct_fault
)
SELECT
  concat(ct_log_id, '|', ct_fault) AS key,
  concat(
    substringUTF8(log, 1, 200), ' ',
    transform(ct_fault,
      ['ct/fork', 'ct/shrink', 'ct/root', 'ct/consistency', 'ct/merged-late', 'ct/head-stale', 'ct/head-future', 'ct/head-signature', 'ct/head-origin', 'ct/precertificate', 'ct/promise-broken'],
      ['showed different trees of one size', 'took entries back', 'gave entries that are not those of the tree that it signed', 'does not show that its tree begins with what it was',
        'merged entries later than it had promised', 'has no head as new as it has to be', 'signed a head at a time that is not yet', 'has a head that its key did not sign', 'has a checkpoint of another log', 'gave precertificates, or issuers, that are not those in its tree', 'does not have entries that it promised'],
      'gave an answer that cannot be read'),
    ' (', ct_fault, ' at ', substringUTF8(place, 1, 80), if(fault_count = 1, ')', concat(', and ', toString(fault_count - 1), ' more)')),
    if(message = '', '', concat(': ', substringUTF8(message, 1, 300)))
  ) AS summary,
  [('ct_log', substringUTF8(log, 1, 253)), ('ct_log_id', ct_log_id)] AS entities,
  [multiIf(
    ct_fault IN ('ct/fork', 'ct/shrink', 'ct/root', 'ct/consistency'), 'two_stories',
    ct_fault IN ('ct/head-signature', 'ct/head-origin'), 'foreign_head',
    ct_fault = 'ct/precertificate', 'swapped',
    ct_fault = 'ct/promise-broken', 'promise_broken',
    ct_fault IN ('ct/merged-late', 'ct/head-stale', 'ct/head-future'), 'late', 'unreadable')] AS signals,
  chosen AS events,
  fault_count AS event_count,
  toString(first) AS first_seen,
  toString(last) AS last_seen
FROM faults
ORDER BY first, key
