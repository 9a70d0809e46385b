-- Certificates for names below domains that were issued since a time.
-- param prefixes Array(String): domains by their labels from the right, such as com.example
-- param since DateTime64(3, 'UTC'): beginning of their validity
-- returns: id, sha256, spki_sha256 (lower-case hexadecimal), issuer, serial, not_before, not_after (milliseconds), names, key_algorithm, key_bits, signature_algorithm, is_precertificate, der (hexadecimal)
-- order: not_before, id
-- key: certificate_name by scanning names; certificate by certificate_id
SELECT
  lower(hex(certificate_id)) AS id, lower(hex(ifNull(max(sha256), ''))) AS sha256, lower(hex(ifNull(max(spki_sha256), ''))) AS spki_sha256, max(issuer) AS issuer, max(serial) AS serial,
  toUnixTimestamp64Milli(max(not_before)) AS not_before, toUnixTimestamp64Milli(max(not_after)) AS not_after, arraySort(groupUniqArrayArray(names)) AS names,
  max(key_algorithm) AS key_algorithm, max(key_bits) AS key_bits, max(signature_algorithm) AS signature_algorithm, ifNull(max(is_precertificate), false) AS is_precertificate,
  lower(hex(max(der))) AS der
FROM certificate
WHERE certificate_id IN (
  SELECT certificate_id FROM certificate_name
  WHERE arrayExists(one -> name_reversed = one OR startsWith(name_reversed, concat(one, '.')), {prefixes:Array(String)})
)
GROUP BY certificate_id
HAVING max(certificate.not_before) >= {since:DateTime64(3, 'UTC')} AND NOT ifNull(max(certificate.is_ca), false)
ORDER BY not_before, id
LIMIT 20000
