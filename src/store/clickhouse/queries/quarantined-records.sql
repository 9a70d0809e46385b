-- Which records of some pieces of evidence are in quarantine.
-- param evidence_ids Array(String): hexadecimal ids of the evidence
-- returns: evidence_id, record_number
-- order: none
-- key: malformed by its primary key, evidence_id
SELECT toString(m.evidence_id) AS evidence_id, record_number
FROM malformed AS m
WHERE m.evidence_id IN {evidence_ids:Array(String)}
