-- Who asked for canaries or their twins, by whatever log.
-- param names Array(String): whole names in lower case
-- returns: name, layer (dns, tls, http), source_address, inside (the source is one of ours), event_time (UTC), ja4, user_agent, request (method and path), event_uid
-- order: event_time, event_uid
-- key: tls_session, dns_query and http_request by their first key, the name
SELECT name, layer, source_address, inside, toString(event_time) AS event_time, ja4, user_agent, request, event_uid
FROM (
  SELECT dns_question_name AS name, 'dns' AS layer, source_address, network_direction IN ('outbound', 'internal') AS inside, event_time, '' AS ja4, '' AS user_agent, '' AS request, lower(hex(event_uid)) AS event_uid
  FROM dns_query WHERE dns_question_name IN (SELECT arrayJoin({names:Array(String)}))
  UNION ALL
  SELECT tls_server_name, 'tls', source_address, network_direction IN ('outbound', 'internal'), event_time, tls_ja4, '', '', lower(hex(event_uid))
  FROM tls_session WHERE tls_server_name IN (SELECT arrayJoin({names:Array(String)}))
  UNION ALL
  SELECT url_domain, 'http', source_address, network_direction IN ('outbound', 'internal'), event_time, '', substringUTF8(http_user_agent, 1, 300), substringUTF8(concat(http_method, ' ', http_path), 1, 300), lower(hex(event_uid))
  FROM http_request WHERE url_domain IN (SELECT arrayJoin({names:Array(String)}))
)
ORDER BY event_time, event_uid
LIMIT 100000
