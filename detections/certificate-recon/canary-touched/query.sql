-- Who asked for a canary: one row for each source and canary. Touches before the publication, and by those whom the ledger allows, are left out.
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session, dns_query and http_request by their first key, the name
WITH
  (
    SELECT groupArray((key, value, entry, parseDateTime64BestEffortOrZero(attributes['published_at'], 6, 'UTC'), attributes['networks'], attributes['agents']))
    FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-canaries' AND key IN ('canary', 'twin')
  ) AS canaries,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'probe-paths' AND key = 'path') AS paths,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'probe-paths' AND key = 'method') AS methods,
  touches AS (
    SELECT
      dns_question_name AS name, 'dns' AS layer, source_ip, source_address, network_direction IN ('outbound', 'internal') AS inside, event_time, event_uid, evidence_id, record_number, record_key,
      '' AS agent, '' AS ja4, '' AS method, '' AS path
    FROM dns_query WHERE dns_question_name IN (SELECT arrayJoin(arrayMap(one -> tupleElement(one, 2), canaries)))
    UNION ALL
    SELECT tls_server_name, 'tls', source_ip, source_address, network_direction IN ('outbound', 'internal'), event_time, event_uid, evidence_id, record_number, record_key, '', tls_ja4, '', ''
    FROM tls_session WHERE tls_server_name IN (SELECT arrayJoin(arrayMap(one -> tupleElement(one, 2), canaries)))
    UNION ALL
    SELECT url_domain, 'http', source_ip, source_address, network_direction IN ('outbound', 'internal'), event_time, event_uid, evidence_id, record_number, record_key, http_user_agent, '', lower(http_method), lower(http_path)
    FROM http_request WHERE url_domain IN (SELECT arrayJoin(arrayMap(one -> tupleElement(one, 2), canaries)))
  ),
  named AS (
    SELECT
      name, layer, if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      inside, event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, agent, ja4, method, path,
      arrayFirst(one -> tupleElement(one, 2) = name, canaries) AS canary,
      arrayExists(
        text -> text != '' AND source_ip IS NOT NULL AND assumeNotNull(source_ip) BETWEEN
          tupleElement(IPv6CIDRToRange(ifNull(toIPv6OrNull(splitByChar('/', text)[1]), toIPv6('::')), toUInt8(if(position(text, '/') > 0, least(128, toUInt8OrZero(splitByChar('/', text)[2]) + if(position(text, ':') = 0, 96, 0)), 128))), 1)
          AND tupleElement(IPv6CIDRToRange(ifNull(toIPv6OrNull(splitByChar('/', text)[1]), toIPv6('::')), toUInt8(if(position(text, '/') > 0, least(128, toUInt8OrZero(splitByChar('/', text)[2]) + if(position(text, ':') = 0, 96, 0)), 128))), 2),
        splitByChar(',', tupleElement(canary, 5))
      ) OR arrayExists(word -> word != '' AND position(lower(agent), lower(word)) > 0, splitByChar('\n', tupleElement(canary, 6))) AS allowed
    FROM touches
  ),
  twins AS (SELECT DISTINCT address FROM named WHERE tupleElement(canary, 1) = 'twin' AND NOT allowed),
  hits AS (
    SELECT
      name, address, tupleElement(canary, 4) AS published, event_time, uid, evidence, record_number, record_key, layer, inside, agent, ja4, method, path
    FROM named
    WHERE tupleElement(canary, 1) = 'canary' AND NOT allowed AND (toUnixTimestamp64Second(published) = 0 OR event_time >= published)
  )
SELECT
  concat(name, '|', address) AS key,
  concat(
    address, if(came, ' came to ', ' asked for '), name, ', which stands nowhere but in a certificate, ',
    if(is_published, concat(multiIf(seconds < 120, concat(toString(seconds), ' seconds'), seconds < 7200, concat(toString(intDiv(seconds, 60)), ' minutes'), seconds < 172800, concat(toString(intDiv(seconds, 3600)), ' hours'), concat(toString(intDiv(seconds, 86400)), ' days')), ' after its publication'), 'of which no publication is known'),
    if(request = '', '', concat('; ', substringUTF8(request, 1, 120))), if(program = '', '', concat('; calls itself ', substringUTF8(program, 1, 120))),
    if(knows_twin, '; it asked for a twin as well', '')
  ) AS summary,
  arrayFilter(one -> one.2 != '', [('source_address', address), ('certificate_names', name), ('tls_ja4', fingerprint)]) AS entities,
  arrayFilter(signal -> signal != '', [
    if(is_inside, 'from_inside', ''), if(came AND NOT is_inside, 'visited', ''), if(came AND NOT is_inside AND is_published AND seconds <= 86400, 'direct', ''),
    if(request != '', 'probed', ''), if(NOT came AND NOT is_inside, 'asked_only', ''), if(knows_twin, 'twin_touched', ''), if(NOT is_published, 'unpublished', '')
  ]) AS signals,
  events, event_count, first_seen, last_seen
FROM (
  SELECT
    name, address, max(inside) AS is_inside, max(layer != 'dns') AS came, toUnixTimestamp64Second(any(published)) > 0 AS is_published,
    toInt64(toUnixTimestamp64Second(min(event_time))) - toInt64(toUnixTimestamp64Second(any(published))) AS seconds,
    argMinIf(concat(upper(method), ' ', path), (event_time, uid), layer = 'http' AND (has(methods, method) OR arrayExists(one -> startsWith(path, one), paths))) AS request,
    argMinIf(agent, (event_time, uid), agent != '') AS program, argMinIf(ja4, (event_time, uid), ja4 != '') AS fingerprint,
    address IN (SELECT address FROM twins) AS knows_twin,
    arrayMap(one -> (one.2, one.3, one.4), arraySlice(arraySort(groupArray((event_time, uid, evidence, record_number))), 1, 20)) AS events,
    uniqExact(record_key) AS event_count, toString(min(event_time)) AS first_seen, toString(max(event_time)) AS last_seen
  FROM hits
  GROUP BY name, address
)
ORDER BY first_seen, key
