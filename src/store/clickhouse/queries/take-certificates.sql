-- Puts certificates into their table, one line of a chunk each: columns parted by tabs, in the order of certificateLines
-- (ingest), the members of a list by U+001F. An empty column is not known. Pivots are two columns: attributes and values;
-- with the bytes they are not kept, since whoever has the bytes can read them again.
-- Taking the same line in twice changes nothing.
-- returns: nothing
-- order: none
-- key: writes certificate
INSERT INTO certificate (certificate_id, from_der, issuance, sha256, sha1, md5, spki_sha256, subject, issuer, serial, not_before, not_after, names, apexes, owner, key_algorithm, key_bits, signature_algorithm, self_issued, is_ca, is_precertificate, problems, pivots, der, first_sequence)
SELECT
  toFixedString(substring(unhex(c[1]), 1, 16), 16),
  c[10] = '1',
  toFixedString(substring(unhex(c[2]), 1, 16), 16),
  if(c[11] = '', NULL, toFixedString(substring(unhex(c[11]), 1, 32), 32)),
  if(c[4] = '', NULL, toFixedString(substring(unhex(c[4]), 1, 20), 20)),
  if(c[5] = '', NULL, toFixedString(substring(unhex(c[5]), 1, 16), 16)),
  if(c[12] = '', NULL, toFixedString(substring(unhex(c[12]), 1, 32), 32)),
  c[13],
  c[14],
  c[15],
  fromUnixTimestamp64Milli(toInt64OrNull(c[16]), 'UTC'),
  fromUnixTimestamp64Milli(toInt64OrNull(c[17]), 'UTC'),
  arrayFilter(name -> name != '', splitByChar('\x1f', c[7])),
  arrayFilter(apex -> apex != '', splitByChar('\x1f', c[18])),
  c[3],
  c[19],
  toUInt16OrNull(c[20]),
  c[21],
  if(c[22] = '', NULL, c[22] = '1'),
  if(c[23] = '', NULL, c[23] = '1'),
  if(c[24] = '', NULL, c[24] = '1'),
  arrayFilter(problem -> problem != '', splitByChar('\x1f', c[25])),
  if(c[8] = '', [], arrayZip(splitByChar('\x1f', c[8]), splitByChar('\x1f', c[9]))),
  base64Decode(c[26]),
  toUInt64OrZero(c[27])
FROM (SELECT splitByChar('\t', line) AS c FROM {{chunk}})
