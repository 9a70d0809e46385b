-- Connections seen by Cisco Firepower Threat Defense and NGIPS ("Cisco Secure Firewall Threat Defense Syslog Messages", 430002 at the start and
-- 430003 at the end of a connection; real lines in the corpora of Sekoia). One that tells more is cisco-ftd-dns, cisco-ftd-tls or cisco-ftd-url,
-- in this order, and then no row of network_flow.
--
-- event_time is that of the first packet, in UTC. Start and end have one record key: device, instance, connection and first packet.
-- flow_state is what the rule did. Zones, users, rules and translated addresses stay in extra. A value that itself has a comma, a
-- word and a colon in it ends there.
SELECT
  ['cisco-ftd', 'flow', ifNull(DeviceUUID, ''), ifNull(InstanceID, ''), ifNull(ConnectionID, ''), toString(toUnixTimestamp64Micro(event_time)), toString(SrcIP),
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
  lower(ifNull(ApplicationProtocol, '')) AS network_protocol,
  trimBoth(replaceRegexpAll(ifNull(AccessControlRuleAction, ''), '<[^>]*>', '')) AS flow_state,
  ConnectionDuration AS flow_duration,
  InitiatorBytes AS source_bytes,
  ResponderBytes AS destination_bytes,
  InitiatorPackets AS source_packets,
  ResponderPackets AS destination_packets
FROM record
