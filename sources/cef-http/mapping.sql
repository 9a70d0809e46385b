-- Requests in CEF (ArcSight Common Event Format, revision 25; real lines of Fortinet, Palo Alto Networks, Ubiquiti, Cybereason, Cisco and others in the
-- corpora of Sekoia and CrowdSec): any event
-- with a source and a request that has a method or a user agent, URL logs of PAN-OS (THREAT, url) and UTM logs of FortiOS with a request.
--
-- event_time is start, else rt, else end, else the header of syslog; of Fortinet its own eventtime. Numbers are milliseconds of the epoch (seconds or
-- nanoseconds of Fortinet). A time without a zone stands in that of the evidence: dtz is not read.
-- A request is a URL, a path (then dhost is its host), or as PAN-OS writes it, a URL without its scheme. requestContext is taken for the referrer where
-- it is a URL. The user is suser, else duser, which is what FortiOS calls its user. A status stands in outcome when it is a number.
SELECT
  ['cef', 'http', vendor, product, class, ifNull(externalId, ''), toString(toUnixTimestamp64Micro(event_time)), request, toString(src), ifNull(toString(spt), ''), ifNull(toString(dst), ''), ifNull(toString(dpt), '')] AS identity,
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
  upper(ifNull(requestMethod, '')) AS http_method,
  request AS http_uri,
  cutQueryStringAndFragment(extract(replaceRegexpOne(request, '^[A-Za-z][A-Za-z0-9+.-]*://', ''), '^[^/?#]*(/.*)$')) AS http_path,
  queryString(request) AS http_query,
  trimRight(lower(if(startsWith(request, '/'), ifNull(dhost, ''), extract(request, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*://)?\\[?([^/?#\\]]*?)\\]?(?::[0-9]+)?(?:[/?#].*)?$'))), '.') AS url_domain,
  outcome AS http_status,
  ifNull(requestClientApplication, '') AS http_user_agent,
  if(match(ifNull(requestContext, ''), '^https?://'), assumeNotNull(requestContext), '') AS http_referrer,
  coalesce(suser, duser, '') AS user_name
FROM record
