-- Who inside turned to an interface that issues or records certificates: one row for each address, category and UTC day on which
-- something about the place is unusual. A contact is address, service and minute. A network is the narrowest entry of
-- network-segments that the address lies in, else its /24, or /56 of IPv6. First contacts and surprise are told only from so many days
-- on after the first event of the store.
-- param intel String: snapshot of the reference data
-- param learning_days UInt32: days of telemetry before which first contacts say nothing
-- param memory_days UInt32: days without a contact of the network after which one is a first
-- param history_days UInt32: days over which surprise is told
-- param bits Float64: surprise that counts, in bits
-- param least_contacts UInt32: contacts on a day that can surprise
-- param resolver_askers UInt32: inside addresses that ask an address by DNS, from which on it is a resolver
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session, dns_query and http_request by their first key, the name; one column of dns_query is scanned for resolvers
WITH
  services AS (
    SELECT value AS host, entry AS service, attributes['category'] AS category, attributes['path'] AS path_pattern, attributes['shared_host'] = 'true' AS shared_host
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue IN ('certificate-authority-services', 'certificate-log-endpoints') AND key = 'host'
      AND attributes['category'] IN ('ACME', 'CA_API', 'CT_LOG_SUBMIT') AND NOT startsWith(value, '*.')
  ),
  (
    SELECT arraySort(range -> -range.3, groupArray((
      tupleElement(IPv6CIDRToRange(assumeNotNull(toIPv6OrNull(bare)), bits_of), 1), tupleElement(IPv6CIDRToRange(assumeNotNull(toIPv6OrNull(bare)), bits_of), 2),
      toInt32(bits_of), segment, role
    )))
    FROM (
      SELECT
        splitByChar('/', value)[1] AS bare,
        toUInt8(least(128, toUInt8OrZero(splitByChar('/', value)[2]) + if(position(value, ':') = 0, 96, 0))) AS bits_of,
        if(attributes['segment'] = '', entry, attributes['segment']) AS segment, attributes['role'] AS role
      FROM intel_entry
      WHERE snapshot = {intel:String} AND catalogue = 'network-segments' AND key = 'network'
    )
    WHERE toIPv6OrNull(bare) IS NOT NULL
  ) AS networks,
  (SELECT min(event_time) FROM (SELECT min(event_time) AS event_time FROM tls_session UNION ALL SELECT min(event_time) FROM dns_query UNION ALL SELECT min(event_time) FROM http_request) WHERE event_time > '1990-01-01') AS telemetry_from,
  seen AS (
    SELECT event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, 2 AS rank, 'tls_server_name' AS field, tls_server_name AS host, assumeNotNull(source_ip) AS ip, '' AS target
    FROM tls_session
    WHERE source_ip IS NOT NULL AND network_direction IN ('outbound', 'internal') AND tls_server_name IN (SELECT host FROM services)
    UNION ALL
    SELECT event_time, lower(hex(event_uid)), toString(evidence_id), record_number, record_key, 1, 'dns_question_name', dns_question_name, assumeNotNull(source_ip), ''
    FROM dns_query
    WHERE source_ip IS NOT NULL AND network_direction IN ('outbound', 'internal') AND dns_question_name IN (SELECT host FROM services)
      AND source_ip NOT IN (
        SELECT destination_ip
        FROM dns_query
        WHERE network_direction = 'internal' AND destination_port = 53
        GROUP BY destination_ip
        HAVING uniq(source_ip) >= {resolver_askers:UInt32}
      )
    UNION ALL
    SELECT event_time, lower(hex(event_uid)), toString(evidence_id), record_number, record_key, 3, 'url_domain', url_domain, assumeNotNull(source_ip), if(http_method = 'CONNECT', '', replaceRegexpOne(http_uri, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*', ''))
    FROM http_request
    WHERE source_ip IS NOT NULL AND network_direction IN ('outbound', 'internal') AND url_domain IN (SELECT host FROM services)
  ),
  contacts AS (
    SELECT
      ip, service, category, toStartOfMinute(event_time) AS minute, min(event_time) AS first_time, max(event_time) AS last_time, uniqExact(record_key) AS records,
      argMax((event_time, uid, evidence, record_number), (rank, -toUnixTimestamp64Micro(event_time), uid)) AS strongest,
      argMax((host, field), (rank, host)) AS named,
      max(match(target, '(?i)/(new-?order|finalize|new-?cert|add-(pre-)?chain|newOrder)')) AS issuing
    FROM seen
    INNER JOIN services ON services.host = seen.host
    WHERE NOT shared_host OR (rank = 3 AND path_pattern != '' AND match(target, path_pattern))
    GROUP BY ip, service, category, minute
  ),
  placed AS (
    SELECT
      ip, service, category, minute, toDate(first_time) AS day, first_time, last_time, records, strongest, named, issuing,
      arrayFirst(range -> ip BETWEEN range.1 AND range.2, networks) AS network,
      if(network.4 != '', network.4, if(
        startsWith(IPv6NumToString(ip), '::ffff:'),
        concat(replaceRegexpOne(IPv6NumToString(tupleElement(IPv6CIDRToRange(ip, 120), 1)), '^::ffff:', ''), '/24'),
        concat(IPv6NumToString(tupleElement(IPv6CIDRToRange(ip, 56), 1)), '/56')
      )) AS segment,
      network.5 AS role
    FROM contacts
  ),
  by_day AS (
    SELECT segment, category, day, count() AS contact_count, toUnixTimestamp64Second(min(first_time)) AS began
    FROM placed
    GROUP BY segment, category, day
  ),
  by_network AS (
    SELECT segment, day, sum(contact_count) AS contact_count
    FROM by_day
    GROUP BY segment, day
  ),
  with_past AS (
    SELECT
      one.segment AS segment, one.category AS category, one.day AS day, any(one.contact_count) AS contact_count,
      countIf(other.category = one.category AND other.day < one.day AND other.day >= one.day - {memory_days:UInt32}) AS days_before,
      sumIf(other.contact_count, other.category = one.category AND other.day < one.day AND other.day >= one.day - {history_days:UInt32}) AS same_before,
      sumIf(other.contact_count, other.day < one.day AND other.day >= one.day - {history_days:UInt32}) AS all_before
    FROM by_day AS one
    INNER JOIN by_day AS other ON other.segment = one.segment
    GROUP BY segment, category, day
  ),
  allowed AS (
    SELECT value AS category, splitByChar(',', attributes['roles']) AS roles
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'certificate-authority-roles' AND key = 'category'
  ),
  days AS (
    SELECT
      placed.ip AS ip, placed.category AS category, placed.day AS day, any(placed.segment) AS place, any(placed.role) AS place_role,
      any(past.days_before) AS days_before, any(past.contact_count) AS place_contacts,
      -log2((any(past.same_before) + 0.5) / (any(past.all_before) + 1.5)) AS surprise,
      any(placed.day) >= toDate(any(telemetry_from)) + {learning_days:UInt32} AS learned,
      any(placed.role) != '' AND notEmpty(any(allowed.roles)) AND NOT has(any(allowed.roles), any(placed.role)) AS odd_role,
      count() AS contact_count, max(placed.issuing) AS orders, sum(placed.records) AS record_count, min(placed.first_time) AS day_first, max(placed.last_time) AS day_last,
      arraySlice(arraySort(groupUniqArray(20)((placed.named.1, placed.named.2))), 1, 8) AS met,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)(placed.strongest)) AS chosen
    FROM placed
    INNER JOIN with_past AS past ON past.segment = placed.segment AND past.category = placed.category AND past.day = placed.day
    LEFT JOIN allowed ON allowed.category = lower(placed.category)
    GROUP BY ip, category, day
  ),
  told AS (
    SELECT
      replaceRegexpOne(IPv6NumToString(ip), '^::ffff:', '') AS address, category, day, place, place_role, days_before, place_contacts, surprise, contact_count,
      orders, record_count, day_first, day_last, met, chosen, odd_role, learned,
      learned AND days_before = 0 AS is_first,
      learned AND place_contacts >= {least_contacts:UInt32} AND surprise >= {bits:Float64} AS is_surprising
    FROM days
    WHERE odd_role OR (learned AND days_before = 0) OR (learned AND place_contacts >= {least_contacts:UInt32} AND surprise >= {bits:Float64})
  )
