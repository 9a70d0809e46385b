-- FortiOS, UTM log subtype dns (FortiOS Log Message Reference, 54000 to 54805; real lines in the corpora of Sekoia): a line for a question, and
-- one for its answer when the DNS filter saw one. Before FortiOS 6.4 the log type is dns and the subtype dns-query or dns-response.
--
-- event_time is eventtime, in seconds or nanoseconds of UTC (FortiOS 6.0 and later); where it is missing, date and time in the zone of the
-- device, and where they are missing the header of syslog.
-- A question and its answer have one record key: session, message id, name and type. A question for the root has no name. Only addresses of an answer
-- are told, and a response code only by versions that have rcode. What the filter decided is in extra.
SELECT
  ['fortigate', 'dns', ifNull(devid, ''), ifNull(vd, ''), ifNull(sessionid, ''), toString(srcip), ifNull(toString(srcport), ''), toString(dstip), ifNull(toString(dstport), ''), ifNull(toString(xid), ''), ifNull(lower(qname), ''), ifNull(qtype, '')] AS identity,
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
  trimRight(lower(trimBoth(ifNull(qname, ''), '[]')), '.') AS dns_question_name,
  upper(ifNull(qtype, '')) AS dns_question_type,
  upper(ifNull(rcode, if(notEmpty(dns_answers), 'NOERROR', ''))) AS dns_response_code,
  arrayFilter(part -> part != '', arrayMap(part -> trimBoth(part), splitByChar(',', ifNull(ipaddr, '')))) AS dns_answers,
  xid AS dns_transaction_id
FROM record
