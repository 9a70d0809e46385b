-- A digest of catalogues of a snapshot: what of them decides who matches.
-- param snapshot String: 16 hexadecimal digits
-- param catalogues Array(String): their names
-- returns: digest (decimal text)
-- order: none, one row
-- key: intel_entry by (snapshot, catalogue)
SELECT toString(sum(hash)) AS digest
FROM (
  SELECT DISTINCT cityHash64(toString(catalogue), entry, toString(key), value, toString(arraySort(arrayZip(mapKeys(attributes), mapValues(attributes))))) AS hash
  FROM intel_entry
  WHERE snapshot = {snapshot:String} AND has({catalogues:Array(String)}, toString(catalogue))
)
