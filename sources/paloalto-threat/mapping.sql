-- PAN-OS, log type THREAT, as CSV (docs.paloaltonetworks.com, "Threat Log Fields", PAN-OS 9.1 to 11.2; real lines in the corpora of Sekoia): vulnerability, spyware, virus,
-- wildfire, file, data, scan, flood and the rest. What URL filtering logs (subtype url) is paloalto-url.
--
-- A column that a version does not have yet is missing at the end of the line. Where it is there (10.0 and later) the time is that of
-- high_res_timestamp, which has its zone; else time_generated, which stands in the zone of the firewall.
-- Sides are those of the session, whoever sent what was found (direction, in extra). alert_severity is 1 for critical, 2 high, 3 medium, 4 low, 5
-- informational. alert_name and alert_id are the two parts of the threat id, "Name(number)"; alert_category the subtype; alert_message the
-- URL or file and what was done.
SELECT
  ['paloalto', serial, ifNull(seqno, ''), ifNull(sessionid, ''), toString(toUnixTimestamp64Micro(event_time)), toString(src), toString(dst), threatid] AS identity,
  coalesce(high_res_timestamp, time_generated) AS event_time,
  ifNull(sessionid, '') AS connection_id,
  src AS source_ip,
  replaceRegexpOne(IPv6NumToString(src), '^::ffff:', '') AS source_address,
  nullIf(sport, 0) AS source_port,
  dst AS destination_ip,
  replaceRegexpOne(IPv6NumToString(dst), '^::ffff:', '') AS destination_address,
  nullIf(dport, 0) AS destination_port,
  transform(lower(ifNull(proto, '')), ['ipv6-icmp', 'icmp6'], ['icmp', 'icmp'], lower(ifNull(proto, ''))) AS network_transport,
  replaceRegexpOne(threatid, '\\s*\\([0-9]+\\)$', '') AS alert_name,
  extract(threatid, '\\(([0-9]+)\\)$') AS alert_id,
  ifNull(subtype, '') AS alert_category,
  transform(lower(ifNull(severity, '')), ['critical', 'high', 'medium', 'low', 'informational'], [1, 2, 3, 4, 5], NULL) AS alert_severity,
  trimBoth(concat(ifNull(misc, ''), if(action IS NULL, '', concat(' (', assumeNotNull(action), ')')))) AS alert_message
FROM record
