-- Events in CEF with a source and a destination (ArcSight Common Event Format, revision 25; real lines of Fortinet, Palo Alto Networks, Ubiquiti, Cybereason, Cisco and others in the
-- corpora of Sekoia and CrowdSec) that are
-- no request, question or known alert: sessions of firewalls, and whatever else a product tells of two sides. What it is stands in extra (name, class).
--
-- event_time is start, else rt, else end, else the header of syslog; of Fortinet its own eventtime. Numbers are milliseconds of the epoch (seconds or
-- nanoseconds of Fortinet). A time without a zone stands in that of the evidence: dtz is not read.
-- Lines of one session of FortiOS have one record key. flow_state is act, or the action of FortiOS, with the reason of PAN-OS. `out` are bytes of the
-- source, `in` those of the destination, with headers. Events with one side only are cef-other.
SELECT
  ['cef', 'traffic', vendor, product, if(vendor = 'Fortinet', '', class), ifNull(externalId, ''), if(ifNull(externalId, '0') = '0' OR vendor != 'Fortinet', toString(toUnixTimestamp64Micro(event_time)), ''), toString(src), ifNull(toString(spt), ''), toString(dst), ifNull(toString(dpt), '')] AS identity,
  assumeNotNull(coalesce(
    seconds + toIntervalMicrosecond(toUInt32OrZero(substring(rightPad(ifNull(fraction, ''), 6, '0'), 1, 6))),
    start, rt, "end", UNIFIutcTime, syslog_time)) AS event_time,
  ifNull(externalId, '') AS connection_id,
  src AS source_ip,
  replaceRegexpOne(IPv6NumToString(src), '^::ffff:', '') AS source_address,
  spt AS source_port,
  dst AS destination_ip,
  replaceRegexpOne(IPv6NumToString(dst), '^::ffff:', '') AS destination_address,
  dpt AS destination_port,
  transform(lower(ifNull(proto, '')), ['1', '6', '17', '58', '132'], ['icmp', 'tcp', 'udp', 'icmp', 'sctp'], lower(ifNull(proto, ''))) AS network_transport,
  lower(ifNull(app, '')) AS network_protocol,
  concat(coalesce(act, FortinetFortiGateaction, outcome, ''), if(vendor = 'Palo Alto Networks' AND ifNull(reason, 'unknown') NOT IN ('unknown', 'n/a'), concat(' ', assumeNotNull(reason)), '')) AS flow_state,
  coalesce(FTNTFGTduration, FortinetFortiGateduration, if(cn3Label = 'SessionDuration', toFloat64(cn3), NULL), if(cn1Label = 'Duration', cn1, NULL)) AS flow_duration,
  out AS source_bytes,
  "in" AS destination_bytes,
  coalesce(FTNTFGTsentpkt, FortinetFortiGatesentpkt, PanOSPacketsSent, if(cn2Label = 'Packets Sent', cn2, NULL)) AS source_packets,
  coalesce(FTNTFGTrcvdpkt, FortinetFortiGatercvdpkt, PanOSPacketsReceived, if(cn3Label = 'Packets Received', cn3, NULL)) AS destination_packets
FROM record
