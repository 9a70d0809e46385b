-- Events in LEEF with a source and a destination and no url (IBM QRadar, "Log Event Extended Format (LEEF)", versions 1.0 and 2.0; from its manual, no real line was at hand).
--
-- event_time is devTime, as a text or in milliseconds of the epoch, else the header of syslog. devTimeFormat is not read. Attributes are separated by
-- tabs (LEEF 1.0), or in LEEF 2.0 by tabs or carets: other separators are not read.
-- What it tells of stands in extra (event, cat, sev). flow_state is action, which the format does not name but many write.
SELECT
  ['leef', 'traffic', vendor, product, event, toString(toUnixTimestamp64Micro(event_time)), toString(src), ifNull(toString(srcPort), ''), toString(dst), ifNull(toString(dstPort), '')] AS identity,
  assumeNotNull(coalesce(seconds + toIntervalMillisecond(toUInt16OrZero(ifNull(fraction, ''))), devTime, syslog_time)) AS event_time,
  src AS source_ip,
  replaceRegexpOne(IPv6NumToString(src), '^::ffff:', '') AS source_address,
  srcPort AS source_port,
  dst AS destination_ip,
  replaceRegexpOne(IPv6NumToString(dst), '^::ffff:', '') AS destination_address,
  dstPort AS destination_port,
  transform(lower(ifNull(proto, '')), ['1', '6', '17', '58', '132'], ['icmp', 'tcp', 'udp', 'icmp', 'sctp'], lower(ifNull(proto, ''))) AS network_transport,
  ifNull(action, '') AS flow_state,
  srcBytes AS source_bytes,
  dstBytes AS destination_bytes,
  srcPackets AS source_packets,
  dstPackets AS destination_packets
FROM record
