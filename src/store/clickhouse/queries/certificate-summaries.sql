-- What is known of certificates: what their bytes say, or, where nobody saw them, what sensors said together.
-- param ids Array(String): certificate_id, hexadecimal
-- returns: id, from_der, issuance, sha256, sha1, md5, spki_sha256 (hexadecimal or NULL), subject, issuer, serial, not_before, not_after (milliseconds or NULL), names, apexes, owner, key_algorithm, key_bits, signature_algorithm, self_issued, is_ca, is_precertificate, problems
-- order: none
-- key: certificate by certificate_id; a subquery, since the engine reads no key by an array made of a parameter
SELECT
  lower(hex(certificate_id)) AS id,
  max(from_der) AS has_der,
  lower(hex(if(has_der, maxIf(c.issuance, from_der), max(c.issuance)))) AS issuance,
  lower(hex(max(c.sha256))) AS sha256,
  lower(hex(max(c.sha1))) AS sha1,
  lower(hex(max(c.md5))) AS md5,
  lower(hex(max(c.spki_sha256))) AS spki_sha256,
  if(has_der, maxIf(c.subject, from_der), max(c.subject)) AS subject,
  if(has_der, maxIf(c.issuer, from_der), max(c.issuer)) AS issuer,
  if(has_der, maxIf(c.serial, from_der), max(c.serial)) AS serial,
  toUnixTimestamp64Milli(if(has_der, maxIf(c.not_before, from_der), max(c.not_before))) AS not_before,
  toUnixTimestamp64Milli(if(has_der, maxIf(c.not_after, from_der), max(c.not_after))) AS not_after,
  arraySort(if(has_der, groupUniqArrayArrayIf(c.names, from_der), groupUniqArrayArray(c.names))) AS names,
  arraySort(if(has_der, groupUniqArrayArrayIf(c.apexes, from_der), groupUniqArrayArray(c.apexes))) AS apexes,
  if(has_der, maxIf(c.owner, from_der), max(c.owner)) AS owner,
  if(has_der, maxIf(c.key_algorithm, from_der), max(c.key_algorithm)) AS key_algorithm,
  if(has_der, maxIf(c.key_bits, from_der), max(c.key_bits)) AS key_bits,
  if(has_der, maxIf(c.signature_algorithm, from_der), max(c.signature_algorithm)) AS signature_algorithm,
  if(has_der, maxIf(c.self_issued, from_der), max(c.self_issued)) AS self_issued,
  if(has_der, maxIf(c.is_ca, from_der), max(c.is_ca)) AS is_ca,
  if(has_der, maxIf(c.is_precertificate, from_der), max(c.is_precertificate)) AS is_precertificate,
  arraySort(if(has_der, groupUniqArrayArrayIf(c.problems, from_der), groupUniqArrayArray(c.problems))) AS problems
FROM certificate AS c
WHERE certificate_id IN (SELECT toFixedString(unhex(one), 16) FROM (SELECT arrayJoin({ids:Array(String)}) AS one))
GROUP BY certificate_id
