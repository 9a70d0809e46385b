-- Addresses behind which many people or many programs stood on one day: a proxy, a gateway, a translated network.
-- param users UInt32: distinct users on a day from which on an address is shared
-- param fingerprints UInt32: distinct JA4 fingerprints on a day from which on it is
-- returns: address, day, users, fingerprints
-- order: by users and fingerprints together, most first, then address and day; at most 100
-- key: http_request and tls_session as wholes, three columns each
SELECT
  replaceRegexpOne(IPv6NumToString(address), '^::ffff:', '') AS address,
  toString(day) AS day,
  uniqExactIf(named, what = 'user') AS users,
  uniqExactIf(named, what = 'fingerprint') AS fingerprints
FROM (
  SELECT assumeNotNull(source_ip) AS address, toDate(event_time) AS day, 'user' AS what, user_name AS named
  FROM http_request
  WHERE source_ip IS NOT NULL AND user_name NOT IN ('', '-') AND network_direction IN ('outbound', 'internal')
  UNION ALL
  SELECT assumeNotNull(source_ip), toDate(event_time), 'fingerprint', toString(tls_ja4)
  FROM tls_session
  WHERE source_ip IS NOT NULL AND tls_ja4 != '' AND network_direction IN ('outbound', 'internal')
)
GROUP BY address, day
HAVING users >= {users:UInt32} OR fingerprints >= {fingerprints:UInt32}
ORDER BY users + fingerprints DESC, address, day
LIMIT 100
