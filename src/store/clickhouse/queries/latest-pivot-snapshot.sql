-- The document frequencies in use, and how many certificates came since.
-- returns: snapshot, made_at (ISO 8601, UTC), certificates, owners, arrived_since
-- order: none, one row at most
-- key: pivot_snapshot by made_at; certificate by scanning first_sequence
SELECT s.snapshot AS snapshot, concat(replaceOne(toString(s.made_at), ' ', 'T'), 'Z') AS made_at, s.certificates AS certificates, s.owners AS owners,
  (SELECT countIf(first_sequence > (SELECT argMax(last_sequence, made_at) FROM pivot_snapshot)) FROM certificate) AS arrived_since
FROM pivot_snapshot AS s
ORDER BY s.made_at DESC, s.snapshot
LIMIT 1
