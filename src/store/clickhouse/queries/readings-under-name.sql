-- The newest reading of each piece of evidence under each path that holds a name, as the table has it.
-- param name String: the name of a file
-- returns: evidence_id, content_sha256, bytes, path, reader, sources, read_at, records, stored, malformed, ignored, ignored_because, complete, problems
-- order: none
-- key: evidence as a whole, a row per reading
SELECT
  toString(evidence_id) AS evidence_id, content_sha256, bytes, path, toString(reader) AS reader, sources,
  concat(replaceOne(toString(read_at), ' ', 'T'), 'Z') AS read_at, records, stored, malformed, ignored, ignored_because,
  complete, problems
FROM evidence
WHERE position(path, {name:String}) > 0
ORDER BY evidence.read_at DESC
LIMIT 1 BY evidence_id, path
