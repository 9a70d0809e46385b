-- Traffic with names and addresses that somebody wants to block, by target and kind of log. A name counts with everything below it; an address
-- on either side.
-- param domains Array(String): names in lower case
-- param networks Array(String): addresses, or networks in CIDR notation
-- param from DateTime64(6, 'UTC'): beginning
-- param until DateTime64(6, 'UTC'): end, which is in it
-- returns: target, kind, events, hosts (addresses on the other side), first_seen, last_seen (UTC)
-- order: target, kind
-- key: tables of traffic by event_time
WITH
  -- IPv4 stands mapped in IPv6: 96 bits more.
  arrayMap(text -> (
    text,
    IPv6CIDRToRange(
      toIPv6(splitByChar('/', text)[1]),
      toUInt8(if(position(text, '/') > 0, toUInt16OrZero(splitByChar('/', text)[2]), if(position(text, ':') > 0, 128, 32)) + if(position(text, ':') > 0, 0, 96))
    )
  ), {networks:Array(String)}) AS ranges
SELECT target, kind, events, hosts, first_seen, last_seen
FROM (
SELECT target, kind, uniqExact(record_key) AS events, uniqExact(host) AS hosts, toString(min(event_time)) AS first_seen, toString(max(event_time)) AS last_seen
FROM (
  SELECT
    arrayJoin(arrayMap(nth -> arrayStringConcat(arraySlice(splitByChar('.', name), nth), '.'), range(1, least(length(splitByChar('.', name)), 32) + 1))) AS target,
    kind, host, record_key, event_time
  FROM (
    SELECT 'dns_query' AS kind, dns_question_name AS name, source_address AS host, record_key, event_time FROM dns_query WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}
    UNION ALL SELECT 'tls_session', tls_server_name, source_address, record_key, event_time FROM tls_session WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}
    UNION ALL SELECT 'http_request', url_domain, source_address, record_key, event_time FROM http_request WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}
  )
  WHERE name != '' AND length({domains:Array(String)}) > 0
)
WHERE target IN (SELECT arrayJoin({domains:Array(String)}))
GROUP BY target, kind
UNION ALL
SELECT tupleElement(hit, 1) AS target, kind, uniqExact(record_key) AS events, uniqExact(tupleElement(hit, 2)) AS hosts, toString(min(event_time)) AS first_seen, toString(max(event_time)) AS last_seen
FROM (
  SELECT
    arrayJoin(arrayConcat(
      arrayMap(one -> (tupleElement(one, 1), source_address), arrayFilter(one -> destination_ip BETWEEN tupleElement(tupleElement(one, 2), 1) AND tupleElement(tupleElement(one, 2), 2), ranges)),
      arrayMap(one -> (tupleElement(one, 1), destination_address), arrayFilter(one -> source_ip BETWEEN tupleElement(tupleElement(one, 2), 1) AND tupleElement(tupleElement(one, 2), 2), ranges))
    )) AS hit,
    kind, record_key, event_time
  FROM (
    SELECT 'dns_query' AS kind, source_ip, destination_ip, source_address, destination_address, record_key, event_time FROM dns_query WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}
    UNION ALL SELECT 'tls_session', source_ip, destination_ip, source_address, destination_address, record_key, event_time FROM tls_session WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}
    UNION ALL SELECT 'http_request', source_ip, destination_ip, source_address, destination_address, record_key, event_time FROM http_request WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}
    UNION ALL SELECT 'network_flow', source_ip, destination_ip, source_address, destination_address, record_key, event_time FROM network_flow WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}
  )
  WHERE length({networks:Array(String)}) > 0
)
GROUP BY target, kind
)
ORDER BY target, kind
