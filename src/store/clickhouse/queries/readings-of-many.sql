-- Under which paths, and with which content, pieces of evidence have been read.
-- param evidence_ids Array(String): hexadecimal ids of the evidence
-- returns: evidence_id, content_sha256, path
-- order: none
-- key: evidence by its primary key, evidence_id
SELECT DISTINCT toString(e.evidence_id) AS evidence_id, content_sha256, path
FROM evidence AS e
WHERE e.evidence_id IN {evidence_ids:Array(String)}
