-- Faults of logs of Certificate Transparency, as `counterseal ct` writes them down when it sees one: a line for each, in the spool of the
-- data directory. The same fault of the same log at the same place is one, however often it is seen. The proof is JSON.
SELECT
  ['ct-fault', lower(hex(record.ct_log_id)), record.ct_fault, place] AS identity,
  seen_at AS event_time,
  record.ct_log AS ct_log,
  lower(hex(record.ct_log_id)) AS ct_log_id,
  record.ct_fault AS ct_fault,
  by_log AS ct_fault_by_log,
  place AS ct_fault_place,
  ifNull(message, '') AS ct_fault_message,
  ifNull(proof, '') AS ct_fault_proof
FROM record
