-- How many statements insert under one of the tokens right now, on this node: a server goes on for a client that is gone.
-- param tokens Array(String): tokens of insertions, without what follows their last slash
-- returns: statements
-- order: none, one row
-- key: none, the list of processes
SELECT count() AS statements
FROM system.processes
WHERE has({tokens:Array(String)}, replaceRegexpOne(Settings['insert_deduplication_token'], '/[^/]*$', ''))
