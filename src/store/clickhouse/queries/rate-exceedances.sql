-- Who did more of what a baseline counts than chance explains, in which hours (specification T1596.003 §2.1.2, rule family
-- CR-RATE): writes one row for each entity, category and UTC day, and later hours of a day append to it.
--
-- The history of a day is the 28 days before it, in two buckets, work hours and others. An hour counts as observed when
-- telemetry was there for anybody, from the first day on which the entity was there. The rate of an entity is Gamma with
-- a prior from the rates of its peers: those of its /24 or /56 where at least least_peers are there, else everybody.
-- Hours of one entity vary more than Poisson: the dispersion k is pooled over all entities with 20 or more. The tail
-- P(X >= count) is the negative binomial of size 1/(1/k + 1/a), summed upward, and 1e-40 where it is less. It must not exceed
-- budget / (entities * 24 * categories), the count must reach its floor and exceed all of the entity's own 28 days.
--
-- Days before which telemetry was there on fewer than learning_days days are left out: they are still being learned. An entity that begins with an address is
-- grouped by it. Shared entities (many users behind one address) are not told apart yet: see docs/decisions/0022.
-- param snapshot String: the run that the rows belong to
-- param family String: the baseline
-- param revision String: of the baseline and of the reference data that it was taken with
-- param categories Array(String): what is counted apart
-- param floors Array(UInt64): least count in an hour that is looked at, of each category
-- param budget Float64: false alarms a day that are put up with, all categories together
-- param history_days UInt16: length of the history, in days
-- param learning_days UInt16: days with telemetry within the history, below which nothing is said
-- param least_peers UInt32: least size of a group of peers
-- param asked_days Array(Date): days that are looked at, by rate-days.sql; each is an observed one
-- param observed_days Array(Date): by rate-hours.sql, the first one before all others
-- param work_before Array(UInt32): observed work hours before each of them
-- param other_before Array(UInt32): other observed hours before each of them
-- param work_days Array(UInt8): 1 is Monday
-- param work_from UInt8: hour at which work begins, in the time zone
-- param work_to UInt8: hour at which it has ended
-- param time_zone String: name in the IANA database
-- returns: nothing
-- order: none
-- key: activity by (family, revision), activity_presence by (family, revision); writes rate_exceedance
INSERT INTO rate_exceedance (snapshot, family, revision, category, entity, day, hours, floor, threshold, own_maximum, observed_days, peers, peer_count, entities)
WITH
  present AS (
    SELECT
      entity, asked, arrayFirst(day -> day + {history_days:UInt16} >= asked, days) AS since,
      toIPv6OrNull(splitByChar(' ', entity)[1]) AS ip,
      if(ip IS NULL, '', cutIPv6(assumeNotNull(ip), 9, 1)) AS network
    FROM (
      SELECT entity, arraySort(groupUniqArray(day)) AS days
      FROM activity_presence
      WHERE family = {family:String} AND revision = {revision:String} AND entity != ''
      GROUP BY entity
    )
    ARRAY JOIN {asked_days:Array(Date)} AS asked
    WHERE since != toDate(0) AND since <= asked
  ),
  daily AS (
    SELECT
      category, entity, toDate(hour, 'UTC') AS day,
      sumIf(x, work) AS work_count, sumIf(x, NOT work) AS other_count,
      sumIf(toFloat64(x) * x, work) AS work_square, sumIf(toFloat64(x) * x, NOT work) AS other_square,
      max(x) AS most,
      groupArrayIf((hour, x, work), x >= {floors:Array(UInt64)}[indexOf({categories:Array(String)}, category)]) AS high
    FROM (
      SELECT
        toString(category) AS category, entity, hour, length(members) AS x,
        has({work_days:Array(UInt8)}, toDayOfWeek(hour, 0, {time_zone:String}))
          AND toHour(hour, {time_zone:String}) >= {work_from:UInt8} AND toHour(hour, {time_zone:String}) < {work_to:UInt8} AS work
      FROM activity FINAL
      WHERE family = {family:String} AND revision = {revision:String} AND has({categories:Array(String)}, toString(category))
    )
    GROUP BY category, entity, day
  ),
  histories AS (
    SELECT
      category, entity, asked,
      [sumIf(work_count, day < asked), sumIf(other_count, day < asked)] AS counts,
      [sumIf(work_square, day < asked), sumIf(other_square, day < asked)] AS squares,
      maxIf(most, day < asked) AS own,
      groupArrayArrayIf(high, day = asked) AS high
    FROM daily
    ARRAY JOIN arrayFilter(one -> one >= day AND one <= day + {history_days:UInt16}, {asked_days:Array(Date)}) AS asked
    GROUP BY category, entity, asked
  ),
  rates AS (
    SELECT
      category, asked, network, entity, counts, own, high,
      [
        transform(asked, {observed_days:Array(Date)}, {work_before:Array(UInt32)}, 0) - transform(since, {observed_days:Array(Date)}, {work_before:Array(UInt32)}, 0),
        transform(asked, {observed_days:Array(Date)}, {other_before:Array(UInt32)}, 0) - transform(since, {observed_days:Array(Date)}, {other_before:Array(UInt32)}, 0)
      ] AS hours,
      arrayMap((count, n) -> if(n > 0, count / n, 0), counts, hours) AS means,
      arrayMap((square, mean, n) -> if(n > 0, greatest(square / n - mean * mean - mean, 0), 0), squares, means, hours) AS excesses
    FROM histories
    INNER JOIN (SELECT entity, asked, since, network FROM present) AS present USING (entity, asked)
  ),
  networks AS (
    SELECT
      category, asked, network,
      sumForEach(means) AS mean_sums, sumForEach(arrayMap(mean -> mean * mean, means)) AS mean_squares,
      sumForEach(arrayMap((count, mean) -> if(count >= 20, mean * mean, 0), counts, means)) AS busy_squares,
      sumForEach(arrayMap((count, excess) -> if(count >= 20, excess, 0), counts, excesses)) AS busy_excesses,
      sumForEach(arrayMap(count -> toUInt64(count >= 20), counts)) AS busy,
      groupArrayIf((entity, counts, hours, own, high), notEmpty(high)) AS suspects
    FROM rates
    GROUP BY category, asked, network
  ),
  everybody AS (
    SELECT
      category, asked,
      sumForEach(mean_sums) AS all_sums, sumForEach(mean_squares) AS all_squares,
      sumForEach(busy_squares) AS all_busy_squares, sumForEach(busy_excesses) AS all_busy_excesses, sumForEach(busy) AS all_busy,
      groupArrayIf((network, mean_sums, mean_squares, suspects), notEmpty(suspects)) AS suspicious,
      arrayFirst(day -> day + {history_days:UInt16} >= asked, arraySlice({observed_days:Array(Date)}, 2)) AS from_day,
      [
        transform(asked, {observed_days:Array(Date)}, {work_before:Array(UInt32)}, 0) - transform(from_day, {observed_days:Array(Date)}, {work_before:Array(UInt32)}, 0),
        transform(asked, {observed_days:Array(Date)}, {other_before:Array(UInt32)}, 0) - transform(from_day, {observed_days:Array(Date)}, {other_before:Array(UInt32)}, 0)
      ] AS all_hours,
      indexOf({observed_days:Array(Date)}, asked) - indexOf({observed_days:Array(Date)}, from_day) AS learned
    FROM networks
    GROUP BY category, asked
    HAVING learned >= {learning_days:UInt16}
  ),
  suspected AS (
    SELECT
      category, asked, one.1 AS network, learned, all_sums, all_squares, all_hours, one.2 AS mean_sums, one.3 AS mean_squares,
      arrayMap((n, square, excess) -> if(n >= 3, least(5, greatest(0.15, square / greatest(excess, 1e-9))), 0.5), all_busy, all_busy_squares, all_busy_excesses) AS dispersions,
      suspect.1 AS entity, suspect.2 AS counts, suspect.3 AS hours, suspect.4 AS own, arrayFilter(hour -> hour.2 > suspect.4, suspect.5) AS high
    FROM everybody
    ARRAY JOIN suspicious AS one
    ARRAY JOIN one.4 AS suspect
    WHERE notEmpty(high)
  ),
  grouped AS (
    SELECT
      category, asked, entity, learned, all_hours, dispersions, counts, hours, own, high, everyone,
      if(members >= {least_peers:UInt32}, network, '') AS peers, if(members >= {least_peers:UInt32}, members, everyone) AS peer_count,
      if(members >= {least_peers:UInt32}, mean_sums, all_sums) AS sums, if(members >= {least_peers:UInt32}, mean_squares, all_squares) AS squares
    FROM suspected
    INNER JOIN (
      SELECT asked, network, count() AS members, sum(count()) OVER (PARTITION BY asked) AS everyone
      FROM present
      GROUP BY asked, network
    ) AS sizes USING (asked, network)
  ),
  priors AS (
    SELECT
      category, asked, entity, learned, dispersions, counts, hours, own, high, everyone, peers, peer_count,
      arrayMap((mean, square, n) -> (mean, if(n > 0, least(5, greatest(0.02, mean * mean / greatest(square - mean * mean - mean / greatest(n, 1), 1e-9))), 0.1), n),
        arrayMap(sum -> sum / peer_count, sums), arrayMap(square -> square / peer_count, squares), all_hours) AS shapes
    FROM grouped
  ),
  posteriors AS (
    SELECT
      category, asked, entity, learned, own, high, everyone, peers, peer_count,
      arrayMap((prior, y, n, k) -> ((prior.1 + y) / (prior.2 + n), 1 / (1 / k + 1 / (prior.1 + y)), y, n, k, prior.1, prior.2),
        arrayMap(shape -> (shape.2, if(shape.3 > 0, least(shape.2 / greatest(shape.1, 1e-6), 168), 24)), shapes), counts, hours, dispersions) AS fits,
      {budget:Float64} / (everyone * 24 * length({categories:Array(String)})) AS threshold
    FROM priors
  ),
  weighed AS (
    SELECT
      category, asked, entity, learned, own, everyone, peers, peer_count, threshold,
      arrayFilter(one -> one.3 <= threshold, arraySort(one -> one.1, arrayMap(
        (hour, fit) -> (
          hour.1, hour.2,
          least(1, greatest(1e-40, arraySum(arrayMap(one -> exp(one), arrayCumSum(arrayMap(
            i -> if(
              i = 0,
              lgamma(fit.2 + hour.2) - lgamma(fit.2) - lgamma(hour.2 + 1) - fit.2 * log(1 + fit.1 / fit.2) + hour.2 * log(fit.1 / (fit.2 + fit.1)),
              log((fit.2 + hour.2 + i - 1) / (hour.2 + i) * (fit.1 / (fit.2 + fit.1)))),
            range(toUInt32(least(5000, 32 - 40 / log(fit.1 / (fit.2 + fit.1))))))))))),
          fit.1, hour.3, fit.3, fit.4, fit.5, fit.6, fit.7
        ),
        high, arrayMap(hour -> fits[if(hour.3, 1, 2)], high)))) AS found
    FROM posteriors
  )
SELECT
  {snapshot:String}, {family:String}, {revision:String}, category, entity, asked, found,
  {floors:Array(UInt64)}[indexOf({categories:Array(String)}, category)], threshold, own, learned, peers, peer_count, everyone
FROM weighed
WHERE notEmpty(found)
