-- What is usual: how often each entity did what a baseline counts, hour by hour, as state that grows with the evidence. What
-- one hour holds is a set, so taking the same evidence in again, or late, changes nothing. docs/decisions/0022.
--
-- Ordered for the question: how often did entities do this in these hours. An entity and hour is one row when merged, with
-- a hash of each thing that counts once and the earliest record that showed one.
CREATE TABLE IF NOT EXISTS activity (
  family LowCardinality(String),
  revision LowCardinality(String),
  category LowCardinality(String),
  hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
  entity String CODEC(ZSTD(1)),
  members SimpleAggregateFunction(groupUniqArrayArray, Array(UInt64)),
  first SimpleAggregateFunction(min, Tuple(DateTime64(6, 'UTC'), FixedString(16), String, UInt64))
)
ENGINE = AggregatingMergeTree ORDER BY (family, revision, category, hour, entity)
SETTINGS merge_selector_base = 16, non_replicated_deduplication_window = 10000;

-- Who was there at all, and when telemetry was there: bit n of hours stands for the hour n of the UTC day. The empty entity
-- is telemetry that names nobody. Without this an hour of silence could not be told from an hour without a sensor.
CREATE TABLE IF NOT EXISTS activity_presence (
  family LowCardinality(String),
  revision LowCardinality(String),
  day Date,
  entity String CODEC(ZSTD(1)),
  hours SimpleAggregateFunction(groupBitOr, UInt32)
)
ENGINE = AggregatingMergeTree ORDER BY (family, revision, day, entity)
SETTINGS merge_selector_base = 16, non_replicated_deduplication_window = 10000;

-- How far the evidence was taken into a baseline. ledger is a digest of all chunks below next_sequence: a store that was put
-- back from a copy, and has read other evidence under the same numbers since, does not have it.
CREATE TABLE IF NOT EXISTS activity_taken (
  family LowCardinality(String),
  revision LowCardinality(String),
  next_sequence UInt64,
  ledger UInt64,
  taken_at DateTime64(6, 'UTC')
)
ENGINE = MergeTree ORDER BY (family, revision, next_sequence)
SETTINGS non_replicated_deduplication_window = 10000;

-- What a run found to be more than usual: an entity, category and UTC day is one row, with each of its hours, oldest first, and
-- all that the tail of that hour was worked out from. The record that an hour began with is in activity, under the same
-- family, revision, category, hour and entity.
CREATE TABLE IF NOT EXISTS rate_exceedance (
  snapshot LowCardinality(String),
  family LowCardinality(String),
  revision LowCardinality(String),
  category LowCardinality(String),
  entity String,
  day Date,
  hours Array(Tuple(
    hour DateTime('UTC'),
    count UInt64,
    tail Float64,
    expected Float64,
    work Bool,
    history UInt64,
    observed_hours UInt64,
    dispersion Float64,
    prior_shape Float64,
    prior_hours Float64)),
  floor UInt64,
  threshold Float64,
  own_maximum UInt64,
  observed_days UInt64,
  peers String,
  peer_count UInt64,
  entities UInt64
)
ENGINE = MergeTree ORDER BY (snapshot, family, category, day, entity)
SETTINGS non_replicated_deduplication_window = 10000;
