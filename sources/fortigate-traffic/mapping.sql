-- FortiOS and FortiProxy, log type traffic (FortiOS Log Message Reference; real lines in the corpora of Sekoia): a line when a session ends, every two
-- minutes while it goes on (logid 0000000020), and when it is denied.
--
-- event_time is eventtime, in seconds or nanoseconds of UTC (FortiOS 6.0 and later); where it is missing, date and time in the zone of the
-- device, and where they are missing the header of syslog.
-- Lines of one session have one record key, so that it counts once; a session without a number has a key for each line. flow_state is action:
-- accept, deny, close, timeout, client-rst, server-rst, ip-conn. Bytes have headers counted in. A line in FortiOS' form with commas is not read.
SELECT
  ['fortigate', 'traffic', ifNull(devid, ''), ifNull(vd, ''), ifNull(sessionid, ''), toString(srcip), ifNull(toString(srcport), ''), toString(dstip), ifNull(toString(dstport), ''), if(ifNull(sessionid, '0') = '0', toString(toUnixTimestamp64Micro(event_time)), '')] AS identity,
  assumeNotNull(coalesce(
    seconds + toIntervalMicrosecond(toUInt32OrZero(substring(rightPad(ifNull(fraction, ''), 6, '0'), 1, 6))),
    date + toIntervalSecond(ifNull(toUInt32OrZero(substring(time, 1, 2)) * 3600 + toUInt32OrZero(substring(time, 4, 2)) * 60 + toUInt32OrZero(substring(time, 7, 2)), 0)),
    syslog_time)) AS event_time,
  ifNull(sessionid, '') AS connection_id,
  srcip AS source_ip,
  replaceRegexpOne(IPv6NumToString(srcip), '^::ffff:', '') AS source_address,
  srcport AS source_port,
  dstip AS destination_ip,
  replaceRegexpOne(IPv6NumToString(dstip), '^::ffff:', '') AS destination_address,
  dstport AS destination_port,
  transform(ifNull(proto, ''), ['1', '6', '17', '58', '132'], ['icmp', 'tcp', 'udp', 'icmp', 'sctp'], ifNull(proto, '')) AS network_transport,
  lower(coalesce(service, app, '')) AS network_protocol,
  ifNull(action, '') AS flow_state,
  duration AS flow_duration,
  sentbyte AS source_bytes,
  rcvdbyte AS destination_bytes,
  sentpkt AS source_packets,
  rcvdpkt AS destination_packets
FROM record
