-- When machines of ours connected to addresses of leads, for how regular that was.
-- param addresses Array(String): IPv4 or IPv6
-- param from DateTime64(6, 'UTC'): beginning
-- param until DateTime64(6, 'UTC'): end, which is in it
-- returns: asset, address, times (seconds since the epoch, in order, at most 20,000), sizes (octets that were sent, in the order of the times), first_uid
-- order: asset, address
-- key: network_flow and tls_session by scanning addresses
SELECT asset, address, arrayMap(one -> one.1, pairs) AS times, arrayMap(one -> one.2, pairs) AS sizes, first_uid
FROM (
  SELECT asset, address, arraySort(groupArray(20000)((seconds, octets))) AS pairs, argMin(uid, (seconds, uid)) AS first_uid
  FROM (
    SELECT source_address AS asset, destination_address AS address, toUnixTimestamp64Second(event_time) AS seconds, toInt64(ifNull(source_bytes, 0)) AS octets, lower(hex(event_uid)) AS uid
    FROM network_flow
    WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} AND network_direction IN ('outbound', 'internal')
      AND destination_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)})))
    UNION ALL
    -- Where no flows were read, handshakes tell the rhythm, and nothing of the size.
    SELECT source_address, destination_address, toUnixTimestamp64Second(event_time), toInt64(0), lower(hex(event_uid))
    FROM tls_session
    WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')} AND network_direction IN ('outbound', 'internal')
      AND destination_ip IN (SELECT toIPv6(arrayJoin({addresses:Array(String)})))
      AND (SELECT count() FROM network_flow WHERE event_time BETWEEN {from:DateTime64(6, 'UTC')} AND {until:DateTime64(6, 'UTC')}) = 0
  )
  GROUP BY asset, address
)
ORDER BY asset, address
LIMIT 5000
