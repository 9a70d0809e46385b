-- Who inside turned to services that look certificates up: one row for each inside address and UTC day.
--
-- A contact is address, service and minute: DNS, TLS and HTTP of one visit are one contact (specification T1596.003
-- §1.1). By day, because a finding must end: what an analyst closed on Tuesday says nothing of Wednesday, and a
-- schedule stays apart from a burst (§2.1: deduplicated by entity and day). A fan-out may run across midnight; it
-- belongs to the day it begins on. An address is told by its canonical form, so that two sensors mean the same host.
--
-- A resolver asks for others. What it asks is left out where enough inside addresses asked it: then the askers are
-- known. Where only its questions upstream were seen, it stays, as one that only asked for names.
--
-- A first contact is told only where the days before were seen, and where few others use the service. What was ordered
-- (certificate-lookup-purposes) keeps its row and says so; it is sanctioned where every contact of the day is covered
-- and none leaves its profile. Whether the rate is unusual for the address is lookups-above-usual, not asked here.
-- param intel String: snapshot of the reference data
-- param least_evidence_weight Float64: 0 to 1, below this a service makes no finding by itself
-- param fan_out_seconds UInt32: length of the window for several services, in seconds
-- param fan_out UInt32: distinct services in that window
-- param strong_fan_out UInt32: distinct services in that window
-- param repeated UInt32: contacts of one address with one service within an hour
-- param resolver_askers UInt32: inside addresses that ask an address by DNS, from which on it is a resolver
-- param foreign_names UInt32: distinct registrable domains of others, searched on a day
-- param search_megabytes Float64: megabytes from services of category CT_SEARCH on a day
-- param log_megabytes Float64: megabytes from logs on a day
-- param memory_days UInt32: days without a contact after which the next is a first one
-- param learning_days UInt32: days with telemetry before a day, without which no contact of it is told to be a first one
-- param prevalence Float64: share of the active addresses, 0 to 1, up to which a service is rare
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session, dns_query and http_request by their first key, the name; network_flow by destination_address; for suffixes, resolvers and active addresses one to three columns of a table are scanned
WITH
  (
    SELECT groupUniqArray(value)
    FROM intel_entry
    WHERE snapshot = {intel:String} AND (catalogue, key) IN (('certificate-lookup-services', 'host'), ('certificate-log-endpoints', 'read_host')) AND NOT startsWith(value, '*.')
  ) AS hosts,
  (
    SELECT groupUniqArray(substring(value, 2))
    FROM intel_entry
    WHERE snapshot = {intel:String} AND (catalogue, key) IN (('certificate-lookup-services', 'host'), ('certificate-log-endpoints', 'read_host')) AND startsWith(value, '*.')
  ) AS suffixes,
  concat('(?:', arrayStringConcat(arrayMap(suffix -> regexpQuoteMeta(suffix), suffixes), '|'), ')$') AS suffix_pattern,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'http-automation-clients' AND key = 'user_agent_prefix') AS automation_clients,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'http-automation-clients' AND key = 'browser_prefix') AS browsers,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'http-automation-clients' AND key = 'no_header_in') AS header_sources,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'library-tls-clients' AND key = 'ja3') AS library_ja3,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'ja4-families' AND key = 'ja4' AND attributes['class'] = 'library') AS library_ja4,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'owned-names' AND key = 'domain') AS owned,
  (
    SELECT groupArray((
      tupleElement(IPv6CIDRToRange(ifNull(toIPv6OrNull(bare), toIPv6('::')), bits), 1), tupleElement(IPv6CIDRToRange(ifNull(toIPv6OrNull(bare), toIPv6('::')), bits), 2),
      user, scopes, until, told, max_per_hour, hour_from, hour_to, agent_pattern
    ))
    FROM (
      SELECT
        if(key = 'network', splitByChar('/', value)[1], '') AS bare, if(key = 'user', value, '') AS user, least(expires, last_verified + 180) AS until,
        toUInt8(multiIf(position(value, '/') = 0, 128, toUInt8OrNull(splitByChar('/', value)[2]) IS NULL, 0, least(128, toUInt8OrZero(splitByChar('/', value)[2]) + if(position(value, ':') = 0, 96, 0)))) AS bits,
        arrayMap(one -> trimBoth(one), splitByChar(',', attributes['services'])) AS scopes,
        concat(substringUTF8(attributes['purpose'], 1, 80), ' (', substringUTF8(attributes['owner'], 1, 60), if(attributes['ticket'] = '', '', concat(', ', substringUTF8(attributes['ticket'], 1, 40))), ')') AS told,
        toUInt32OrZero(attributes['max_per_hour']) AS max_per_hour,
        toUInt8OrZero(splitByChar('-', attributes['hours'])[1]) AS hour_from, toUInt8OrZero(splitByChar('-', attributes['hours'])[2]) AS hour_to,
        attributes['user_agent'] AS agent_pattern
      FROM intel_entry
      WHERE snapshot = {intel:String} AND catalogue = 'certificate-lookup-purposes' AND key IN ('network', 'user')
    )
    WHERE user != '' OR (toIPv6OrNull(bare) IS NOT NULL AND bits > 0)
  ) AS purposes,
  (SELECT splitByChar(',', any(attributes['roles'])) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-authority-roles' AND key = 'category' AND value = 'lookup') AS lookup_roles,
  (
    SELECT arraySort(one -> -one.3, groupArray((
      tupleElement(IPv6CIDRToRange(ifNull(toIPv6OrNull(bare), toIPv6('::')), bits), 1), tupleElement(IPv6CIDRToRange(ifNull(toIPv6OrNull(bare), toIPv6('::')), bits), 2),
      toInt32(bits), role, hour_from, hour_to
    )))
    FROM (
      SELECT
        splitByChar('/', value)[1] AS bare,
        toUInt8(least(128, toUInt8OrZero(splitByChar('/', value)[2]) + if(position(value, ':') = 0, 96, 0))) AS bits, attributes['role'] AS role,
        toUInt8OrZero(splitByChar('-', attributes['work_hours'])[1]) AS hour_from, toUInt8OrZero(splitByChar('-', attributes['work_hours'])[2]) AS hour_to
      FROM intel_entry
      WHERE snapshot = {intel:String} AND catalogue = 'network-segments' AND key = 'network'
    )
    WHERE toIPv6OrNull(bare) IS NOT NULL
  ) AS networks,
  (
    SELECT groupUniqArray(name)
    FROM (
      SELECT tls_server_name AS name FROM tls_session WHERE notEmpty(suffixes) AND match(tls_server_name, suffix_pattern)
      UNION ALL
      SELECT dns_question_name FROM dns_query WHERE notEmpty(suffixes) AND match(dns_question_name, suffix_pattern)
      UNION ALL
      SELECT url_domain FROM http_request WHERE notEmpty(suffixes) AND match(url_domain, suffix_pattern)
    )
  ) AS names_below,
  arrayConcat(hosts, names_below) AS names,
  (
    SELECT groupArray(destination_ip)
    FROM (
      SELECT destination_ip
      FROM dns_query
      WHERE network_direction = 'internal' AND destination_port = 53 AND destination_ip IS NOT NULL
      GROUP BY destination_ip
      HAVING uniq(source_ip) >= {resolver_askers:UInt32}
    )
  ) AS resolvers,
  seen AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, 2 AS rank, 'tls_server_name' AS field, tls_server_name AS host,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      '' AS target, '' AS user_agent, '' AS user, '' AS client, false AS no_agent, connection_id, toUInt64(0) AS bytes,
      has(library_ja3, lower(tls_ja3)) OR has(library_ja4, lower(tls_ja4)) AS library
    FROM tls_session
    WHERE tls_server_name IN (SELECT arrayJoin(names)) AND network_direction IN ('outbound', 'internal')
    UNION ALL
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, 1, 'dns_question_name', dns_question_name,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')),
      '', '', '', '', false, '', 0, false
    FROM dns_query
    WHERE dns_question_name IN (SELECT arrayJoin(names)) AND network_direction IN ('outbound', 'internal')
      AND NOT (ifNull(source_port, 0) = 53 AND ifNull(destination_port, 0) != 53)
      AND source_ip NOT IN (SELECT arrayJoin(resolvers))
    UNION ALL
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, 3, 'url_domain', url_domain,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')),
      if(http_method = 'CONNECT', '', replaceRegexpOne(substring(http_uri, 1, 4096), '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*', '')),
      http_user_agent, user_name,
      if(extra['xff'] != '', extra['xff'], extract(extra['proxied'], '(?i)X-FORWARDED-FOR -> ([0-9A-Fa-f:.]+)')),
      http_user_agent = '' AND http_method NOT IN ('', 'CONNECT') AND has(header_sources, source),
      '', ifNull(http_response_bytes, 0), false
    FROM http_request
    WHERE url_domain IN (SELECT arrayJoin(names)) AND network_direction IN ('outbound', 'internal')
  ),
  flows AS (
    SELECT connection_id, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '') AS address, max(ifNull(destination_bytes, 0)) AS flow_bytes
    FROM network_flow
    WHERE connection_id != '' AND source_ip IS NOT NULL
      AND destination_address IN (SELECT destination_address FROM tls_session WHERE tls_server_name IN (SELECT arrayJoin(names)))
      AND connection_id IN (SELECT connection_id FROM tls_session WHERE tls_server_name IN (SELECT arrayJoin(names)))
    GROUP BY connection_id, source_ip
  ),
  hits AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, rank, field, host, address,
      service, category, weight, api_host, verified, user, client, user_agent, connection_id, bytes, library,
      rank = 3 AND (
        (automation_pattern != '' AND match(target, automation_pattern))
        OR arrayExists(prefix -> startsWith(lower(user_agent), prefix), automation_clients)
        OR no_agent
      ) AS automation,
      rank = 3 AND arrayExists(prefix -> startsWith(lower(user_agent), prefix), browsers) AS browser,
      toValidUTF8(if(coding = 'base64', tryBase64Decode(decodeURLComponent(raw)), decodeURLComponent(raw))) AS asked,
      extract(replaceRegexpAll(lower(asked), '[a-z_.]+[:=]+', ' '), '[a-z0-9_%*-]+(?:[.][a-z0-9_-]+)+') AS name,
      if(name = '', substringUTF8(asked, 1, 80), substring(name, 1, 253)) AS searched,
      replaceRegexpOne(name, '^[%*]*[.]*', '') AS bare,
      if(match(bare, '^[a-z0-9_-]+([.][a-z0-9_-]+)*[.][a-z][a-z0-9-]*[a-z0-9]$'), cutToFirstSignificantSubdomain(bare), '') AS apex
    FROM (
      SELECT
        event_time, event_uid, evidence_id, record_number, record_key, rank, field, host, address, target, user_agent, user, client, no_agent, connection_id, bytes, library,
        service, category, weight, api_host, verified, automation_pattern, coding,
        if(
          target_pattern != '',
          splitByChar('\x01', replaceRegexpOne(replaceAll(target, '\x01', ''), if(target = '', '()', concat('(?s)(?:', target_pattern, ')().*$')), '\x01\\1'))[2],
          arrayFirst(text -> text != '', [
            extractURLParameter(target, 'q'), extractURLParameter(target, 'domain'), extractURLParameter(target, 'query'),
            extractURLParameter(target, 'host'), extractURLParameter(target, 'apex'), extractURLParameter(target, 'd')
          ])
        ) AS raw
      FROM (
        SELECT
          event_time, event_uid, evidence_id, record_number, record_key, rank, field, host, address, target, user_agent, user, client, no_agent, connection_id, bytes, library,
          if(has(hosts, host), host, concat('*', arrayFirst(suffix -> endsWith(host, suffix), suffixes))) AS matched
        FROM seen
      ) AS seen
      INNER JOIN (
        SELECT
          value AS host_key, entry AS service, attributes['category'] AS category, toFloat64OrZero(attributes['evidence_weight']) AS weight,
          attributes['shared_host'] = 'true' AS shared_host, attributes['api_host'] = 'true' AS api_host,
          attributes['path'] AS path_pattern, attributes['automation'] AS automation_pattern, attributes['target'] AS target_pattern, attributes['target_coding'] AS coding, verified
        FROM intel_entry
        WHERE snapshot = {intel:String} AND (catalogue, key) IN (('certificate-lookup-services', 'host'), ('certificate-log-endpoints', 'read_host'))
        ORDER BY value, catalogue DESC, entry
        LIMIT 1 BY value
      ) AS services ON services.host_key = seen.matched
      WHERE if(shared_host, rank = 3 AND path_pattern != '' AND match(target, path_pattern), target = '' OR path_pattern = '' OR match(target, path_pattern))
    )
  ),
  contacts AS (
    SELECT
      address, service, any(category) AS category, toStartOfMinute(event_time) AS minute, toUnixTimestamp64Second(min(event_time)) AS second, min(event_time) AS first, max(event_time) AS last,
      uniqExact(record_key) AS records, max(rank) AS best, max(weight) AS heaviest, max(api_host) AS api, max(automation) AS automated,
      max(library) AS by_library, max(library) AND max(browser) AS posing,
      greatest(arraySum(mapValues(maxMapIf(map(record_key, bytes), rank = 3))), arraySum(mapValues(maxMapIf(map(connection_id, ifNull(flow_bytes, 0)), rank = 2)))) AS pulled,
      argMax((event_time, uid, evidence, record_number), (rank, -toUnixTimestamp64Micro(event_time), uid)) AS strongest,
      argMax((host, field, verified), (rank, host)) AS named,
      groupUniqArrayIf(5)(searched, searched != '') AS searches,
      groupUniqArrayIf(50)((apex, arrayExists(one -> bare = one OR endsWith(bare, concat('.', one)), owned)), apex != '') AS domains,
      groupUniqArrayIf(5)(substringUTF8(user, 1, 80), user NOT IN ('', '-')) AS users,
      groupUniqArrayIf(5)(substringUTF8(user_agent, 1, 200), user_agent != '') AS agents,
      groupUniqArrayIf(5)(substringUTF8(client, 1, 45), client != '') AS clients
    FROM hits
    LEFT JOIN flows ON flows.connection_id = hits.connection_id AND flows.address = hits.address
    GROUP BY address, service, minute
  ),
  covered AS (
    SELECT
      address, service, category, minute, second, first, last, records, best, heaviest, api, automated, by_library, posing, pulled, strongest, named, searches, domains, users, clients,
      agents, ifNull(toIPv6OrNull(address), toIPv6('::')) AS ip,
      arrayFilter(
        one -> if(one.3 != '', arrayExists(user -> lower(user) = one.3, users), ip BETWEEN one.1 AND one.2) AND hasAny(one.4, ['*', service, category]),
        purposes
      ) AS orders,
      arrayFilter(one -> one.5 >= toDate(first), orders) AS valid_orders,
      count() OVER (PARTITION BY address, toStartOfHour(first)) AS in_clock_hour
    FROM contacts
  ),
  neighbours AS (
    SELECT
      address, service, category, minute, toDate(first) AS day, second, first, last, records, best, heaviest, api, automated, by_library, posing, pulled, strongest, named, searches, domains, users, clients,
      notEmpty(valid_orders) AS ordered,
      arrayFirst(one -> one.6 != '', valid_orders).6 AS ordered_for,
      if(empty(valid_orders) AND notEmpty(orders), arrayReverseSort(arrayMap(one -> (one.5, one.6), orders))[1], (toDate(0), '')) AS expired,
      arrayExists(
        one -> (one.7 = 0 OR in_clock_hour <= one.7)
          AND (one.8 = one.9 OR if(one.8 < one.9, toHour(first) >= one.8 AND toHour(first) < one.9, toHour(first) >= one.8 OR toHour(first) < one.9))
          AND (one.10 = '' OR arrayAll(agent -> match(agent, one.10), agents)),
        valid_orders
      ) AS in_profile,
      minMap([service], [second]) OVER (PARTITION BY address ORDER BY second RANGE BETWEEN CURRENT ROW AND {fan_out_seconds:UInt32} FOLLOWING) AS fan,
      count() OVER (PARTITION BY address, service ORDER BY second RANGE BETWEEN CURRENT ROW AND 3599 FOLLOWING) AS in_an_hour,
      max(second) OVER (PARTITION BY address, service ORDER BY second ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) AS second_before,
      row_number() OVER (PARTITION BY address, toDate(first), service ORDER BY first) AS turn
    FROM covered
  ),
  active AS (
    SELECT
      day AS active_day, uniqCombinedMerge(12)(addresses) OVER (ORDER BY toRelativeDayNum(day) RANGE BETWEEN 27 PRECEDING AND CURRENT ROW) AS active_count,
      count() OVER (ORDER BY toRelativeDayNum(day) RANGE BETWEEN {memory_days:UInt32} PRECEDING AND 1 PRECEDING) AS days_before
    FROM (
      SELECT day, uniqCombinedMergeState(12)(addresses) AS addresses
      FROM (
        SELECT toDate(event_time) AS day, uniqCombinedState(12)(source_ip) AS addresses FROM tls_session WHERE network_direction IN ('outbound', 'internal') GROUP BY day
        UNION ALL
        SELECT toDate(event_time) AS day, uniqCombinedState(12)(source_ip) AS addresses FROM dns_query WHERE network_direction IN ('outbound', 'internal') GROUP BY day
        UNION ALL
        SELECT toDate(event_time) AS day, uniqCombinedState(12)(source_ip) AS addresses FROM http_request WHERE network_direction IN ('outbound', 'internal') GROUP BY day
      )
      GROUP BY day
    )
  ),
  askers AS (
    SELECT service AS asked_service, day AS asked_day, uniqExactMerge(addresses) OVER (PARTITION BY service ORDER BY toRelativeDayNum(day) RANGE BETWEEN 27 PRECEDING AND CURRENT ROW) AS asker_count
    FROM (
      SELECT service, toDate(minute) AS day, uniqExactState(address) AS addresses
      FROM contacts
      GROUP BY service, day
    )
  ),
  days AS (
    SELECT
      address, day, uniqExact(minute) AS minutes, uniqExact(service) AS service_count, uniqExactIf(service, best > 1) AS connected_count,
      argMax((length(fan.1), arrayMax(fan.2) - second), (length(fan.1), second - toInt64(arrayMax(fan.2)))) AS widest,
      max(in_an_hour) AS busiest, max(automated) AS automated, max(api) AS api, max(heaviest) AS heaviest, max(by_library) AS by_library, max(posing) AS posing,
      sumIf(pulled, category = 'CT_SEARCH') AS from_search, sumIf(pulled, category = 'CT_LOG_READ') AS from_logs,
      sum(records) AS record_count, min(first) AS day_first, max(last) AS day_last,
      count() AS contact_count, countIf(ordered) AS ordered_count, countIf(ordered AND NOT in_profile) AS beyond_count, minIf(ordered_for, ordered) AS ordered_as, max(expired) AS last_expired,
      arrayMap(one -> one.2, groupArraySortedIf(12)((second, named), turn = 1)) AS met,
      arraySort(groupArrayIf(20)(
        named.1,
        turn = 1 AND (second_before = 0 OR second - second_before > {memory_days:UInt32} * 86400)
          AND days_before >= {learning_days:UInt32} AND asker_count <= active_count * {prevalence:Float64}
      )) AS first_met,
      arrayDistinct(arrayFlatten(groupArray(1000)(domains))) AS domains_searched, arraySort(groupUniqArray(toHour(first))) AS hours_of_day,
      arraySlice(arraySort(arrayDistinct(arrayFlatten(groupArray(200)(searches)))), 1, 5) AS searched_for,
      arraySlice(arraySort(arrayDistinct(arrayFlatten(groupArray(200)(users)))), 1, 3) AS users_named,
      arraySlice(arraySort(arrayDistinct(arrayFlatten(groupArray(200)(clients)))), 1, 3) AS clients_named,
      arrayMap(one -> (one.2, one.3, one.4), arraySort(arrayMap(one -> one.2, groupArraySorted(20)((turn, strongest))))) AS chosen
    FROM neighbours
    LEFT JOIN active ON active_day = neighbours.day
    LEFT JOIN askers ON asked_service = neighbours.service AND asked_day = neighbours.day
    GROUP BY address, day
    HAVING heaviest >= {least_evidence_weight:Float64}
  ),
  told AS (
    SELECT
      address, day, minutes, service_count, connected_count, widest, busiest, automated, api, by_library, posing, from_search, from_logs, record_count, day_first, day_last,
      contact_count, ordered_count, beyond_count, ordered_as, last_expired, met, first_met, searched_for, users_named, clients_named, chosen,
      arraySort(arrayMap(one -> one.1, arrayFilter(one -> one.2, domains_searched))) AS own_domains,
      length(arrayDistinct(arrayMap(one -> one.1, arrayFilter(one -> NOT one.2, domains_searched)))) AS foreign_count,
      ordered_count = contact_count AND beyond_count = 0 AS sanctioned,
      arrayFirst(one -> ifNull(toIPv6OrNull(address), toIPv6('::')) BETWEEN one.1 AND one.2, networks) AS network, network.4 AS role,
      role != '' AND notEmpty(lookup_roles) AND NOT has(lookup_roles, role) AS odd_role,
      network.5 != network.6 AND (
        toDayOfWeek(day) > 5
        OR arrayAll(hour -> NOT if(network.5 < network.6, hour >= network.5 AND hour < network.6, hour >= network.5 OR hour < network.6), hours_of_day)
      ) AS off_hours,
      from_search > {search_megabytes:Float64} * 1000000 OR from_logs > {log_megabytes:Float64} * 1000000 AS bulky,
      count() OVER (PARTITION BY address) - 1 AS other_days,
      concat(
        arrayStringConcat(arrayMap(one -> concat(substringUTF8(one.1, 1, 80), if(one.3, '', ' [catalogue entry not verified]')), arraySlice(met, 1, 8)), ', '),
        if(service_count > 8, concat(' and ', toString(service_count - 8), ' more'), '')
      ) AS host_list,
      multiIf(connected_count = service_count, 'contacted ', connected_count = 0, 'asked DNS for ', 'contacted or asked DNS for ') AS verb
    FROM days
  )
