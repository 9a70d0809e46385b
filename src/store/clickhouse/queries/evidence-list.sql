-- Every file that was read, with its accounting as of the newest reading under each path.
-- returns: path, reader, sources, records, stored, malformed, ignored, bytes, complete, evidence_id, last_read
-- order: by time of reading, then path
-- key: evidence as a whole, a row per reading
SELECT
  path, argMax(reader, read_at) AS reader, argMax(sources, read_at) AS sources, argMax(records, read_at) AS records,
  argMax(stored, read_at) AS stored, argMax(malformed, read_at) AS malformed, argMax(ignored, read_at) AS ignored,
  argMax(bytes, read_at) AS bytes, argMax(complete, read_at) AS complete, evidence_id, toString(max(read_at)) AS last_read
FROM evidence
GROUP BY evidence_id, path
ORDER BY last_read, path
