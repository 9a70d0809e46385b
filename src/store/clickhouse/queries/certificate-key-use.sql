-- How many certificates have a public key, and how many owners they have.
-- param spki_sha256 String: hexadecimal
-- returns: certificates, owners, some_owners (at most 10)
-- order: none, one row
-- key: certificate_pivot by attribute and value
SELECT uniqExact(certificate_id) AS certificates, uniqExact(owner) AS owners, arraySort(groupUniqArray(10)(owner)) AS some_owners
FROM certificate_pivot
WHERE attribute = 'spki_sha256' AND value = {spki_sha256:String}
