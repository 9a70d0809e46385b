-- A request that Cisco Firepower Threat Defense saw in a connection ("Cisco Secure Firewall Threat Defense Syslog Messages", 430002 and 430003 with URL; a real
-- line in the corpora of Sekoia). See cisco-ftd-connection for what a connection is.
--
-- Of several requests in one connection only one is told. Where the URL is https:// and a name, that is all that was seen of it. Bytes
-- are those of the whole connection, with headers, so they stay in extra.
SELECT
  ['cisco-ftd', 'url', ifNull(DeviceUUID, ''), ifNull(InstanceID, ''), ifNull(ConnectionID, ''), toString(toUnixTimestamp64Micro(event_time)), toString(SrcIP),
    ifNull(toString(SrcPort), ''), toString(DstIP), ifNull(toString(DstPort), '')] AS identity,
  assumeNotNull(coalesce(FirstPacketSecond, time, syslog_time)) AS event_time,
  ifNull(ConnectionID, '') AS connection_id,
  SrcIP AS source_ip,
  replaceRegexpOne(IPv6NumToString(SrcIP), '^::ffff:', '') AS source_address,
  SrcPort AS source_port,
  DstIP AS destination_ip,
  replaceRegexpOne(IPv6NumToString(DstIP), '^::ffff:', '') AS destination_address,
  DstPort AS destination_port,
  lower(ifNull(Protocol, '')) AS network_transport,
  upper(ifNull(HTTPMethod, '')) AS http_method,
  URL AS http_uri,
  path(URL) AS http_path,
  queryString(URL) AS http_query,
  lower(if(domain(URL) != '', domain(URL), ifNull(ReferencedHost, ''))) AS url_domain,
  HTTPResponse AS http_status,
  ifNull(UserAgent, '') AS http_user_agent,
  ifNull(HTTPReferer, '') AS http_referrer,
  ifNull(User, '') AS user_name
FROM record
