-- Puts down where certificates were met: certificate_id (hexadecimal), address, port, sighting, server_name, first_seen
-- and last_seen (microseconds), parted by tabs, one line of a chunk each.
-- returns: nothing
-- order: none
-- key: writes certificate_host
INSERT INTO certificate_host (certificate_id, ip, port, sighting, server_name, first_seen, last_seen)
SELECT toFixedString(substring(unhex(c[1]), 1, 16), 16), assumeNotNull(toIPv6OrNull(c[2])), toUInt16OrZero(c[3]), c[4], c[5],
  fromUnixTimestamp64Micro(toInt64OrZero(c[6]), 'UTC'), fromUnixTimestamp64Micro(toInt64OrZero(c[7]), 'UTC')
FROM (SELECT splitByChar('\t', line) AS c FROM {{chunk}})
WHERE toIPv6OrNull(c[2]) IS NOT NULL
