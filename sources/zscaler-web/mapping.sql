-- Zscaler Internet Access, web logs of Nanolog Streaming Service as text. The feed is a template of the house (help.zscaler.com, "NSS Feed Output Format: Web
-- Logs"): the one that docs/log-formats.md gives is known as it is, any other is given with
-- `--log-format 'zscaler-web=%s{time}\t%s{login}\t…'`. Tabs are what keeps values apart, since URLs and User-Agents hold everything else.
--
-- Characters that are not printable come as %HH. The URL has no scheme in front. %s{cip} is the client as Zscaler sees it, often the way out
-- of the house; %s{cintip} the client itself, which is told where it is logged.
SELECT
  ['zscaler', toString(toUnixTimestamp64Micro(time)), toString(client), ifNull(user, ''), url, ifNull(status, ''), ifNull(toString(bytes), '')] AS identity,
  time AS event_time,
  coalesce(client_inside, client) AS source_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(source_ip), '^::ffff:', ''), '') AS source_address,
  server AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(server), '^::ffff:', ''), '') AS destination_address,
  'tcp' AS network_transport,
  'outbound' AS network_direction,
  upper(ifNull(method, '')) AS http_method,
  replaceRegexpOne(url, '^[A-Za-z][A-Za-z0-9+.-]*://', '') AS bare,
  concat(if(lower(ifNull(scheme, '')) IN ('http', 'https'), concat(lower(assumeNotNull(scheme)), '://'), ''), bare) AS http_uri,
  cutQueryStringAndFragment(extract(bare, '^[^/?#]*(/.*)$')) AS http_path,
  queryString(bare) AS http_query,
  trimRight(lower(extract(bare, '^\\[?([^/?#\\]]*?)\\]?(?::[0-9]+)?(?:[/?#].*)?$')), '.') AS url_domain,
  toUInt16OrNull(ifNull(status, '')) AS http_status,
  bytes_received AS http_request_bytes,
  bytes AS http_response_bytes,
  if(ifNull(user_agent, '') = 'Unknown', '', toValidUTF8(decodeURLComponent(ifNull(user_agent, '')))) AS http_user_agent,
  ifNull(referrer, '') AS http_referrer,
  ifNull(record.user, '') AS user_name,
  mapUpdate(record.extra, CAST(mapFilter((name, told) -> told != '', map('client', if(client_inside IS NULL, '', replaceRegexpOne(IPv6NumToString(client), '^::ffff:', '')))), 'Map(LowCardinality(String), String)')) AS extra
FROM record
