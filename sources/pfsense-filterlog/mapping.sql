-- filterlog of pfSense (docs.netgate.com, "Raw Filter Log Format") and OPNsense (src/opnsense/scripts/syslog/logformats/filter.py): one line for a packet that
-- pf passed or blocked by a rule that logs. Of a connection that is passed it is the first packet.
--
-- flow_state is what pf did with it; source_bytes the payload of this one packet, and not of the connection. How much was
-- transferred afterwards, and for how long, the log does not tell. What icmp, carp, vrrp and others say stands in extra, with all else.
-- The header of syslog has the only time: a log of lines without it has none, and its lines are malformed.
SELECT
  ['filterlog', toString(toUnixTimestamp64Micro(syslog_time)), ifNull(syslog_host, ''), toString(source), ifNull(toString(from_port), ''), toString(destination),
    ifNull(toString(to_port), ''), ifNull(id, ''), ifNull(sequence, ''), action] AS identity,
  syslog_time AS event_time,
  source AS source_ip,
  replaceRegexpOne(IPv6NumToString(source), '^::ffff:', '') AS source_address,
  from_port AS source_port,
  destination AS destination_ip,
  replaceRegexpOne(IPv6NumToString(destination), '^::ffff:', '') AS destination_address,
  to_port AS destination_port,
  replaceRegexpOne(replaceOne(lower(protocol), 'ipv6-icmp', 'icmp'), '^icmpv?6$', 'icmp') AS network_transport,
  action AS flow_state,
  data_length AS source_bytes
FROM record
