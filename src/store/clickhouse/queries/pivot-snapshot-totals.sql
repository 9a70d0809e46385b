-- How much a snapshot counted: owner groups of all certificates, and values that two certificates have.
-- param snapshot String: id of the snapshot
-- returns: owners, values
-- order: none, one row
-- key: certificate by scanning owner; owner_group and pivot_frequency by snapshot
SELECT
  (SELECT uniq(if(g.owner_group = '', c.owner, g.owner_group)) FROM (SELECT argMax(owner, from_der) AS owner FROM certificate GROUP BY certificate_id) AS c
    LEFT JOIN (SELECT owner, owner_group FROM owner_group WHERE snapshot = {snapshot:String}) AS g ON g.owner = c.owner) AS owners,
  (SELECT count() FROM pivot_frequency WHERE snapshot = {snapshot:String}) AS values
