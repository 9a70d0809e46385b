-- Who turned to certificate lookup services more often than usual.
--
-- An entity and UTC day is one row, with every category in which it did more than its own past and that of its peers explain. What is
-- more than usual was worked out before by rate-exceedances.sql, and stands in rate_exceedance with all the numbers it came from; the
-- record that an hour began with is in activity.
-- param rates String: the run of the rate model that is read
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: rate_exceedance by (snapshot, family); activity by (family, revision, category, hour, entity)
WITH
  exceeded AS (
    SELECT
      toString(category) AS counted, toString(revision) AS of_revision, entity, day, floor, threshold, own_maximum, observed_days, peers, peer_count, entities AS entity_count,
      tupleElement(one, 'hour') AS hour, tupleElement(one, 'count') AS hour_count, tupleElement(one, 'tail') AS tail, tupleElement(one, 'expected') AS expected
    FROM rate_exceedance
    ARRAY JOIN hours AS one
    WHERE snapshot = {rates:String} AND family = 'certificate-recon/lookups'
  ),
  begun AS (
    SELECT toString(category) AS counted, toString(revision) AS of_revision, hour, entity, min(first) AS record
    FROM activity
    WHERE family = 'certificate-recon/lookups' AND (entity, hour) IN (SELECT entity, hour FROM exceeded)
    GROUP BY counted, of_revision, hour, entity
  ),
  days AS (
    SELECT
      exceeded.entity AS who, exceeded.day AS on_day,
      argMin((exceeded.hour, exceeded.hour_count, exceeded.tail, exceeded.expected, exceeded.counted, exceeded.own_maximum, exceeded.threshold, exceeded.observed_days, exceeded.peers, exceeded.peer_count), (exceeded.tail, exceeded.hour, exceeded.counted)) AS strongest,
      sum(exceeded.hour_count) AS total, uniqExact(exceeded.hour) AS hour_total, min(exceeded.hour) AS first_hour, max(exceeded.hour) AS last_hour,
      arraySort(groupUniqArray(exceeded.counted)) AS categories,
      arrayMap(one -> (lower(hex(one.2)), one.3, one.4), arraySlice(arraySort(arrayDistinct(groupArray(begun.record))), 1, 20)) AS records
    FROM exceeded
    INNER JOIN begun ON begun.entity = exceeded.entity AND begun.hour = exceeded.hour AND begun.counted = exceeded.counted AND begun.of_revision = exceeded.of_revision
    GROUP BY who, on_day
  )
SELECT
  concat(who, '|', toString(on_day)) AS key,
  concat(
    substringUTF8(who, 1, 120), ' turned to certificate lookup services ', toString(strongest.2), ' times in the hour from ', formatDateTime(strongest.1, '%H:%i', 'UTC'), ' UTC on ', toString(on_day),
    ' (', strongest.5, '); by its own ', toString(strongest.8), ' days and those of ',
    if(strongest.9 = '', concat('all ', toString(strongest.10)), concat(toString(strongest.10), ' in the network ', replaceRegexpOne(strongest.9, '^::ffff:', ''))), ' about ', toString(round(strongest.4, 2)), ' were to be expected, and never more than ', toString(strongest.6), ' were seen before',
    '; the chance of so many is ', if(strongest.3 < 1e-12, 'less than 1e-12', chance_of_count), ', and less than ', chance_of_threshold, ' is told',
    if(hour_total > 1, concat('; ', toString(hour_total), ' hours of that day'), '')
  ) AS summary,
  [('source_address', substringUTF8(who, 1, 253))] AS entities,
  arrayFilter(signal -> signal != '', [
    'more_than_usual',
    if(strongest.3 <= 1e-10, 'far_more', ''),
    if(strongest.6 = 0, 'never_before', '')
  ]) AS signals,
  records AS events,
  total AS event_count,
  toString(toDateTime64(first_hour, 6, 'UTC')) AS first_seen,
  toString(toDateTime64(last_hour, 6, 'UTC') + INTERVAL 3599 SECOND) AS last_seen
FROM (
  SELECT
    who, on_day, strongest, total, hour_total, first_hour, last_hour, categories, records,
    concat(toString(round(strongest.3 / pow(10, floor(log10(strongest.3))), 1)), 'e', toString(toInt32(floor(log10(strongest.3))))) AS chance_of_count,
    concat(toString(round(strongest.7 / pow(10, floor(log10(strongest.7))), 1)), 'e', toString(toInt32(floor(log10(strongest.7))))) AS chance_of_threshold
  FROM days
)
ORDER BY first_seen, key
