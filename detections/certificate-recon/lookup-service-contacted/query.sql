-- Who inside turned to services that look certificates up: one row for each inside address and UTC day.
--
-- A contact is address, service and minute: DNS, TLS and HTTP of one visit are one contact (specification T1596.003
-- §1.1). By day, because a finding must end: what an analyst closed on Tuesday says nothing of Wednesday, and a
-- schedule stays apart from a burst (§2.1: deduplicated by entity and day). A fan-out may run across midnight; it
-- belongs to the day it begins on. An address is told by its canonical form, so that two sensors mean the same host.
--
-- A resolver asks for others. What it asks is left out where enough inside addresses asked it: then the askers are
-- known. Where only its questions upstream were seen, it stays, as one that only asked for names.
-- param intel String: snapshot of the reference data
-- param least_evidence_weight Float64: 0 to 1, below this a service makes no finding by itself
-- param fan_out_seconds UInt32: length of the window for several services, in seconds
-- param fan_out UInt32: distinct services in that window
-- param strong_fan_out UInt32: distinct services in that window
-- param repeated UInt32: contacts of one address with one service within an hour
-- param resolver_askers UInt32: inside addresses that ask an address by DNS, from which on it is a resolver
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); tls_session, dns_query and http_request by their first key, the name; for suffixes and resolvers one and three columns of a table are scanned
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-lookup-services' AND key = 'host' AND NOT startsWith(value, '*.')) AS hosts,
  (SELECT groupArray(substring(value, 2)) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-lookup-services' AND key = 'host' AND startsWith(value, '*.')) AS suffixes,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'http-automation-clients' AND key = 'user_agent_prefix') AS automation_clients,
  (
    SELECT groupUniqArray(name)
    FROM (
      SELECT tls_server_name AS name FROM tls_session WHERE arrayExists(suffix -> endsWith(tls_server_name, suffix), suffixes)
      UNION ALL
      SELECT dns_question_name FROM dns_query WHERE arrayExists(suffix -> endsWith(dns_question_name, suffix), suffixes)
      UNION ALL
      SELECT url_domain FROM http_request WHERE arrayExists(suffix -> endsWith(url_domain, suffix), suffixes)
    )
  ) AS names_below,
  arrayConcat(hosts, names_below) AS names,
  seen AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, 2 AS rank, 'tls_server_name' AS field, tls_server_name AS host,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      '' AS target, '' AS user_agent, '' AS user, '' AS client
    FROM tls_session
    WHERE has(names, tls_server_name) AND network_direction IN ('outbound', 'internal')
    UNION ALL
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, 1, 'dns_question_name', dns_question_name,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')),
      '', '', '', ''
    FROM dns_query
    WHERE has(names, dns_question_name) AND network_direction IN ('outbound', 'internal')
      AND NOT (ifNull(source_port, 0) = 53 AND ifNull(destination_port, 0) != 53)
      AND source_ip NOT IN (
        SELECT destination_ip
        FROM dns_query
        WHERE network_direction = 'internal' AND destination_port = 53
        GROUP BY destination_ip
        HAVING uniqExact(source_ip) >= {resolver_askers:UInt32}
      )
    UNION ALL
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, 3, 'url_domain', url_domain,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')),
      if(http_method = 'CONNECT', '', replaceRegexpOne(http_uri, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*', '')),
      http_user_agent, user_name,
      if(extra['xff'] != '', extra['xff'], extract(extra['proxied'], '(?i)X-FORWARDED-FOR -> ([0-9A-Fa-f:.]+)'))
    FROM http_request
    WHERE has(names, url_domain) AND network_direction IN ('outbound', 'internal')
  ),
  hits AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, rank, field, host, address,
      service, weight, api_host, verified, user, client,
      rank = 3 AND (
        (automation_pattern != '' AND match(target, automation_pattern))
        OR arrayExists(prefix -> startsWith(lower(user_agent), prefix), automation_clients)
      ) AS automation,
      decodeURLComponent(arrayFirst(text -> text != '', [
        extractURLParameter(target, 'q'), extractURLParameter(target, 'domain'), extractURLParameter(target, 'query'),
        extractURLParameter(target, 'host'), extractURLParameter(target, 'apex'), extractURLParameter(target, 'd')
      ])) AS searched
    FROM (
      SELECT
        event_time, event_uid, evidence_id, record_number, record_key, rank, field, host, address, target, user_agent, user, client,
        if(has(hosts, host), host, concat('*', arrayFirst(suffix -> endsWith(host, suffix), suffixes))) AS matched
      FROM seen
    ) AS seen
    INNER JOIN (
      SELECT
        value AS host_key, entry AS service, toFloat64OrZero(attributes['evidence_weight']) AS weight,
        attributes['shared_host'] = 'true' AS shared_host, attributes['api_host'] = 'true' AS api_host,
        attributes['path'] AS path_pattern, attributes['automation'] AS automation_pattern, verified
      FROM intel_entry
      WHERE snapshot = {intel:String} AND catalogue = 'certificate-lookup-services' AND key = 'host'
    ) AS services ON services.host_key = seen.matched
    WHERE NOT shared_host OR (rank = 3 AND path_pattern != '' AND match(target, path_pattern))
  ),
  contacts AS (
    SELECT
      address, service, toStartOfMinute(event_time) AS minute, toUInt32(toUnixTimestamp(min(event_time))) AS second, min(event_time) AS first, max(event_time) AS last,
      uniqExact(record_key) AS records, max(rank) AS best, max(weight) AS heaviest, max(api_host) AS api, max(automation) AS automated,
      argMax((event_time, uid, evidence, record_number), (rank, -toUnixTimestamp64Micro(event_time), uid)) AS strongest,
      argMax((host, field, verified), (rank, host)) AS named,
      groupUniqArrayIf(5)(substringUTF8(searched, 1, 80), searched != '') AS searches,
      groupUniqArrayIf(5)(substringUTF8(user, 1, 80), user NOT IN ('', '-')) AS users,
      groupUniqArrayIf(5)(substringUTF8(client, 1, 45), client != '') AS clients
    FROM hits
    GROUP BY address, service, minute
  ),
  neighbours AS (
    SELECT
      address, service, minute, toDate(first) AS day, second, first, last, records, best, heaviest, api, automated, strongest, named, searches, users, clients,
      minMap([service], [second]) OVER (PARTITION BY address ORDER BY second RANGE BETWEEN CURRENT ROW AND {fan_out_seconds:UInt32} FOLLOWING) AS fan,
      count() OVER (PARTITION BY address, service ORDER BY second RANGE BETWEEN CURRENT ROW AND 3599 FOLLOWING) AS in_an_hour,
      row_number() OVER (PARTITION BY address, toDate(first), service ORDER BY first) AS turn
    FROM contacts
  ),
  days AS (
    SELECT
      address, day, uniqExact(minute) AS minutes, uniqExact(service) AS service_count, uniqExactIf(service, best > 1) AS connected_count,
      argMax((length(fan.1), arrayMax(fan.2) - second), (length(fan.1), second - toInt64(arrayMax(fan.2)))) AS widest,
      max(in_an_hour) AS busiest, max(automated) AS automated, max(api) AS api, max(heaviest) AS heaviest,
      sum(records) AS record_count, min(first) AS day_first, max(last) AS day_last,
      arrayMap(one -> one.2, groupArraySortedIf(12)((second, named), turn = 1)) AS met,
      arraySlice(arraySort(arrayDistinct(arrayFlatten(groupArray(200)(searches)))), 1, 5) AS searched_for,
      arraySlice(arraySort(arrayDistinct(arrayFlatten(groupArray(200)(users)))), 1, 3) AS users_named,
      arraySlice(arraySort(arrayDistinct(arrayFlatten(groupArray(200)(clients)))), 1, 3) AS clients_named,
      arrayMap(one -> (one.2, one.3, one.4), arraySort(arrayMap(one -> one.2, groupArraySorted(20)((turn, strongest))))) AS chosen
    FROM neighbours
    GROUP BY address, day
    HAVING heaviest >= {least_evidence_weight:Float64}
  ),
  told AS (
    SELECT
      address, day, minutes, service_count, connected_count, widest, busiest, automated, api, record_count, day_first, day_last,
      met, searched_for, users_named, clients_named, chosen,
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
    if(notEmpty(searched_for), concat('; it searched for ', arrayStringConcat(searched_for, ', ')), ''),
    if(notEmpty(clients_named), concat('; the requests name ', arrayStringConcat(clients_named, ', '), ' as the client they were passed on for'), ''),
    if(connected_count = 0, '; no connection from it was seen', ''),
    multiIf(other_days = 1, '; also on 1 other day', other_days > 1, concat('; also on ', toString(other_days), ' other days'), '')
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
    if(api AND NOT automated, 'api_host', ''),
    if(widest.1 >= {fan_out:UInt32}, 'fan_out', ''),
    if(widest.1 >= {strong_fan_out:UInt32}, 'strong_fan_out', ''),
    if(busiest >= {repeated:UInt32}, 'repeated', ''),
    if(notEmpty(clients_named), 'passed_on', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(day_first) AS first_seen,
  toString(day_last) AS last_seen
FROM told
ORDER BY day_first, key
