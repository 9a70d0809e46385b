-- Messages of a Cisco ASA, FTD or FWSM about connections ("Cisco Secure Firewall ASA Series Syslog Messages"; real lines in the corpora of
-- Sekoia): 302013 to 302016, 302020, 302021, 302303 and 302304 (built, torn down), 106001, 106006, 106007, 106010, 106012, 106014,
-- 106015, 106021, 106023 and 710003 (denied), 106100 and 106102 (a rule that logs).
--
-- A message of a connection names the outer side first. Built inbound: the first side opened it. Built outbound: the second did. A teardown
-- does not say who: the side with the higher port is taken for it, and the first where they are the same. Built and teardown
-- of one connection have one record key, by its number and its sides. A teardown tells bytes of both ways together: they stay in
-- extra, since nobody knows whose they are. So do users, translated addresses, interfaces and flags. Translations (305011) are cisco-other.
SELECT
  if(connection IS NULL,
    ['cisco', ifNull(syslog_host, ''), number, toString(toUnixTimestamp64Micro(event_time)), toString(first), ifNull(toString(first_port), ''), toString(second), ifNull(toString(second_port), '')],
    ['cisco', ifNull(syslog_host, ''), assumeNotNull(connection), toString(first), ifNull(toString(first_port), ''), toString(second), ifNull(toString(second_port), '')]) AS identity,
  assumeNotNull(coalesce(time, syslog_time)) AS event_time,
  ifNull(connection, '') AS connection_id,
  multiIf(way IS NOT NULL, ifNull(way = 'outbound', false), what = 'Teardown', ifNull(second_port > first_port, false), false) AS turned,
  if(turned, second, first) AS source_ip,
  replaceRegexpOne(IPv6NumToString(source_ip), '^::ffff:', '') AS source_address,
  if(lower(protocol) LIKE 'icmp%', NULL, if(turned, second_port, first_port)) AS source_port,
  if(turned, first, second) AS destination_ip,
  replaceRegexpOne(IPv6NumToString(destination_ip), '^::ffff:', '') AS destination_address,
  if(lower(protocol) LIKE 'icmp%', NULL, if(turned, first_port, second_port)) AS destination_port,
  transform(lower(protocol), ['1', '6', '17', 'icmp6', 'ipv6-icmp', '58'], ['icmp', 'tcp', 'udp', 'icmp', 'icmp', 'icmp'], lower(protocol)) AS network_transport,
  transform(what, ['Built', 'Teardown', 'Deny', 'Inbound'], ['built', 'teardown', 'denied', 'denied'], lower(what)) AS flow_state,
  toFloat64(hours * 3600 + minutes * 60 + seconds) AS flow_duration
FROM record
