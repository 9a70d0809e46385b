-- TLS of a Cisco ASA or FTD itself, as server for its VPN and management and as client elsewhere ("Cisco Secure Firewall ASA Series
-- Syslog Messages", 725001 to 725022; some real lines in the corpora of Sekoia, the rest from the manual, whose words differ from version to version).
--
-- A handshake is several messages that no number ties together, so each is an alert of its own: alert_id is the number, alert_name its
-- text without addresses, alert_severity the level of syslog (0 to 7, 0 is the gravest). A message about a client has that client for source; one
-- about a server, which the device asked, has the device for source. The first address is that of the other side when there is only one;
-- of two, a message about a server names the device first. The reason of an error (725014) is in alert_message and has no address.
SELECT
  ['cisco', ifNull(syslog_host, ''), number, toString(toUnixTimestamp64Micro(event_time)), before, ifNull(toString(peer), ''), ifNull(toString(peer_port), ''), ifNull(after, '')] AS identity,
  assumeNotNull(coalesce(time, syslog_time)) AS event_time,
  endsWith(before, 'server') AND own IS NULL AS alone,
  if(alone, own, peer) AS source_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(if(alone, own, peer)), '^::ffff:', ''), '') AS source_address,
  if(alone, own_port, peer_port) AS source_port,
  if(alone, peer, own) AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(if(alone, peer, own)), '^::ffff:', ''), '') AS destination_address,
  if(alone, peer_port, own_port) AS destination_port,
  if(peer IS NULL, '', 'tcp') AS network_transport,
  trimRight(if(peer IS NULL, replaceRegexpOne(before, '(?:[.] Function)?[\\[:].*$', ''), before)) AS alert_name,
  number AS alert_id,
  'TLS of the device' AS alert_category,
  level AS alert_severity,
  concat(before, ifNull(after, '')) AS alert_message
FROM record
