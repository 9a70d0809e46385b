-- Registrable domains that stand together on a certificate with at most three: their owners belong together.
-- returns: apexes
-- order: none
-- key: certificate by scanning apexes
SELECT DISTINCT arraySort(apexes) AS apexes FROM certificate WHERE length(apexes) BETWEEN 2 AND 3
