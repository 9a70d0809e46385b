-- PAN-OS, log type THREAT with subtype url, as CSV (docs.paloaltonetworks.com, "URL Filtering Log Fields", PAN-OS 9.1 to 11.2; real lines in the corpora of Sekoia):
-- one line for a request that URL filtering logged, allowed or not.
--
-- A column that a version does not have yet is missing at the end of the line. Where it is there (10.0 and later) the time is that of
-- high_res_timestamp, which has its zone; else time_generated, which stands in the zone of the firewall.
-- The URL is logged without its scheme, and of a session that is not decrypted it is the name alone. The log has no status. User agent, referer
-- and method are there when the profile logs them (HTTP Header Logging). Category, action and X-Forwarded-For are in extra.
SELECT
  ['paloalto', serial, ifNull(seqno, ''), ifNull(sessionid, ''), toString(toUnixTimestamp64Micro(event_time)), toString(src), toString(dst), misc] AS identity,
  coalesce(high_res_timestamp, time_generated) AS event_time,
  ifNull(sessionid, '') AS connection_id,
  src AS source_ip,
  replaceRegexpOne(IPv6NumToString(src), '^::ffff:', '') AS source_address,
  nullIf(sport, 0) AS source_port,
  dst AS destination_ip,
  replaceRegexpOne(IPv6NumToString(dst), '^::ffff:', '') AS destination_address,
  nullIf(dport, 0) AS destination_port,
  transform(lower(ifNull(proto, '')), ['ipv6-icmp', 'icmp6'], ['icmp', 'icmp'], lower(ifNull(proto, ''))) AS network_transport,
  replaceRegexpOne(upper(ifNull(method, '')), '^UNKNOWN$', '') AS http_method,
  misc AS http_uri,
  cutQueryStringAndFragment(extract(replaceRegexpOne(misc, '^[A-Za-z][A-Za-z0-9+.-]*://', ''), '^[^/?#]*(/.*)$')) AS http_path,
  queryString(misc) AS http_query,
  lower(extract(misc, '^(?:[a-zA-Z]+://)?\\[?([^/?#\\]]*?)\\]?(?::[0-9]+)?(?:[/?#].*)?$')) AS url_domain,
  ifNull(user_agent, '') AS http_user_agent,
  ifNull(referer, '') AS http_referrer,
  replaceRegexpOne(ifNull(srcuser, ''), '^x-fwd-for: .*$', '') AS user_name
FROM record
