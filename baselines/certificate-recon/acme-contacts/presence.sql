-- Which inside addresses were there in which hours, so that an hour without an order counts as one.
-- param from_sequence UInt64: first ingest_sequence that is read
-- param to_sequence UInt64: the one after the last
-- returns: entity, at
-- order: none
-- key: tls_session, dns_query and http_request by by_sequence, four columns
SELECT if(ip IS NULL, address, replaceRegexpOne(IPv6NumToString(assumeNotNull(ip)), '^::ffff:', '')) AS entity, hour AS at
FROM (
  SELECT source_ip AS ip, if(source_ip IS NULL, source_address, '') AS address, toStartOfHour(event_time) AS hour
  FROM tls_session
  WHERE ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64} AND network_direction IN ('outbound', 'internal')
  GROUP BY ip, address, hour
  UNION ALL
  SELECT source_ip AS ip, if(source_ip IS NULL, source_address, '') AS address, toStartOfHour(event_time) AS hour
  FROM dns_query
  WHERE ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64} AND network_direction IN ('outbound', 'internal')
  GROUP BY ip, address, hour
  UNION ALL
  SELECT source_ip AS ip, if(source_ip IS NULL, source_address, '') AS address, toStartOfHour(event_time) AS hour
  FROM http_request
  WHERE ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64} AND network_direction IN ('outbound', 'internal')
  GROUP BY ip, address, hour
)
