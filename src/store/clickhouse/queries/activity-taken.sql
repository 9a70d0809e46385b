-- How far evidence was taken into a baseline, newest first, as it was written down.
-- param family String: the baseline
-- param revision String: of the baseline and of the reference data that it was taken with
-- returns: next_sequence, ledger (decimal text)
-- order: newest first, at most 50
-- key: activity_taken by (family, revision)
SELECT next_sequence, toString(ledger) AS ledger
FROM activity_taken
WHERE family = {family:String} AND revision = {revision:String}
GROUP BY next_sequence, ledger
ORDER BY max(taken_at) DESC, next_sequence DESC
LIMIT 50
