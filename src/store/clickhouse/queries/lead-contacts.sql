-- What machines of ours had to do with names, addresses and certificates of leads, by day.
-- param names Array(String): whole names in lower case; of wildcards what stands below, with a leading dot
-- param addresses Array(String): IPv4 or IPv6
-- param hashes Array(String): SHA-256 or SHA-1 of certificates, lower-case hexadecimal
-- param from DateTime64(6, 'UTC'): beginning
-- param until DateTime64(6, 'UTC'): end, which is in it
-- returns: family (dns, web, tls, flow), asset, name, address, hash (that was served; empty: none in sight), answers (of those addresses), day, records, first_seen, last_seen (UTC), completed (handshakes), answered (HTTP with a response), octets_out, octets_in, packet (sensor and connection of the first), event_uid (of the first)
-- order: family, asset, name, address, day
-- key: tls_session, dns_query and http_request by their first key, the name; network_flow and the others by scanning addresses
WITH
  arrayFilter(one -> NOT startsWith(one, '.'), {names:Array(String)}) AS whole,
  arrayFilter(one -> startsWith(one, '.'), {names:Array(String)}) AS below
SELECT
  family, asset, name, address, hash, arraySort(groupUniqArrayArray(20)(told)) AS answers, toString(day) AS day, uniqExact(record_key) AS records,
  toString(min(event_time)) AS first_seen, toString(max(event_time)) AS last_seen, countIf(done AND family = 'tls') AS completed, countIf(done AND family = 'web') AS answered,
  sum(out) AS octets_out, sum(in) AS octets_in, argMin(packet, (event_time, uid)) AS packet, argMin(uid, (event_time, uid)) AS event_uid
FROM (
  SELECT
    'dns' AS family, source_address AS asset, dns_question_name AS name, '' AS address, '' AS hash,
    arrayIntersect(dns_answers, {addresses:Array(String)}) AS told, toDate(event_time) AS day, event_time, record_key, false AS done, 0 AS out, 0 AS in,
    if(connection_id = '', '', concat(splitByChar('-', source)[1], '|', connection_id)) AS packet, lower(hex(event_uid)) AS uid
  FROM dns_query
  WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}
    AND (dns_question_name IN (SELECT arrayJoin(whole)) OR arrayExists(one -> endsWith(dns_question_name, one), below) OR hasAny(dns_answers, {addresses:Array(String)}))
  UNION ALL
  SELECT
    'tls', source_address, tls_server_name, destination_address,
    multiIf(lower(hex(server_certificate_sha256)) IN (SELECT arrayJoin({hashes:Array(String)})), lower(hex(server_certificate_sha256)), lower(hex(server_certificate_sha1)) IN (SELECT arrayJoin({hashes:Array(String)})), lower(hex(server_certificate_sha1)), ''),
    [], toDate(event_time), event_time, record_key, ifNull(tls_established, false), 0, 0,
    if(connection_id = '', '', concat(splitByChar('-', source)[1], '|', connection_id)), lower(hex(event_uid))
  FROM tls_session
  WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} AND network_direction IN ('outbound', 'internal')
    AND (tls_server_name IN (SELECT arrayJoin(whole)) OR arrayExists(one -> endsWith(tls_server_name, one), below) OR destination_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)})))
      OR lower(hex(server_certificate_sha256)) IN (SELECT arrayJoin({hashes:Array(String)})) OR lower(hex(server_certificate_sha1)) IN (SELECT arrayJoin({hashes:Array(String)})))
  UNION ALL
  SELECT
    'web', source_address, lower(url_domain), destination_address, '', [], toDate(event_time), event_time, record_key,
    http_status IS NOT NULL, toInt64(ifNull(http_request_bytes, 0)), toInt64(ifNull(http_response_bytes, 0)),
    if(connection_id = '', '', concat(splitByChar('-', source)[1], '|', connection_id)), lower(hex(event_uid))
  FROM http_request
  WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} AND network_direction IN ('outbound', 'internal')
    AND (url_domain IN (SELECT arrayJoin(whole)) OR arrayExists(one -> endsWith(url_domain, one), below) OR destination_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)}))))
  UNION ALL
  SELECT
    'flow', source_address, '', destination_address, '', [], toDate(event_time), event_time, record_key, false, toInt64(ifNull(source_bytes, 0)), toInt64(ifNull(destination_bytes, 0)),
    if(connection_id = '', '', concat(splitByChar('-', source)[1], '|', connection_id)), lower(hex(event_uid))
  FROM network_flow
  WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} AND network_direction IN ('outbound', 'internal')
    AND destination_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)})))
)
GROUP BY family, asset, name, address, hash, day
ORDER BY family, asset, name, address, hash, day
LIMIT 20000
