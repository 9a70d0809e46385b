-- A question of DNS in a connection that Cisco Firepower Threat Defense saw ("Cisco Secure Firewall Threat Defense Syslog Messages", 430002 and
-- 430003; a real line in the corpora of Sekoia). See cisco-ftd-connection for what a connection is. Bytes and packets stay in extra.
--
-- Type and response are told in words ("a host address", "No Error"): the usual ones become their names, others stay as told.
SELECT
  ['cisco-ftd', 'dns', ifNull(DeviceUUID, ''), ifNull(InstanceID, ''), ifNull(ConnectionID, ''), toString(toUnixTimestamp64Micro(event_time)), toString(SrcIP),
    ifNull(toString(SrcPort), ''), toString(DstIP), ifNull(toString(DstPort), '')] AS identity,
  assumeNotNull(coalesce(FirstPacketSecond, time, syslog_time)) AS event_time,
  ifNull(ConnectionID, '') AS connection_id,
  SrcIP AS source_ip,
  replaceRegexpOne(IPv6NumToString(SrcIP), '^::ffff:', '') AS source_address,
  SrcPort AS source_port,
  DstIP AS destination_ip,
  replaceRegexpOne(IPv6NumToString(DstIP), '^::ffff:', '') AS destination_address,
  DstPort AS destination_port,
  lower(ifNull(Protocol, '')) AS network_transport,
  trimRight(lower(DNSQuery), '.') AS dns_question_name,
  transform(lower(ifNull(DNSRecordType, '')), ['a host address', 'ip6 address', 'a domain name pointer', 'mail exchange', 'text strings', 'an authoritative name server', 'the canonical name for an alias', 'marks the start of a zone of authority', 'server selection'],
    ['A', 'AAAA', 'PTR', 'MX', 'TXT', 'NS', 'CNAME', 'SOA', 'SRV'], ifNull(DNSRecordType, '')) AS dns_question_type,
  transform(lower(ifNull(DNSResponseType, '')), ['no error', 'non-existent domain', 'server failure', 'query refused', 'format error', 'not implemented'],
    ['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED', 'FORMERR', 'NOTIMP'], ifNull(DNSResponseType, '')) AS dns_response_code
FROM record
