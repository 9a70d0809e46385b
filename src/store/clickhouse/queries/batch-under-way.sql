-- How many statements insert a batch right now, on this node: a server goes on for a client that is gone.
-- param batch String: token of the batch
-- returns: statements
-- order: none, one row
-- key: none, the list of processes
SELECT count() AS statements
FROM system.processes
WHERE position(Settings['insert_deduplication_token'], {batch:String}) = 1
