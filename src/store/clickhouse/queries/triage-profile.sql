-- What these addresses did on the network (action 1 of tier 2): by the other side, with how regular it was and what programs it looks like.
-- param addresses Array(String): IPv4 or IPv6
-- param from DateTime64(6, 'UTC'): beginning
-- param until DateTime64(6, 'UTC'): end, which is in it
-- returns: address, peer, port, names (at most 5), sessions, bytes_out, bytes_in, ja3, ja4 (at most 5 each), first_seen, last_seen (UTC), gap_seconds (median), gap_variation (standard deviation of the gaps over their mean; below 0.2 is regular; null under 5 sessions), event_uid (of the first)
-- order: address, sessions from the most, peer, port
-- key: tables of traffic by one column
SELECT
  address, peer, port, names, sessions, bytes_out, bytes_in, ja3, ja4, first_seen, last_seen,
  if(length(gaps) < 4, NULL, round(arraySort(gaps)[intDiv(length(gaps) + 1, 2)], 1)) AS gap_seconds,
  if(length(gaps) < 4 OR arrayAvg(gaps) = 0, NULL, round(sqrt(arrayAvg(arrayMap(gap -> pow(gap - arrayAvg(gaps), 2), gaps))) / arrayAvg(gaps), 3)) AS gap_variation,
  event_uid
FROM (
  SELECT
    replaceRegexpOne(IPv6NumToString(ip), '^::ffff:', '') AS address, peer, port,
    arraySlice(arraySort(groupUniqArrayIf(20)(name, name != '')), 1, 5) AS names,
    uniqExact(key) AS sessions, sum(out) AS bytes_out, sum(in) AS bytes_in,
    arraySlice(arraySort(groupUniqArrayIf(20)(fingerprint3, fingerprint3 != '')), 1, 5) AS ja3,
    arraySlice(arraySort(groupUniqArrayIf(20)(fingerprint4, fingerprint4 != '')), 1, 5) AS ja4,
    toString(min(event_time)) AS first_seen, toString(max(event_time)) AS last_seen,
    arraySort(groupArray(5000)(toUnixTimestamp64Milli(event_time) / 1000.)) AS times,
    arrayMap(nth -> times[nth + 1] - times[nth], range(1, length(times))) AS gaps,
    argMin(uid, (event_time, uid)) AS event_uid
  FROM (
    SELECT assumeNotNull(source_ip) AS ip, destination_address AS peer, ifNull(destination_port, 0) AS port, '' AS name, ifNull(source_bytes, 0) AS out, ifNull(destination_bytes, 0) AS in, '' AS fingerprint3, '' AS fingerprint4, event_time, record_key AS key, lower(hex(event_uid)) AS uid FROM network_flow
    WHERE source_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)}))) AND event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}
    UNION ALL
    SELECT assumeNotNull(source_ip), destination_address, ifNull(destination_port, 0), tls_server_name, 0, 0, tls_ja3, tls_ja4, event_time, record_key, lower(hex(event_uid)) FROM tls_session
    WHERE source_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)}))) AND event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}
    UNION ALL
    SELECT assumeNotNull(source_ip), destination_address, ifNull(destination_port, 0), lower(url_domain), 0, 0, '', '', event_time, record_key, lower(hex(event_uid)) FROM http_request
    WHERE source_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)}))) AND event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}
  )
  GROUP BY ip, peer, port
)
ORDER BY address, sessions DESC, peer, port
LIMIT 200
