-- Packets that the kernel logged for a rule of netfilter (net/netfilter/nf_log_syslog.c): iptables LOG, nftables log, UFW and firewalld, with and
-- without the kernel's own time in brackets.
--
-- flow_state is the text that the rule puts before the line, which says what the rule does only when its author said so
-- ("UFW BLOCK"); it is empty when the rule has none. A line is one packet, either way: the log does not tell who opened the connection, nor how
-- much was transferred. Flags of TCP, interfaces, lengths and marks are in extra. The packet quoted in an ICMP error is not read.
SELECT
  ['netfilter', toString(toUnixTimestamp64Micro(syslog_time)), ifNull(syslog_host, ''), ifNull(uptime, ''), toString(SRC), ifNull(toString(SPT), ''),
    toString(DST), ifNull(toString(DPT), ''), ifNull(ID, ''), ifNull(SEQ, '')] AS identity,
  syslog_time AS event_time,
  SRC AS source_ip,
  replaceRegexpOne(IPv6NumToString(SRC), '^::ffff:', '') AS source_address,
  SPT AS source_port,
  DST AS destination_ip,
  replaceRegexpOne(IPv6NumToString(DST), '^::ffff:', '') AS destination_address,
  DPT AS destination_port,
  transform(PROTO, ['1', '6', '17', '58', 'ICMPv6'], ['icmp', 'tcp', 'udp', 'icmp', 'icmp'], lower(PROTO)) AS network_transport,
  trimBoth(ifNull(prefix, ''), '[]: ') AS flow_state
FROM record
