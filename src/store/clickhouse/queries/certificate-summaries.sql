-- What is known of certificates: what their bytes say, or, where nobody saw them, what sensors said together.
-- param ids Array(String): certificate_id, hexadecimal
-- returns: id, has_der, issuance, sha256, sha1, md5, spki_sha256 (hexadecimal or NULL), subject, issuer, serial, not_before, not_after (milliseconds or NULL), names, apexes, owner, key_algorithm, key_bits, signature_algorithm, self_issued, is_ca, is_precertificate, problems
-- order: by certificate_id
-- key: certificate by certificate_id; a subquery, since an array made of a parameter is no key to the engine
SELECT
  lower(hex(c.certificate_id)) AS id,
  c.from_der AS has_der,
  lower(hex(max(c.issuance))) AS issuance,
  lower(hex(max(c.sha256))) AS sha256,
  lower(hex(max(c.sha1))) AS sha1,
  lower(hex(max(c.md5))) AS md5,
  lower(hex(max(c.spki_sha256))) AS spki_sha256,
  max(c.subject) AS subject,
  max(c.issuer) AS issuer,
  max(c.serial) AS serial,
  toUnixTimestamp64Milli(max(c.not_before)) AS not_before,
  toUnixTimestamp64Milli(max(c.not_after)) AS not_after,
  arraySort(groupUniqArrayArray(c.names)) AS names,
  arraySort(groupUniqArrayArray(c.apexes)) AS apexes,
  max(c.owner) AS owner,
  max(c.key_algorithm) AS key_algorithm,
  max(c.key_bits) AS key_bits,
  max(c.signature_algorithm) AS signature_algorithm,
  max(c.self_issued) AS self_issued,
  max(c.is_ca) AS is_ca,
  max(c.is_precertificate) AS is_precertificate,
  arraySort(groupUniqArrayArray(c.problems)) AS problems
FROM certificate AS c
PREWHERE c.certificate_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
GROUP BY c.certificate_id, c.from_der
ORDER BY c.certificate_id, c.from_der DESC
LIMIT 1 BY c.certificate_id
