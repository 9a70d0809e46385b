-- How many machines of ours were active at all, by any log of traffic, and when the newest event was.
-- param from DateTime64(6, 'UTC'): beginning
-- param until DateTime64(6, 'UTC'): end, which is in it
-- returns: assets
-- order: none
-- key: tables of traffic by one column
SELECT uniqExact(asset) AS assets
FROM (
  SELECT source_address AS asset FROM network_flow WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} AND network_direction IN ('outbound', 'internal')
  UNION ALL
  SELECT source_address FROM tls_session WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} AND network_direction IN ('outbound', 'internal')
  UNION ALL
  SELECT source_address FROM dns_query WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} AND network_direction IN ('outbound', 'internal')
  UNION ALL
  SELECT source_address FROM http_request WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} AND network_direction IN ('outbound', 'internal')
)
