-- What logs of Certificate Transparency did that no log may do: records that findings stand on, with all that is needed to show it to others.
CREATE TABLE IF NOT EXISTS ct_log_fault (
  event_uid FixedString(16) CODEC(NONE),
  record_key FixedString(16) CODEC(NONE),
  evidence_id LowCardinality(String),
  record_number UInt64 CODEC(Delta, ZSTD(1)),
  ingest_sequence UInt64 CODEC(Delta, ZSTD(1)),
  source LowCardinality(String),
  event_time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  ct_log String CODEC(ZSTD(1)),
  ct_log_id String CODEC(ZSTD(1)),
  ct_fault LowCardinality(String),
  ct_fault_by_log Nullable(Bool),
  ct_fault_place String CODEC(ZSTD(1)),
  ct_fault_message String CODEC(ZSTD(1)),
  ct_fault_proof String CODEC(ZSTD(1)),
  extra Map(LowCardinality(String), String),
  INDEX by_event_uid event_uid TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_sequence ingest_sequence TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree ORDER BY (ct_log_id, event_time)
SETTINGS non_replicated_deduplication_window = 10000, merge_selector_base = 16;
