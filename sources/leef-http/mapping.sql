-- Requests in LEEF (IBM QRadar, "Log Event Extended Format (LEEF)", versions 1.0 and 2.0; from its manual, no real line was at hand): any event with a source and a url.
--
-- event_time is devTime, as a text or in milliseconds of the epoch, else the header of syslog. devTimeFormat is not read. Attributes are separated by
-- tabs (LEEF 1.0), or in LEEF 2.0 by tabs or carets: other separators are not read.
-- Names for the method, status, user agent and referrer are not part of the format: requestMethod, responseCode, userAgent and referrer are read,
-- others stay in extra.
SELECT
  ['leef', 'http', vendor, product, event, toString(toUnixTimestamp64Micro(event_time)), url, toString(src), ifNull(toString(srcPort), ''), ifNull(toString(dst), ''), ifNull(toString(dstPort), '')] AS identity,
  assumeNotNull(coalesce(seconds + toIntervalMillisecond(toUInt16OrZero(ifNull(fraction, ''))), devTime, syslog_time)) AS event_time,
  src AS source_ip,
  replaceRegexpOne(IPv6NumToString(src), '^::ffff:', '') AS source_address,
  srcPort AS source_port,
  dst AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(dst), '^::ffff:', ''), '') AS destination_address,
  dstPort AS destination_port,
  transform(lower(ifNull(proto, '')), ['1', '6', '17', '58', '132'], ['icmp', 'tcp', 'udp', 'icmp', 'sctp'], lower(ifNull(proto, ''))) AS network_transport,
  upper(ifNull(requestMethod, '')) AS http_method,
  url AS http_uri,
  cutQueryStringAndFragment(extract(replaceRegexpOne(url, '^[A-Za-z][A-Za-z0-9+.-]*://', ''), '^[^/?#]*(/.*)$')) AS http_path,
  queryString(url) AS http_query,
  trimRight(lower(extract(url, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*://)?\\[?([^/?#\\]]*?)\\]?(?::[0-9]+)?(?:[/?#].*)?$')), '.') AS url_domain,
  responseCode AS http_status,
  ifNull(userAgent, '') AS http_user_agent,
  ifNull(referrer, '') AS http_referrer,
  ifNull(usrName, '') AS user_name
FROM record
