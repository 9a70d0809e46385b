-- Who inside used crt.sh's public PostgreSQL: one row for each inside address and UTC day.
--
-- Two ways to know it: a start-up message that names user guest and database certwatch, or a connection to port 5432 of
-- an address that a DNS answer named crt.sh at most an hour before (specification T1596.003 §0.2, §1.1). Later messages
-- of a connection belong to it by the sensor's connection id. Only outbound: a copy of the database in our own network
-- is not crt.sh. Two sensors see one connection twice; connections are counted by their addresses and ports.
--
-- What was searched is a quoted name in the SQL, whole or as a pattern, also spelled backwards as the older forms of crt.sh's
-- index want it. What was ordered (certificate-lookup-purposes, service crtsh-sql or category CT_SEARCH) keeps its row and
-- says so; it is sanctioned where every connection of the day is covered and none leaves its profile.
-- param intel String: snapshot of the reference data
-- param answer_seconds UInt32: how long an answer of DNS speaks for an address, in seconds
-- param clock_seconds UInt32: how far the clocks of two sensors may differ, in seconds
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); database_session by database_name for start-ups, the table for the rest of their connections; dns_query by dns_question_name; tls_session by tls_server_name, and by scanning destination_port; network_flow by scanning destination_port
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'owned-names' AND key = 'domain') AS owned,
  (
    SELECT groupArray((
      tupleElement(IPv6CIDRToRange(ifNull(toIPv6OrNull(bare), toIPv6('::')), bits), 1), tupleElement(IPv6CIDRToRange(ifNull(toIPv6OrNull(bare), toIPv6('::')), bits), 2),
      scopes, until, told, max_per_hour, hour_from, hour_to
    ))
    FROM (
      SELECT
        splitByChar('/', value)[1] AS bare, least(expires, last_verified + 180) AS until,
        toUInt8(multiIf(position(value, '/') = 0, 128, toUInt8OrNull(splitByChar('/', value)[2]) IS NULL, 0, least(128, toUInt8OrZero(splitByChar('/', value)[2]) + if(position(value, ':') = 0, 96, 0)))) AS bits,
        arrayMap(one -> trimBoth(one), splitByChar(',', attributes['services'])) AS scopes,
        concat(substringUTF8(attributes['purpose'], 1, 80), ' (', substringUTF8(attributes['owner'], 1, 60), if(attributes['ticket'] = '', '', concat(', ', substringUTF8(attributes['ticket'], 1, 40))), ')') AS told,
        toUInt32OrZero(attributes['max_per_hour']) AS max_per_hour,
        toUInt8OrZero(splitByChar('-', attributes['hours'])[1]) AS hour_from, toUInt8OrZero(splitByChar('-', attributes['hours'])[2]) AS hour_to
      FROM intel_entry
      WHERE snapshot = {intel:String} AND catalogue = 'certificate-lookup-purposes' AND key = 'network'
    )
    WHERE toIPv6OrNull(bare) IS NOT NULL AND bits > 0
  ) AS purposes,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-databases' AND key = 'host') AS hosts,
  (SELECT groupArray(toUInt16(value)) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-databases' AND key = 'port') AS ports,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-databases' AND key = 'database') AS databases,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-databases' AND key = 'user') AS users,
  (SELECT groupUniqArray(assumeNotNull(toIPv6OrNull(answer))) FROM dns_query ARRAY JOIN dns_answers AS answer WHERE has(hosts, dns_question_name) AND toIPv6OrNull(answer) IS NOT NULL) AS addresses,
  reached AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, source_ip, source_address, source_port, destination_ip, destination_address, destination_port,
      false AS named
    FROM network_flow
    WHERE network_direction = 'outbound' AND has(ports, destination_port) AND has(addresses, destination_ip)
    UNION ALL
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, source_ip, source_address, source_port, destination_ip, destination_address, destination_port,
      has(hosts, tls_server_name)
    FROM tls_session
    WHERE network_direction = 'outbound' AND has(ports, destination_port) AND (has(hosts, tls_server_name) OR has(addresses, destination_ip))
  ),
  rows AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, source_ip, source_address, source_port, destination_ip, destination_address, destination_port,
      true AS session, database_statement AS statement, database_user AS user, database_name AS database
    FROM database_session
    WHERE network_direction = 'outbound' AND (
      (has(databases, database_name) AND has(users, database_user))
      OR (connection_id != '' AND (source, connection_id) IN (
        SELECT source, connection_id FROM database_session WHERE network_direction = 'outbound' AND has(databases, database_name) AND has(users, database_user)
      ))
    )
    UNION ALL
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, source_ip, source_address, source_port, destination_ip, destination_address, destination_port,
      false, '', '', ''
    FROM (
      SELECT
        event_time, event_uid, evidence_id, record_number, record_key, source_ip, source_address, source_port, destination_ip, destination_address, destination_port,
        named, assumeNotNull(destination_ip) AS ip, event_time + toIntervalSecond({clock_seconds:UInt32}) AS latest
      FROM reached
    ) AS reached
    ASOF LEFT JOIN (
      SELECT assumeNotNull(toIPv6OrNull(answer)) AS ip, event_time AS answered
      FROM dns_query
      ARRAY JOIN dns_answers AS answer
      WHERE has(hosts, dns_question_name) AND toIPv6OrNull(answer) IS NOT NULL
    ) AS answers ON reached.ip = answers.ip AND reached.latest >= answers.answered
    WHERE named OR answers.answered >= reached.event_time - toIntervalSecond({answer_seconds:UInt32})
  ),
  connections AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, session, statement, user, database,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      if(destination_ip IS NULL, destination_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '')) AS server,
      (ifNull(source_port, 0), server, ifNull(destination_port, 0)) AS connection,
      match(statement, '(?i)^[\\s(]*(select|with|explain|copy|declare|fetch|show|set)\\b') AS readable,
      arrayConcat(extractAll(substring(statement, 1, 20000), '\'([^\']{3,253})\''), extractAll(substring(statement, 1, 20000), '[$][$]([^$]{3,253})[$][$]')) AS literals,
      arrayMap(text -> if(match(text, '^[a-z0-9-]+([.][a-z0-9-]+)*[.]%$') AND positionCaseInsensitive(statement, 'reverse') > 0, reverse(text), text), arrayMap(text -> lower(text), literals)) AS forwards,
      arrayDistinct(arrayFilter(
        text -> match(text, '^[a-z0-9_-]+([.][a-z0-9_-]+)*[.][a-z][a-z0-9-]*[a-z0-9]$'),
        arrayMap(text -> replaceRegexpAll(text, '^[%*.]+|[%*.]+$', ''), forwards)
      )) AS names
    FROM rows
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  covered AS (
    SELECT
      event_time, uid, evidence, record_number, session, statement, user, database, address, server, connection, readable, names,
      ifNull(toIPv6OrNull(address), toIPv6('::')) AS ip,
      arrayFilter(one -> ip BETWEEN one.1 AND one.2 AND hasAny(one.3, ['*', 'crtsh-sql', 'CT_SEARCH']), purposes) AS orders,
      arrayFilter(one -> one.4 >= toDate(event_time), orders) AS valid_orders,
      uniqExact(connection) OVER (PARTITION BY address, toStartOfHour(event_time)) AS in_clock_hour
    FROM connections
  ),
  days AS (
    SELECT
      address, toDate(event_time) AS day,
      countIf(notEmpty(valid_orders)) AS ordered_count,
      countIf(notEmpty(valid_orders) AND NOT arrayExists(
        one -> (one.6 = 0 OR in_clock_hour <= one.6)
          AND (one.7 = one.8 OR if(one.7 < one.8, toHour(event_time) >= one.7 AND toHour(event_time) < one.8, toHour(event_time) >= one.7 OR toHour(event_time) < one.8)),
        valid_orders
      )) AS beyond_count,
      minIf(arrayFirst(one -> one.5 != '', valid_orders).5, notEmpty(valid_orders)) AS ordered_as,
      max(if(empty(valid_orders) AND notEmpty(orders), arrayReverseSort(arrayMap(one -> (one.4, one.5), orders))[1], (toDate(0), ''))) AS last_expired,
      arraySort(arrayFilter(name -> arrayExists(one -> name = one OR endsWith(name, concat('.', one)), owned), arrayDistinct(arrayFlatten(groupArrayIf(1000)(names, notEmpty(names)))))) AS own_searched,
      uniqExact(connection) AS connection_count, uniqExactIf(connection, session) AS session_count, uniqExactIf(connection, readable) AS readable_count,
      arraySlice(arraySort(groupUniqArray(20)((server, concat(if(position(server, ':') > 0, concat('[', server, ']'), server), ':', toString(connection.3))))), 1, 5) AS servers,
      arraySlice(arraySort(arrayDistinct(arrayMap(one -> substringUTF8(one, 1, 80), arrayFlatten(groupArrayIf(100)(names, notEmpty(names)))))), 1, 5) AS searched_for,
      max(user) AS user_named, max(database) AS database_named,
      count() AS record_count, min(event_time) AS day_first, max(event_time) AS day_last,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, uid, evidence, record_number))) AS chosen
    FROM covered
    GROUP BY address, day
  )
