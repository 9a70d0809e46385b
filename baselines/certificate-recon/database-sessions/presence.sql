-- Which inside addresses used any database in which hours. A sensor that only logs PostgreSQL tells of nobody else.
-- param from_sequence UInt64: first ingest_sequence that is read
-- param to_sequence UInt64: the one after the last
-- returns: entity, at
-- order: none
-- key: database_session by by_sequence, four columns
SELECT if(ip IS NULL, address, replaceRegexpOne(IPv6NumToString(assumeNotNull(ip)), '^::ffff:', '')) AS entity, hour AS at
FROM (
  SELECT source_ip AS ip, if(source_ip IS NULL, source_address, '') AS address, toStartOfHour(event_time) AS hour
  FROM database_session
  WHERE ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64} AND network_direction IN ('outbound', 'internal')
  GROUP BY ip, address, hour
)
