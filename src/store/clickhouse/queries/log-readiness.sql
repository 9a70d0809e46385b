-- What the records of networks, proxies and servers tell, by kind, source and direction: how many have each measure.
-- Counts rows, not events: a log that was read twice from two places counts twice, which changes no share.
-- returns: kind, source, direction, records, first_seen, last_seen, hours, networks, having
-- order: by kind, source, direction
-- key: tls_session, dns_query and http_request as wholes, a few columns each
WITH
  inside AS (
    SELECT
      'http_request' AS kind, source, network_direction AS direction, event_time, source_ip,
      [('domain', url_domain != ''), ('path', http_path NOT IN ('', '/')), ('query', http_query != ''), ('user_agent', http_user_agent != ''),
       ('user', user_name NOT IN ('', '-')), ('bytes', http_response_bytes IS NOT NULL)] AS told
    FROM http_request
    UNION ALL
    SELECT
      'tls_session', source, network_direction, event_time, source_ip,
      [('server_name', tls_server_name != ''), ('fingerprint', tls_ja3 != '' OR tls_ja4 != ''), ('validation', tls_validation_status != '')]
    FROM tls_session
    UNION ALL
    SELECT 'dns_query', source, network_direction, event_time, source_ip, [('client', source_ip IS NOT NULL), ('answers', notEmpty(dns_answers))]
    FROM dns_query
  )
SELECT
  kind,
  toString(source) AS source,
  toString(direction) AS direction,
  count() AS records,
  toString(min(event_time)) AS first_seen,
  toString(max(event_time)) AS last_seen,
  uniqExact(toStartOfHour(event_time)) AS hours,
  uniqExact(IPv6NumToString(tupleElement(IPv6CIDRToRange(assumeNotNull(source_ip), if(startsWith(IPv6NumToString(assumeNotNull(source_ip)), '::ffff:'), 120, 56)), 1))) AS networks,
  sumMap(map_of_told) AS having
FROM (
  SELECT kind, source, direction, event_time, source_ip, CAST(arrayMap(one -> (one.1, toUInt64(one.2)), told), 'Map(String, UInt64)') AS map_of_told
  FROM inside
)
GROUP BY kind, source, direction
ORDER BY kind, source, direction