SELECT
  concat(address, '|', toString(day)) AS key,
  concat(
    address,
    if(session_count > 0,
      concat(' used crt.sh\'s PostgreSQL as ', substringUTF8(user_named, 1, 60), ' over ', toString(session_count), if(session_count = 1, ' connection', ' connections'), ' to '),
      concat(' made ', toString(connection_count), if(connection_count = 1, ' connection', ' connections'), ' to the PostgreSQL port of crt.sh (')),
    arrayStringConcat(arrayMap(one -> one.2, servers), ', '),
    if(session_count = 0, ')', ''),
    ' on ', toString(day),
    if(session_count > 0 AND connection_count > session_count, concat('; ', toString(connection_count - session_count), ' more went to that port unseen inside'), ''),
    if(notEmpty(searched_for), concat('; the SQL searches for ', arrayStringConcat(searched_for, ', ')), ''),
    multiIf(
      readable_count = 0, '; what was searched is in no log',
      connection_count > readable_count, concat('; the SQL of ', toString(connection_count - readable_count), ' of them is in no log'),
      ''),
    multiIf(
      ordered_count = record_count AND beyond_count = 0, concat('; sanctioned: ', ordered_as),
      beyond_count > 0, concat('; sanctioned: ', ordered_as, ', but beyond what was agreed'),
      ordered_count > 0, concat('; ', toString(ordered_count), ' of ', toString(record_count), ' records are sanctioned: ', ordered_as),
      ''),
    if(last_expired.2 != '', concat('; its purpose expired on ', toString(last_expired.1), ': ', last_expired.2), '')
  ) AS summary,
  arrayConcat(
    [('source_address', address)],
    arrayMap(one -> ('destination_address', one.1), servers),
    if(session_count > 0, [('database_user', user_named), ('database_name', database_named)], []),
    arrayMap(one -> ('database_statement', one), searched_for)
  ) AS entities,
  arrayFilter(signal -> signal != '', [
    if(session_count > 0, 'certwatch_session', 'crtsh_port'),
    if(notEmpty(own_searched), 'own_names', ''),
    if(ordered_count = record_count AND beyond_count = 0, 'sanctioned', ''),
    if(beyond_count > 0, 'out_of_profile', ''),
    if(last_expired.2 != '', 'purpose_expired', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(day_first) AS first_seen,
  toString(day_last) AS last_seen
FROM days
ORDER BY day_first, key
