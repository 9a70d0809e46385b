-- Registrable domains of certificates that were issued since a time: among them are those that look like ours.
-- param since DateTime64(3, 'UTC'): beginning of their validity
-- returns: domain
-- order: domain
-- key: certificate by scanning two columns
SELECT DISTINCT arrayJoin(apexes) AS domain
FROM certificate
WHERE not_before >= {since:DateTime64(3, 'UTC')}
ORDER BY domain
LIMIT 2000000
