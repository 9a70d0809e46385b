-- Where the bytes of a piece of evidence have been read from, and how much of it.
-- param evidence_id String: hexadecimal id of the evidence
-- returns: path, content_sha256, bytes, reader, last_read
-- order: newest first
-- key: evidence by its primary key, evidence_id
SELECT path, content_sha256, bytes, reader, toString(read_at) AS last_read
FROM evidence
WHERE evidence_id = {evidence_id:String}
ORDER BY read_at DESC
