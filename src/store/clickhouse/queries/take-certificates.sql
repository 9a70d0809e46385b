-- Puts certificates into their table, one line of a chunk each: columns parted by tabs, in the order of certificateLine
-- (ingest), the members of a list by U+001F, the two halves of a pair by U+001E. An empty column is not known.
-- Taking the same line in twice changes nothing.
-- returns: nothing
-- order: none
-- key: writes certificate
INSERT INTO certificate (certificate_id, from_der, issuance, sha256, sha1, md5, spki_sha256, subject, issuer, serial, not_before, not_after, names, apexes, owner, key_algorithm, key_bits, signature_algorithm, self_issued, is_ca, is_precertificate, problems, pivots, der, first_sequence)
SELECT
  toFixedString(substring(unhex(c[1]), 1, 16), 16),
  c[2] = '1',
  toFixedString(substring(unhex(c[3]), 1, 16), 16),
  if(c[4] = '', NULL, toFixedString(substring(unhex(c[4]), 1, 32), 32)),
  if(c[5] = '', NULL, toFixedString(substring(unhex(c[5]), 1, 20), 20)),
  if(c[6] = '', NULL, toFixedString(substring(unhex(c[6]), 1, 16), 16)),
  if(c[7] = '', NULL, toFixedString(substring(unhex(c[7]), 1, 32), 32)),
  c[8],
  c[9],
  c[10],
  fromUnixTimestamp64Milli(toInt64OrNull(c[11]), 'UTC'),
  fromUnixTimestamp64Milli(toInt64OrNull(c[12]), 'UTC'),
  arrayFilter(name -> name != '', splitByChar('\x1f', c[13])),
  arrayFilter(apex -> apex != '', splitByChar('\x1f', c[14])),
  c[15],
  c[16],
  toUInt16OrNull(c[17]),
  c[18],
  if(c[19] = '', NULL, c[19] = '1'),
  if(c[20] = '', NULL, c[20] = '1'),
  if(c[21] = '', NULL, c[21] = '1'),
  arrayFilter(problem -> problem != '', splitByChar('\x1f', c[22])),
  arrayMap(pair -> (substring(pair, 1, position(pair, '\x1e') - 1), substring(pair, position(pair, '\x1e') + 1)), arrayFilter(pair -> pair != '', splitByChar('\x1f', c[24]))),
  base64Decode(c[25]),
  toUInt64OrZero(c[26])
FROM (SELECT splitByChar('\t', line) AS c FROM {{chunk}})
