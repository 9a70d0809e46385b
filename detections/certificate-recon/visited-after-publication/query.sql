-- Who came to a name of ours right after it was published in a log of Certificate Transparency: one row for each name that more new visitors
-- reached than chance explains, and one for each visitor, or group of visitors with one TLS fingerprint, that came so after several.
--
-- A name is published when a log first has it (specification T1596.003 §3.4): names in full, of domains that are ours, that nobody had asked for or
-- visited an hour before; wildcards publish none. A visitor counts with its first contact with any name of ours, when that names the new name and
-- has no referrer; requests of ACME validators are left out. How many new visitors a name has in an hour anyhow is pooled over all
-- names of ours in the 28 days before, without the day after a publication, with a prior of one in 24 hours; in the first days of a store nothing is said.
--
-- Of a name: the tail for 5 minutes, an hour and a day, Poisson but as uneven as the hours of the whole site are, the least of them times three, and Benjamini and Hochberg's procedure over all names that
-- were published on that UTC day. Of a visitor: that it came once is given; its chance is the tail of the binomial to come again as soon, by its own share of
-- what is usual, after as many of the other publications of the 90 days before its last, for each of its delays, times their number (docs/decisions/0024).
-- param intel String: snapshot of the reference data
-- param history_days UInt32: days before a publication that tell what is usual
-- param learning_days UInt32: days after the first visitor of any name of ours before which nothing is said
-- param memory_days UInt32: days before the last publication that a visitor reached, whose publications it could have reached
-- param false_discoveries Float64: share of the names told that may be told by chance
-- param visitor_chance Float64: chance below which a visitor is told to come because of publications
-- param strong_chance Float64: chance below which that is strong, from three publications on
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); certificate_sighting, http_request, tls_session and dns_query by scans of their names
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'owned-names' AND key = 'domain') AS owned,
  entries AS (
    SELECT event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, arrayJoin(arrayDistinct(certificate_names)) AS name
    FROM certificate_sighting
    WHERE sighting = 'ct' AND arrayExists(name -> arrayExists(one -> name = one OR endsWith(name, concat('.', one)), owned), certificate_names)
  ),
  published AS (
    SELECT name, min(event_time) AS t0, argMin((event_time, uid, evidence, record_number), (event_time, uid)) AS entry
    FROM entries
    WHERE NOT startsWith(name, '*.') AND arrayExists(one -> name = one OR endsWith(name, concat('.', one)), owned)
    GROUP BY name
  ),
  visits AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, assumeNotNull(source_ip) AS ip,
      lower(url_domain) AS name, '' AS fingerprint, http_user_agent AS agent, http_referrer AS referrer
    FROM http_request
    WHERE network_direction = 'inbound' AND source_ip IS NOT NULL AND url_domain != '' AND NOT startsWith(http_path, '/.well-known/acme-challenge/')
    UNION ALL
    SELECT event_time, lower(hex(event_uid)), toString(evidence_id), record_number, assumeNotNull(source_ip), tls_server_name, tls_ja4, '', ''
    FROM tls_session
    WHERE network_direction = 'inbound' AND source_ip IS NOT NULL AND tls_server_name != ''
  ),
  ours AS (
    SELECT event_time, uid, evidence, record_number, ip, name, fingerprint, agent, referrer
    FROM visits
    WHERE arrayExists(one -> name = one OR endsWith(name, concat('.', one)), owned)
  ),
  contacts AS (
    SELECT
      ip, name, min(event_time) AS came_at, argMin(referrer, (event_time, uid)) AS came_from, max(fingerprint) AS fingerprint, max(agent) AS agent,
      argMin((event_time, uid, evidence, record_number), (event_time, uid)) AS arrival
    FROM ours
    GROUP BY ip, name
  ),
  met AS (
    SELECT name, min(event_time) AS met_at
    FROM (
      SELECT name, came_at AS event_time FROM contacts
      UNION ALL
      SELECT dns_question_name, event_time FROM dns_query WHERE dns_question_name IN (SELECT name FROM published)
    )
    GROUP BY name
  ),
  news AS (
    SELECT published.name AS name, published.t0 AS t0, published.entry AS entry, toDate(published.t0) AS day
    FROM published
    LEFT JOIN met ON met.name = published.name
    WHERE met.name = '' OR met.met_at >= published.t0 - toIntervalHour(1)
  ),
  placed AS (
    SELECT
      contacts.ip AS ip, contacts.name AS name, contacts.came_at AS came_at, contacts.fingerprint AS fingerprint, contacts.agent AS agent, contacts.arrival AS arrival,
      news.t0 AS t0, news.day AS day, news.entry AS entry,
      news.name != '' AND contacts.came_from = '' AND contacts.came_at >= news.t0 AND contacts.came_at <= news.t0 + toIntervalHour(24) AS follows,
      min(contacts.came_at) OVER (PARTITION BY contacts.ip) AS first_at
    FROM contacts
    LEFT JOIN news ON news.name = contacts.name
  ),
  strays AS (SELECT ip, min(came_at) AS strayed_at, argMin(fingerprint, came_at) AS fingerprint, any(first_at) AS first_at FROM placed WHERE NOT follows GROUP BY ip),
  usual AS (SELECT ip, strayed_at AS came_at, fingerprint FROM strays WHERE strayed_at = first_at),
  (SELECT groupArray(toStartOfHour(met_at)) FROM met WHERE name NOT IN (SELECT name FROM news)) AS standing,
  hourly AS (SELECT toStartOfHour(came_at) AS hour, count() AS arrived FROM usual GROUP BY hour),
  (SELECT groupArray((hour, arrived)) FROM hourly) AS arrived_hours,
  (SELECT min(met_at) FROM met) AS first_met,
  -- How much the hours of the whole site differ from one another beyond Poisson: the size of a negative binomial.
  ifNull((
    SELECT if(n = 0 OR mean = 0, 10000., least(10000., greatest(0.15, mean * mean / greatest(squares / n - mean * mean - mean, 1e-9))))
    FROM (
      SELECT sum(arrived) / n AS mean, sum(toFloat64(arrived) * arrived) AS squares, 1 + dateDiff('hour', min(hour), max(hour)) AS n
      FROM hourly
    )
  ), 10000.) AS k,
  rates AS (
    SELECT
      name,
      arraySum(arrayMap(one -> greatest(0, least(24 * {history_days:UInt32}, dateDiff('hour', one, t0))), standing)) AS hours,
      arraySum(arrayMap(one -> if(one.1 >= t0 - toIntervalDay({history_days:UInt32}) AND one.1 < toStartOfHour(t0), one.2, 0), arrived_hours)) AS arrivals,
      (1 + arrivals) / (24 + hours) AS lambda
    FROM news
    WHERE t0 >= first_met + toIntervalDay({learning_days:UInt32})
  ),
  reactions AS (
    SELECT
      placed.name AS name, placed.t0 AS t0, placed.day AS day, placed.entry AS entry, placed.ip AS ip, placed.came_at AS came_at, placed.arrival AS arrival,
      placed.fingerprint AS fingerprint, placed.agent AS agent, placed.came_at = placed.first_at AS is_new, rates.lambda AS lambda, rates.arrivals AS arrivals,
      greatest(0, toUnixTimestamp64Milli(placed.came_at) - toUnixTimestamp64Milli(placed.t0)) / 1000. AS seconds
    FROM placed
    INNER JOIN rates ON rates.name = placed.name
    LEFT JOIN strays ON strays.ip = placed.ip
    WHERE placed.follows AND (strays.ip = toIPv6('::') OR placed.came_at < strays.strayed_at)
  ),
  counted AS (
    SELECT
      news.name AS name, any(news.t0) AS t0, any(news.day) AS day, any(news.entry) AS entry, any(rates.lambda) AS lambda,
      [countIf(reactions.is_new AND reactions.seconds <= 300), countIf(reactions.is_new AND reactions.seconds <= 3600), countIf(reactions.is_new)] AS counts,
      groupArrayIf((reactions.came_at, reactions.arrival, reactions.ip), reactions.is_new) AS arrived
    FROM news
    INNER JOIN rates ON rates.name = news.name
    LEFT JOIN reactions ON reactions.name = news.name
    GROUP BY news.name
  ),
  tested AS (
    SELECT
      name, t0, day, entry, lambda, counts, arrived,
      -- The tail of the negative binomial, summed upward from its first term.
      least(1, 3 * arrayMin(arrayMap(
        (n, mean) -> if(n = 0, 1, least(1, arraySum(arrayMap(
          i -> exp(lgamma(k + n + i) - lgamma(k) - lgamma(n + i + 1) + k * log(k / (k + mean)) + (n + i) * log(mean / (k + mean))), range(200))))),
        counts, [lambda / 12, lambda, lambda * 24]))) AS p
    FROM counted
  ),
  ranked AS (
    SELECT
      name, t0, day, entry, lambda, counts, arrived, p,
      row_number() OVER (PARTITION BY day ORDER BY p, name) AS place, count() OVER (PARTITION BY day) AS places
    FROM tested
  ),
  marked AS (
    SELECT
      name, t0, entry, lambda, counts, arrived, p, place, places,
      maxIf(place, p <= {false_discoveries:Float64} * place / places) OVER (PARTITION BY day) AS last_place
    FROM ranked
  ),
  actors AS (
    SELECT
      if(fingerprint = '', replaceRegexpOne(IPv6NumToString(ip), '^::ffff:', ''), fingerprint) AS actor, fingerprint != '' AS is_group,
      name, min(t0) AS named_at, min(seconds) AS soonest, argMin(lambda, seconds) AS rate, argMin(arrivals, seconds) AS usual_arrivals,
      groupArray((came_at, arrival, ip)) AS arrived, any(agent) AS told_agent
    FROM reactions
    GROUP BY actor, is_group, name
  ),
  (SELECT groupArray(t0) FROM news) AS news_times,
  gathered AS (
    SELECT
      actor, is_group, count() AS m, arraySort(one -> one.1, groupArray((named_at, name, soonest))) AS hits,
      max(rate) AS most_rate, min(usual_arrivals) AS least_usual, max(named_at) AS last_named,
      arrayFlatten(groupArray(arrived)) AS all_arrived, any(told_agent) AS agent, any(others.before) AS before
    FROM actors
    LEFT JOIN (SELECT fingerprint, count() AS before FROM usual WHERE fingerprint != '' GROUP BY fingerprint) AS others ON others.fingerprint = actors.actor
    GROUP BY actor, is_group
    HAVING m >= 2
  ),
  weighed AS (
    SELECT
      actor, is_group, m, hits, all_arrived, agent,
      arrayCount(time -> time > last_named - toIntervalDay({memory_days:UInt32}) AND time <= last_named, news_times) AS all_news,
      most_rate * least(1, (1 + before) / (1 + least_usual)) AS own_rate,
      -- That it came once is given. The tail of the binomial: again so soon after so many of the other publications.
      arrayMap(
        (seconds, nth) -> if(nth = 1, 1., arraySum(arrayMap(
          i -> exp(lgamma(all_news) - lgamma(i + 1) - lgamma(all_news - i) + i * log(1 - exp(-own_rate * seconds / 3600)) - (all_news - 1 - i) * own_rate * seconds / 3600),
          range(toUInt32(nth - 1), toUInt32(least(all_news, nth + 60)))))),
        arraySort(arrayMap(one -> greatest(60., one.3), hits)), arrayEnumerate(hits)) AS tails,
      least(1, (m - 1) * arrayMin(tails)) AS chance
    FROM gathered
  )
