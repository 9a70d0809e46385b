-- FortiOS, UTM log subtypes ips, virus, anomaly, waf, dlp and the like (FortiOS Log Message Reference; real lines in the corpora of Sekoia).
--
-- event_time is eventtime, in seconds or nanoseconds of UTC (FortiOS 6.0 and later); where it is missing, date and time in the zone of the
-- device, and where they are missing the header of syslog.
-- Sides are as logged: of the session for ips and virus, of the packets for anomaly. alert_severity is 1 for critical, 2 high, 3 medium, 4 low, 5
-- info. alert_id is the number of the signature or virus. The address asked for stands in alert_message; user agent and profile in extra.
SELECT
  ['fortigate', 'threat', ifNull(devid, ''), ifNull(vd, ''), ifNull(sessionid, ''), toString(srcip), ifNull(toString(srcport), ''), toString(dstip), ifNull(toString(dstport), ''), ifNull(logid, ''), toString(toUnixTimestamp64Micro(event_time)), coalesce(attackid, virusid, '')] AS identity,
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
  coalesce(attack, virus, msg, '') AS alert_name,
  coalesce(attackid, virusid, '') AS alert_id,
  ifNull(subtype, '') AS alert_category,
  transform(lower(ifNull(severity, '')), ['critical', 'high', 'medium', 'low', 'info'], [1, 2, 3, 4, 5], NULL) AS alert_severity,
  trimBoth(concat(coalesce(msg, ''), if(hostname IS NULL AND url IS NULL, '', concat(' ', ifNull(hostname, ''), ifNull(url, ''))), if(filename IS NULL, '', concat(' ', assumeNotNull(filename))), if(action IS NULL, '', concat(' (', assumeNotNull(action), ')')))) AS alert_message
FROM record
