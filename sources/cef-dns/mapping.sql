-- The log subtype dns of FortiOS in CEF (ArcSight Common Event Format, revision 25; real lines of Fortinet, Palo Alto Networks, Ubiquiti, Cybereason, Cisco and others in the
-- corpora of Sekoia and CrowdSec;
-- no real line of this subtype was at hand: its names are those of the log with a prefix, as they are in all others). See fortigate-dns.
--
-- event_time is start, else rt, else end, else the header of syslog; of Fortinet its own eventtime. Numbers are milliseconds of the epoch (seconds or
-- nanoseconds of Fortinet). A time without a zone stands in that of the evidence: dtz is not read.
-- A question and its answer have one record key. Only the addresses of an answer are told.
SELECT
  ['cef', 'dns', vendor, product, class, ifNull(externalId, ''), ifNull(toString(dns_transaction_id), ''), dns_question_name, dns_question_type, toString(src), ifNull(toString(spt), ''), toString(dst), ifNull(toString(dpt), '')] AS identity,
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
  trimRight(lower(trimBoth(coalesce(FTNTFGTqname, FortinetFortiGateqname, ''), '[]')), '.') AS dns_question_name,
  upper(coalesce(FTNTFGTqtype, FortinetFortiGateqtype, '')) AS dns_question_type,
  arrayFilter(part -> part != '', arrayMap(part -> trimBoth(part), splitByChar(',', coalesce(FTNTFGTipaddr, FortinetFortiGateipaddr, '')))) AS dns_answers,
  coalesce(FTNTFGTxid, FortinetFortiGatexid) AS dns_transaction_id
FROM record
