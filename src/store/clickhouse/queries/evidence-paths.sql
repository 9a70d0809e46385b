-- Under which path evidence was read last.
-- param evidence_ids Array(String): of which evidence
-- returns: evidence_id, path
-- order: by evidence_id
-- key: evidence by evidence_id
SELECT evidence_id, argMax(path, read_at) AS path FROM evidence WHERE evidence_id IN {evidence_ids:Array(String)} GROUP BY evidence_id ORDER BY evidence_id