SELECT
  concat(address, '|', toString(day)) AS key,
  concat(
    address, ' ', verb,
    if(service_count = 1, host_list, concat(
      toString(service_count), ' certificate lookup services',
      if(widest.1 = service_count AND widest.1 >= {fan_out:UInt32}, concat(' in ', toString(widest.2), ' s'), ''),
      ' (', host_list, ')'
    )),
    ' on ', toString(day),
    if(service_count > 1 AND widest.1 < service_count AND widest.1 >= {fan_out:UInt32}, concat(', ', toString(widest.1), ' of them in ', toString(widest.2), ' s'), ''),
    if(widest.1 > service_count AND widest.1 >= {fan_out:UInt32}, concat('; with those after midnight, which are in the next day\'s finding, ', toString(widest.1), ' in ', toString(widest.2), ' s'), ''),
    if(minutes > 1, concat(', in ', toString(minutes), ' different minutes'), ''),
    if(notEmpty(searched_for), concat('; it searched for ', arrayStringConcat(arrayMap(one -> substringUTF8(one, 1, 80), searched_for), ', ')), ''),
    if(notEmpty(own_domains), concat('; ', arrayStringConcat(arrayMap(one -> substringUTF8(one, 1, 80), arraySlice(own_domains, 1, 3)), ', '), if(length(own_domains) = 1, ' is', ' are'), ' on the list of our names'), ''),
    if(foreign_count >= {foreign_names:UInt32}, concat('; the names are of ', toString(foreign_count), ' domains of others'), ''),
    if(posing, '; the User-Agent says browser and the handshake a library', ''),
    if(bulky, concat('; ', toString(round(greatest(from_search, from_logs) / 1000000)), ' MB came back'), ''),
    if(notEmpty(first_met), concat('; it never contacted ', arrayStringConcat(arrayMap(one -> substringUTF8(one, 1, 80), arraySlice(first_met, 1, 3)), ', '), ' in the ', toString({memory_days:UInt32}), ' days before, and few others did'), ''),
    if(notEmpty(clients_named), concat('; the requests name ', arrayStringConcat(clients_named, ', '), ' as the client they were passed on for'), ''),
    if(connected_count = 0, '; no connection from it was seen', ''),
    multiIf(odd_role, concat('; its network is one of role ', substringUTF8(role, 1, 40)), off_hours, '; nobody works there at that time', ''),
    multiIf(other_days = 1, '; also on 1 other day', other_days > 1, concat('; also on ', toString(other_days), ' other days'), ''),
    multiIf(
      sanctioned, concat('; sanctioned: ', ordered_as),
      beyond_count > 0, concat('; sanctioned: ', ordered_as, ', but ', toString(beyond_count), ' of ', toString(contact_count), ' contacts are beyond what was agreed'),
      ordered_count > 0, concat('; ', toString(ordered_count), ' of ', toString(contact_count), ' contacts are sanctioned: ', ordered_as),
      ''
    ),
    if(last_expired.2 != '', concat('; its purpose expired on ', toString(last_expired.1), ': ', last_expired.2), '')
  ) AS summary,
  arrayConcat(
    [('source_address', address)],
    arrayMap(one -> (one.2, substringUTF8(one.1, 1, 253)), met),
    arrayMap(one -> ('user_name', one), users_named),
    arrayMap(one -> ('http_query', one), searched_for)
  ) AS entities,
  arrayFilter(signal -> signal != '', [
    if(connected_count > 0, 'connected', 'name_asked'),
    if(automated, 'automation', ''),
    if(posing AND NOT automated, 'disguised', ''),
    if(api AND NOT automated AND NOT posing, 'api_host', ''),
    if(by_library AND NOT automated AND NOT posing, 'library_handshake', ''),
    if(widest.1 >= {fan_out:UInt32}, 'fan_out', ''),
    if(widest.1 >= {strong_fan_out:UInt32}, 'strong_fan_out', ''),
    if(busiest >= {repeated:UInt32}, 'repeated', ''),
    if(notEmpty(own_domains), 'own_names', ''),
    if(empty(own_domains) AND foreign_count >= {foreign_names:UInt32}, 'foreign_names', ''),
    if(notEmpty(first_met), 'first_contact', ''),
    if(bulky, 'bulk', ''),
    multiIf(odd_role, 'unusual_role', off_hours, 'off_hours', ''),
    if(notEmpty(clients_named), 'passed_on', ''),
    if(sanctioned, 'sanctioned', ''),
    if(beyond_count > 0, 'out_of_profile', ''),
    if(last_expired.2 != '', 'purpose_expired', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(day_first) AS first_seen,
  toString(day_last) AS last_seen
FROM told
ORDER BY day_first, key
