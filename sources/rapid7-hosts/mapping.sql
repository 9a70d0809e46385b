-- The hosts and endpoints files of Project Sonar's SSL data sets (rapid7/sonar, wiki pages "SSL Certificates" and "More
-- SSL Certificates"): address and SHA-1 of each certificate that was met there, in the order of the handshake, without
-- a line of names. The date of a scan stands in the name of the file alone. Names of files are never trusted, so it must
-- be put before the rest, as the first column: `awk -v d=2026-03-02 '{print d","$0}'`. Without it the file is not
-- recognised. A port may stand behind the address. With a line of names these are timestamp (or date), ip, port, sha1.
--
-- The certificates that follow the server's own in a handshake are told as met at the same address.
SELECT
  ['rapid7', 'host', toString(event_time), toString(ip), toString(ifNull(port, 0)), lower(hex(sha1))] AS identity,
  assumeNotNull(coalesce(timestamp, date)) AS event_time,
  'scan' AS sighting,
  ip AS destination_ip,
  replaceRegexpOne(IPv6NumToString(ip), '^::ffff:', '') AS destination_address,
  port AS destination_port,
  sha1 AS certificate_sha1
FROM record