SELECT
  concat(address, '|', category, '|', toString(day)) AS key,
  concat(
    address, ' in ', substringUTF8(place, 1, 80), if(place_role = '', '', concat(' (', substringUTF8(place_role, 1, 40), ')')), ' turned to ',
    multiIf(category = 'ACME', 'an ACME directory', category = 'CA_API', 'the interface of a certificate authority', 'the submission of a log of Certificate Transparency'),
    ' (', arrayStringConcat(arrayMap(one -> substringUTF8(one.1, 1, 80), met), ', '), ') on ', toString(day),
    if(contact_count > 1, concat(', ', toString(contact_count), ' times'), ''),
    if(is_first, ', which nobody there did in the 90 days before', ''),
    if(odd_role, ', and networks of this role have no reason to', ''),
    if(NOT learned, '; whether it was the first time is not known yet: the store has too few days before it', '')
  ) AS summary,
  arrayConcat([('source_address', address)], arrayMap(one -> (one.2, substringUTF8(one.1, 1, 253)), met)) AS entities,
  arrayFilter(signal -> signal != '', [
    'contacted',
    if(odd_role, 'role_without_reason', ''),
    if(is_first, 'first_from_network', ''),
    if(is_surprising, 'surprising', ''),
    if(orders, 'issuing', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(day_first) AS first_seen,
  toString(day_last) AS last_seen
FROM told
ORDER BY day_first, key
