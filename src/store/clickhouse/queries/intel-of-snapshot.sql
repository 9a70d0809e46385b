-- Which reference data of a snapshot is stored.
-- param snapshot String: 16 hexadecimal digits
-- returns: catalogue, entry, key, value
-- order: none
-- key: intel_entry by its primary key, snapshot
SELECT toString(i.catalogue) AS catalogue, entry, toString(i.key) AS key, value
FROM intel_entry AS i
WHERE i.snapshot = {snapshot:String}
