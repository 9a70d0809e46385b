-- What a Cisco ASA saw asked for in plain HTTP and FTP ("Cisco Secure Firewall ASA Series Syslog Messages", 304001 Accessed URL, 304002 Access
-- denied URL; from the manual, no real line seen). A request of 304002 never went out.
--
-- The log has no method, port, status or user agent. A URL that begins with a slash is the path alone.
SELECT
  ['cisco', ifNull(syslog_host, ''), number, toString(toUnixTimestamp64Micro(event_time)), toString(client), toString(server), url] AS identity,
  assumeNotNull(coalesce(time, syslog_time)) AS event_time,
  client AS source_ip,
  replaceRegexpOne(IPv6NumToString(client), '^::ffff:', '') AS source_address,
  server AS destination_ip,
  replaceRegexpOne(IPv6NumToString(server), '^::ffff:', '') AS destination_address,
  'tcp' AS network_transport,
  url AS http_uri,
  if(startsWith(url, '/'), cutQueryStringAndFragment(url), path(url)) AS http_path,
  queryString(url) AS http_query,
  lower(domain(url)) AS url_domain,
  ifNull(user, '') AS user_name
FROM record
