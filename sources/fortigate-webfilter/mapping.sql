-- FortiOS, UTM log subtypes webfilter and, where it has a URL, app-ctrl (FortiOS Log Message Reference; real lines in the corpora of Sekoia): one
-- line for a request, as far as the profile logs it. A visit that both profiles log is told twice.
--
-- event_time is eventtime, in seconds or nanoseconds of UTC (FortiOS 6.0 and later); where it is missing, date and time in the zone of the
-- device, and where they are missing the header of syslog.
-- A session that is not opened shows the name alone: its URL is https:// with the name and a slash, or a slash. method, which is
-- how the filter decided, is not the method of HTTP; that is httpmethod, in newer versions. Category, action and bytes are in extra.
SELECT
  ['fortigate', 'web', ifNull(devid, ''), ifNull(vd, ''), ifNull(sessionid, ''), toString(srcip), ifNull(toString(srcport), ''), toString(dstip), ifNull(toString(dstport), ''), ifNull(logid, ''), toString(toUnixTimestamp64Micro(event_time)), url] AS identity,
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
  upper(ifNull(httpmethod, '')) AS http_method,
  url AS http_uri,
  if(startsWith(url, '/'), cutQueryStringAndFragment(url), path(url)) AS http_path,
  queryString(url) AS http_query,
  trimRight(lower(coalesce(hostname, domain(url))), '.') AS url_domain,
  ifNull(agent, '') AS http_user_agent,
  ifNull(referralurl, '') AS http_referrer,
  ifNull(user, '') AS user_name
FROM record
