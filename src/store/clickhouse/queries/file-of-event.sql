-- Which file an event of its signature is about.
-- param uid String: event_uid in 32 hexadecimal digits
-- returns: sha256 (lower-case hexadecimal), file_name, signature_status
-- order: none, one row at most
-- key: file_signature by the bloom filter on event_uid
SELECT lower(hex(assumeNotNull(file_hash_sha256))) AS sha256, file_name, signature_status
FROM file_signature
WHERE event_uid = unhex({uid:String})
LIMIT 1
