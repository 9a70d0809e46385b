-- Files that have signatures, or could have, and whether these hold as we see it: what a host says of them passes through
-- the very providers that may have been changed.
--
-- Ordered for the question: what is known of a file with this hash. The hash is never NULL; the dictionary's type of it is.
CREATE TABLE IF NOT EXISTS file_signature (
  event_uid FixedString(16) CODEC(NONE),
  record_key FixedString(16) CODEC(NONE),
  evidence_id LowCardinality(String),
  record_number UInt64 CODEC(Delta, ZSTD(1)),
  ingest_sequence UInt64 CODEC(Delta, ZSTD(1)),
  source LowCardinality(String),
  event_time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  file_name String CODEC(ZSTD(1)),
  file_size Nullable(UInt64),
  file_kind LowCardinality(String),
  file_hash_sha256 Nullable(FixedString(32)),
  file_hash_sha1 Nullable(FixedString(20)),
  file_hash_md5 Nullable(FixedString(16)),
  file_digest_sha256 Nullable(FixedString(32)),
  file_digest_sha1 Nullable(FixedString(20)),
  signature_status LowCardinality(String),
  signature_reasons Array(String),
  signature_doubts Array(String),
  signature_problems Array(String),
  signature_root String CODEC(ZSTD(1)),
  signature_catalog_sha256 Nullable(FixedString(32)),
  signature_catalogs Nullable(UInt64),
  signature_signer String CODEC(ZSTD(1)),
  signature_issuer String CODEC(ZSTD(1)),
  signature_chain_sha1 Array(String),
  signature_chain_sha256 Array(String),
  signature_chain_tbs Array(String),
  signature_time Nullable(DateTime64(6, 'UTC')),
  signature_time_told Nullable(DateTime64(6, 'UTC')),
  signature_program String CODEC(ZSTD(1)),
  signature_bytes Nullable(UInt64),
  sighting LowCardinality(String),
  signature_certificates Array(String) CODEC(ZSTD(1)),
  extra Map(LowCardinality(String), String),
  INDEX by_event_uid event_uid TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_sequence ingest_sequence TYPE minmax GRANULARITY 1,
  INDEX by_sha1 file_hash_sha1 TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree ORDER BY (file_hash_sha256, event_time)
SETTINGS allow_nullable_key = 1, non_replicated_deduplication_window = 10000, merge_selector_base = 16;
