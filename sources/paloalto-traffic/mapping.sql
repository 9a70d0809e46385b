-- PAN-OS, log type TRAFFIC, as CSV (docs.paloaltonetworks.com, "Traffic Log Fields", PAN-OS 9.1 to 11.2; real lines in the corpora of Sekoia): a line
-- when a session starts, ends, or is denied.
--
-- A column that a version does not have yet is missing at the end of the line. Where it is there (10.0 and later) the time is that of
-- high_res_timestamp, which has its zone; else time_generated, which stands in the zone of the firewall.
-- It is when the line was written: at the end of a session for most. Lines of one session have one record key, by its number, its sides
-- and its start. flow_state is what the rule did and why the session ended. Bytes are those of whole frames, headers counted in. Users,
-- zones, translated addresses and rules are in extra.
SELECT
  ['paloalto', serial, ifNull(sessionid, ''), toString(src), ifNull(toString(sport), ''), toString(dst), ifNull(toString(dport), ''), ifNull(start, '')] AS identity,
  coalesce(high_res_timestamp, time_generated) AS event_time,
  ifNull(sessionid, '') AS connection_id,
  src AS source_ip,
  replaceRegexpOne(IPv6NumToString(src), '^::ffff:', '') AS source_address,
  nullIf(sport, 0) AS source_port,
  dst AS destination_ip,
  replaceRegexpOne(IPv6NumToString(dst), '^::ffff:', '') AS destination_address,
  nullIf(dport, 0) AS destination_port,
  transform(lower(ifNull(proto, '')), ['ipv6-icmp', 'icmp6'], ['icmp', 'icmp'], lower(ifNull(proto, ''))) AS network_transport,
  if(ifNull(app, '') IN ('not-applicable', 'incomplete', 'insufficient-data', 'unknown-tcp', 'unknown-udp'), '', ifNull(app, '')) AS network_protocol,
  if(ifNull(session_end_reason, 'n/a') IN ('n/a', 'unknown'), action, concat(action, ' ', assumeNotNull(session_end_reason))) AS flow_state,
  elapsed AS flow_duration,
  bytes_sent AS source_bytes,
  bytes_received AS destination_bytes,
  pkts_sent AS source_packets,
  pkts_received AS destination_packets
FROM record
