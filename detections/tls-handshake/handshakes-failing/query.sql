-- Whose handshakes fail: one row for each inside address and UTC day, told by its worst hour.
--
-- A handshake failed when the sensor says that it did not come to its end, or its last alert is none of the ordinary ones of
-- intel tls-alerts. Its share f has the distribution Beta(0.5 + failed, 9.5 + done); the probability that f is more than `times` the
-- share of all others on that day is the integral over 2,000 steps, for hours with enough failures alone. Hours begin at every half hour, so
-- that what takes less than thirty minutes lies in one of them whole; the day is that of the first failure.
-- param intel String: snapshot of the reference data
-- param failures UInt32: failed handshakes of the hour
-- param times Float64: how many times the share of others
-- param certainty Float64: 0 to 1, probability
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session by scanning time, addresses, outcome and alert
WITH
  (
    SELECT groupArray(value)
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'sanctioned-scanners' AND key = 'network' AND (
      (isIPv4String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 32)
      OR (isIPv6String(splitByChar('/', value)[1]) AND ifNull(toUInt8OrNull(splitByChar('/', value)[2]), 255) <= 128))
  ) AS sanctioned,
  (SELECT groupUniqArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'tls-alerts' AND key = 'alert' AND attributes['family'] != 'ordinary') AS alerts,
  handshakes AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, tls_last_alert AS alert,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS server,
      NOT tls_established OR has(alerts, tls_last_alert) AS failing
    FROM tls_session
    WHERE tls_established IS NOT NULL AND network_direction IN ('outbound', 'internal')
  ),
  hours AS (
    SELECT
      address, arrayJoin([toStartOfInterval(event_time, INTERVAL 30 MINUTE), toStartOfInterval(event_time, INTERVAL 30 MINUTE) - INTERVAL 30 MINUTE]) AS hour, uniqExactIf(record_key, failing) AS failed, uniqExactIf(record_key, NOT failing) AS done,
      uniqExactIf(server, failing) AS server_count, arraySlice(arraySort(groupUniqArrayIf(1000)(server, failing)), 1, 5) AS servers, arraySlice(arraySort(groupUniqArrayIf(1000)(alert, failing AND alert != '')), 1, 5) AS ended_by,
      minIf(event_time, failing) AS first, maxIf(event_time, failing) AS last, groupArraySortedIf(20)((event_time, uid, evidence, record_number), failing) AS chosen
    FROM handshakes
    GROUP BY address, hour
  ),
  compared AS (
    SELECT
      address, hour, failed, done, server_count, servers, ended_by, first, last, chosen,
      sum(failed) OVER of_day - sum(failed) OVER of_address AS others_failed,
      sum(failed + done) OVER of_day - sum(failed + done) OVER of_address AS others_all
    FROM hours
    WINDOW of_day AS (PARTITION BY toDate(hour)), of_address AS (PARTITION BY toDate(hour), address)
  ),
  bounded AS (
    SELECT
      address, hour, failed, done, server_count, servers, ended_by, first, last, chosen,
      (0.5 + others_failed / 2) / (10 + others_all / 2) AS others_share, least(1., {times:Float64} * others_share) AS bound
    FROM compared
    WHERE failed >= {failures:UInt32}
  ),
  certain AS (
    SELECT
      address, hour, failed, done, server_count, servers, ended_by, first, last, chosen, others_share,
      arraySum(nth -> exp(lgamma(0.5 + failed + 9.5 + done) - lgamma(0.5 + failed) - lgamma(9.5 + done)
        + (failed - 0.5) * log(bound + (1 - bound) * (nth + 0.5) / 2000) + (done + 8.5) * log(1 - (bound + (1 - bound) * (nth + 0.5) / 2000))), range(2000)) * (1 - bound) / 2000 AS probability
    FROM bounded
    WHERE bound < 1
  ),
  worst AS (
    SELECT
      address, toDate(first) AS day,
      argMax((hour, failed, done, server_count, servers, ended_by, first, last, chosen, others_share), (failed, -toUnixTimestamp64Micro(first), hour)) AS widest
    FROM certain
    WHERE probability >= {certainty:Float64} AND NOT arrayExists(network -> isIPAddressInRange(if(isIPv4String(address) OR isIPv6String(address), address, '::'), network), sanctioned)
    GROUP BY address, day
  )
SELECT
  concat(address, '|', toString(day)) AS key,
  concat(
    toString(widest.2), ' of ', toString(widest.2 + widest.3), ' handshakes of ', address, ' failed within the hour ', formatDateTime(widest.1, '%Y-%m-%d %H:%i'), ' UTC, of others ',
    toString(round(100 * widest.10, 1)), ' in 100; at ', toString(widest.4), if(widest.4 = 1, ' server (', ' servers ('), arrayStringConcat(widest.5, ', '), ')',
    if(empty(widest.6), '', concat('; ended by ', arrayStringConcat(widest.6, ', '))),
    if(widest.4 = 1, '; all at one server: a matter of operations', '')
  ) AS summary,
  arrayConcat([('source_address', address)], arrayMap(server -> ('destination_address', server), widest.5), arrayMap(alert -> ('tls_last_alert', alert), widest.6)) AS entities,
  arrayFilter(signal -> signal != '', [
    'failing',
    if(widest.4 >= 10, 'many_servers', ''),
    if(length(widest.6) >= 3, 'several_alerts', ''),
    if(widest.4 = 1, 'one_server', '')
  ]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), widest.9) AS events,
  widest.2 AS event_count,
  toString(widest.7) AS first_seen,
  toString(widest.8) AS last_seen
FROM worst
ORDER BY widest.7, key
