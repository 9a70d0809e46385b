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

-- What a run found to be more than usual: an entity, category and UTC day is one row, with all of its hours, oldest first.
CREATE TABLE IF NOT EXISTS rate_exceedance (
  snapshot LowCardinality(String),
  family LowCardinality(String),
  category LowCardinality(String),
  entity String,
  day Date,
  hours Array(DateTime('UTC')),
  counts Array(UInt64),
  tails Array(Float64),
  count UInt64,
  floor UInt64,
  tail Float64,
  threshold Float64,
  expected Float64,
  own_maximum UInt64,
  history UInt64,
  observed_hours UInt64,
  observed_days UInt64,
  work_hours Bool,
  dispersion Float64,
  prior_shape Float64,
  prior_hours Float64,
  peers String,
  peer_count UInt64,
  entities UInt64,
  event_uids Array(FixedString(16)),
  evidence_ids Array(String),
  record_numbers Array(UInt64)
)
ENGINE = MergeTree ORDER BY (snapshot, family, category, day, entity)
SETTINGS non_replicated_deduplication_window = 10000;