SELECT key, summary, entities, signals, events, event_count, first_seen, last_seen
FROM (
  SELECT
    concat('name|', name) AS key,
    concat(
      name, ' was reached by ', toString(counts[3]), if(counts[3] = 1, ' new visitor', ' new visitors'), ' in the day after a log of Certificate Transparency had it (',
      toString(counts[1]), ' within five minutes, ', toString(counts[2]), ' within an hour); ',
      toString(round(lambda * 24, 2)), ' a day are usual; chance ', toString(round(p, 8)), ', ', toString(places), if(places = 1, ' name', ' names'), ' published on that day'
    ) AS summary,
    arrayConcat(
      [('certificate_names', substringUTF8(name, 1, 253))],
      arrayMap(one -> ('source_address', replaceRegexpOne(IPv6NumToString(one.3), '^::ffff:', '')), arraySlice(arraySort(arrived), 1, 20))
    ) AS entities,
    ['name_visited'] AS signals,
    arrayMap(one -> (one.2, one.3, one.4), arraySlice(arrayConcat([entry], arrayMap(one -> one.2, arraySort(arrived))), 1, 20)) AS events,
    toUInt64(1 + length(arrived)) AS event_count,
    toString(t0) AS first_seen,
    toString(arrayMax(arrayMap(one -> one.1, arrived))) AS last_seen
  FROM marked
  WHERE place <= last_place AND counts[3] > 0
  UNION ALL
  SELECT
    concat(if(is_group, 'ja4|', 'address|'), actor) AS key,
    concat(
      if(is_group, concat('Visitors with the TLS fingerprint ', actor), actor), ' came after ', toString(m), ' of ', toString(all_news), ' publications of our names, the soonest ',
      toString(round(arrayMin(arrayMap(one -> one.3, hits)))), ' s and the latest ', toString(round(arrayMax(arrayMap(one -> one.3, hits)))), ' s after it (',
      arrayStringConcat(arrayMap(one -> substringUTF8(one.2, 1, 80), arraySlice(hits, 1, 5)), ', '), if(m > 5, ', …', ''), '); chance ', toString(chance),
      if(agent = '', '', concat('; calls itself ', substringUTF8(agent, 1, 120)))
    ) AS summary,
    arrayConcat(
      if(is_group, [('tls_ja4', actor)], []),
      arrayMap(one -> ('source_address', one), arraySlice(arraySort(arrayDistinct(arrayMap(one -> replaceRegexpOne(IPv6NumToString(one.3), '^::ffff:', ''), all_arrived))), 1, 20)),
      arrayMap(one -> ('certificate_names', substringUTF8(one.2, 1, 253)), arraySlice(hits, 1, 20))
    ) AS entities,
    arrayFilter(signal -> signal != '', ['reacts', if(m >= 3 AND chance <= {strong_chance:Float64}, 'reacts_strongly', '')]) AS signals,
    arrayMap(one -> (one.2.2, one.2.3, one.2.4), arraySlice(arraySort(all_arrived), 1, 20)) AS events,
    toUInt64(length(all_arrived)) AS event_count,
    toString(arrayMin(arrayMap(one -> one.1, all_arrived))) AS first_seen,
    toString(arrayMax(arrayMap(one -> one.1, all_arrived))) AS last_seen
  FROM weighed
  WHERE chance <= {visitor_chance:Float64}
)
ORDER BY first_seen, key
