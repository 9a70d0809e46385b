-- An object of the template x509 in a MISP event, or exported by itself (MISP/misp-objects, objects/x509/definition.json,
-- version 4; signature_algorithm is of a later one and seen in the tests of misp-stix, dns_names and pem are later too and
-- known from memory). Its values are attributes that name themselves by object_relation. raw-base64 or pem is the
-- certificate: where it can be decoded, the hashes are over it.
--
-- The time is first_seen of the object, and where that is empty, when it was changed last. What the event says of itself
-- (its title, its tags) stands outside of the object and is not read; event_id leads to it.
SELECT
  ['misp', uuid] AS identity,
  assumeNotNull(coalesce(first_seen, timestamp)) AS event_time,
  'file' AS sighting,
  arrayMap(one -> (JSONExtractString(one, 'object_relation'), JSONExtractString(one, 'value')), JSONExtractArrayRaw("Attribute")) AS pairs,
  mapFromArrays(pairs.1, pairs.2) AS told,
  tryBase64Decode(replaceRegexpAll(if(told['raw-base64'] != '', told['raw-base64'], told['pem']),
    '-----[A-Z ]+-----|[^A-Za-z0-9+/=]', '')) AS decoded,
  if(startsWith(decoded, '0'), decoded, '') AS certificate_der,
  lower(replaceAll(told['x509-fingerprint-sha256'], ':', '')) AS sha256_digits,
  lower(replaceAll(told['x509-fingerprint-sha1'], ':', '')) AS sha1_digits,
  lower(replaceAll(told['x509-fingerprint-md5'], ':', '')) AS md5_digits,
  multiIf(certificate_der != '', SHA256(certificate_der),
    match(sha256_digits, '^[0-9a-f]{64}$'), toFixedString(substring(unhex(sha256_digits), 1, 32), 32), NULL) AS certificate_sha256,
  multiIf(certificate_der != '', SHA1(certificate_der),
    match(sha1_digits, '^[0-9a-f]{40}$'), toFixedString(substring(unhex(sha1_digits), 1, 20), 20), NULL) AS certificate_sha1,
  multiIf(certificate_der != '', MD5(certificate_der),
    match(md5_digits, '^[0-9a-f]{32}$'), toFixedString(substring(unhex(md5_digits), 1, 16), 16), NULL) AS certificate_md5,
  told['subject'] AS certificate_subject,
  told['issuer'] AS certificate_issuer,
  upper(replaceAll(told['serial-number'], ':', '')) AS certificate_serial,
  parseDateTime64BestEffortOrNull(told['validity-not-before'], 6, 'UTC') AS certificate_not_before,
  parseDateTime64BestEffortOrNull(told['validity-not-after'], 6, 'UTC') AS certificate_not_after,
  arrayMap(pair -> lower(pair.2), arrayFilter(pair -> pair.1 = 'dns_names', pairs)) AS certificate_names,
  told['pubkey-info-algorithm'] AS certificate_key_algorithm,
  toUInt16OrNull(told['pubkey-info-size']) AS certificate_key_bits,
  told['signature_algorithm'] AS certificate_signature_algorithm,
  if(certificate_subject = '' OR certificate_issuer = '', NULL, certificate_subject = certificate_issuer) AS certificate_self_issued
FROM record
