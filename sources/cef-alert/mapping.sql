-- Alerts in CEF (ArcSight Common Event Format, revision 25; real lines of Fortinet, Palo Alto Networks, Ubiquiti, Cybereason, Cisco and others in the
-- corpora of Sekoia and CrowdSec): PAN-OS log
-- type THREAT but for URLs, the UTM logs of FortiOS that tell of threats, and the intrusion prevention of UniFi. Other products say in words of
-- their own what is an alert: their events with two sides are cef-traffic, and the rest cef-other.
--
-- event_time is start, else rt, else end, else the header of syslog; of Fortinet its own eventtime. Numbers are milliseconds of the epoch (seconds or
-- nanoseconds of Fortinet). A time without a zone stands in that of the evidence: dtz is not read.
-- alert_severity is that of CEF: 0 to 10, 10 is the gravest. Words for it are 2 (Low), 5 (Medium), 8 (High), 10 (Very-High).
SELECT
  ['cef', 'alert', vendor, product, class, ifNull(externalId, ''), toString(toUnixTimestamp64Micro(event_time)), coalesce(PanOSThreatID, FTNTFGTattackid, FTNTFGTvirusid, UNIFIipsSignatureId, ''), toString(src), ifNull(toString(spt), ''), ifNull(toString(dst), ''), ifNull(toString(dpt), '')] AS identity,
  assumeNotNull(coalesce(
    seconds + toIntervalMicrosecond(toUInt32OrZero(substring(rightPad(ifNull(fraction, ''), 6, '0'), 1, 6))),
    start, rt, "end", UNIFIutcTime, syslog_time)) AS event_time,
  ifNull(externalId, '') AS connection_id,
  src AS source_ip,
  replaceRegexpOne(IPv6NumToString(src), '^::ffff:', '') AS source_address,
  spt AS source_port,
  dst AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(dst), '^::ffff:', ''), '') AS destination_address,
  dpt AS destination_port,
  transform(lower(ifNull(proto, '')), ['1', '6', '17', '58', '132'], ['icmp', 'tcp', 'udp', 'icmp', 'sctp'], lower(ifNull(proto, ''))) AS network_transport,
  coalesce(nullIf(replaceRegexpOne(ifNull(PanOSThreatID, ''), '\\s*\\([0-9]+\\)$', ''), ''), FTNTFGTattack, FTNTFGTvirus, UNIFIipsSignature, name, '') AS alert_name,
  coalesce(nullIf(extract(ifNull(PanOSThreatID, ''), '\\(([0-9]+)\\)$'), ''), FTNTFGTattackid, FTNTFGTvirusid, UNIFIipsSignatureId, '') AS alert_id,
  if(class = 'THREAT', ifNull(name, ''), ifNull(cat, class)) AS alert_category,
  coalesce(toUInt16OrNull(severity), transform(lower(ifNull(severity, '')), ['low', 'medium', 'high', 'very-high'], [2, 5, 8, 10], NULL)) AS alert_severity,
  trimBoth(concat(coalesce(msg, ''), if(request IS NULL, '', concat(' ', assumeNotNull(request))), if(fname IS NULL, '', concat(' ', assumeNotNull(fname))), if(act IS NULL, '', concat(' (', assumeNotNull(act), ')')))) AS alert_message
FROM record
