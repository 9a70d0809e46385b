-- The first schema: evidence and its ledger, what could not be read, reference data, and a table per event kind.
--
-- No table is partitioned: a block that spans more than 100 months of event time would fail (architecture.md, recipe 2).
-- Every table remembers insertion tokens, which is what makes a repeated insertion change nothing.

-- What was read, one row per reading. The newest row of an evidence id tells where its bytes are now.
CREATE TABLE IF NOT EXISTS evidence (
  evidence_id LowCardinality(String),
  content_sha256 String,
  bytes UInt64,
  path String,
  reader LowCardinality(String),
  sources Array(String),
  read_at DateTime64(6, 'UTC'),
  records UInt64,
  stored UInt64,
  malformed UInt64,
  ignored UInt64,
  ignored_because Map(String, UInt64),
  complete Bool,
  problems Array(String)
)
ENGINE = MergeTree ORDER BY (evidence_id, read_at)
SETTINGS non_replicated_deduplication_window = 10000;

-- The ledger: each chunk twice, first as intended, then as done. A chunk that is only intended is inserted again under
-- the same tokens.
CREATE TABLE IF NOT EXISTS evidence_chunk (
  evidence_id LowCardinality(String),
  byte_offset UInt64,
  byte_end UInt64,
  prefix_sha256 String,
  first_record UInt64,
  records UInt64,
  sequence UInt64,
  state Enum8('intended' = 1, 'done' = 2),
  stored UInt64,
  malformed UInt64,
  ignored UInt64,
  ignored_because Map(String, UInt64),
  written_at DateTime64(6, 'UTC')
)
ENGINE = MergeTree ORDER BY (evidence_id, byte_offset, state)
SETTINGS non_replicated_deduplication_window = 10000;

-- What could not be read or mapped, with the bytes (at most 4,096 of them) and the reason.
CREATE TABLE IF NOT EXISTS malformed (
  evidence_id LowCardinality(String),
  record_number UInt64,
  byte_offset UInt64,
  bytes UInt64,
  source LowCardinality(String),
  reason LowCardinality(String),
  field LowCardinality(String),
  excerpt String,
  ingest_sequence UInt64
)
ENGINE = MergeTree ORDER BY (evidence_id, record_number)
SETTINGS non_replicated_deduplication_window = 10000;

-- Reference data of intel/, one row per entry and matchable value; snapshot names the whole that was loaded together.
CREATE TABLE IF NOT EXISTS intel_entry (
  snapshot LowCardinality(String),
  catalogue LowCardinality(String),
  entry String,
  key LowCardinality(String),
  value String,
  attributes Map(String, String),
  source String,
  verified Bool,
  first_verified Date,
  last_verified Date,
  expires Date
)
ENGINE = MergeTree ORDER BY (snapshot, catalogue, key, value)
SETTINGS non_replicated_deduplication_window = 10000;

-- Ordered for the question: who spoke TLS with a name.
CREATE TABLE IF NOT EXISTS tls_session (
  event_uid FixedString(16) CODEC(NONE),
  record_key FixedString(16) CODEC(NONE),
  evidence_id LowCardinality(String),
  record_number UInt64 CODEC(Delta, ZSTD(1)),
  ingest_sequence UInt64 CODEC(Delta, ZSTD(1)),
  source LowCardinality(String),
  event_time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  connection_id String,
  source_ip Nullable(IPv6),
  source_address String,
  source_port Nullable(UInt16),
  destination_ip Nullable(IPv6),
  destination_address String,
  destination_port Nullable(UInt16),
  network_transport LowCardinality(String),
  network_direction LowCardinality(String),
  tls_version LowCardinality(String),
  tls_cipher LowCardinality(String),
  tls_curve LowCardinality(String),
  tls_server_name String,
  tls_next_protocol LowCardinality(String),
  tls_resumed Nullable(Bool),
  tls_established Nullable(Bool),
  tls_last_alert LowCardinality(String),
  tls_validation_status String,
  tls_ja3 LowCardinality(String),
  tls_ja3s LowCardinality(String),
  tls_ja4 LowCardinality(String),
  server_certificate_sha256 Nullable(FixedString(32)),
  server_certificate_sha1 Nullable(FixedString(20)),
  server_certificate_file_id String,
  server_certificate_chain Array(String),
  server_certificate_subject String,
  server_certificate_issuer String,
  server_certificate_serial String,
  server_certificate_not_before Nullable(DateTime64(6, 'UTC')),
  server_certificate_not_after Nullable(DateTime64(6, 'UTC')),
  client_certificate_sha256 Nullable(FixedString(32)),
  client_certificate_subject String,
  extra Map(LowCardinality(String), String),
  INDEX by_event_uid event_uid TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_sequence ingest_sequence TYPE minmax GRANULARITY 1,
  INDEX by_time event_time TYPE minmax GRANULARITY 1,
  INDEX by_server_certificate_sha256 server_certificate_sha256 TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_server_certificate_file_id server_certificate_file_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree ORDER BY (tls_server_name, event_time)
SETTINGS non_replicated_deduplication_window = 10000;

-- Ordered for the question: who asked for a name.
CREATE TABLE IF NOT EXISTS dns_query (
  event_uid FixedString(16) CODEC(NONE),
  record_key FixedString(16) CODEC(NONE),
  evidence_id LowCardinality(String),
  record_number UInt64 CODEC(Delta, ZSTD(1)),
  ingest_sequence UInt64 CODEC(Delta, ZSTD(1)),
  source LowCardinality(String),
  event_time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  connection_id String,
  source_ip Nullable(IPv6),
  source_address String,
  source_port Nullable(UInt16),
  destination_ip Nullable(IPv6),
  destination_address String,
  destination_port Nullable(UInt16),
  network_transport LowCardinality(String),
  network_direction LowCardinality(String),
  dns_question_name String,
  dns_question_type LowCardinality(String),
  dns_response_code LowCardinality(String),
  dns_answers Array(String),
  dns_transaction_id Nullable(UInt16),
  extra Map(LowCardinality(String), String),
  INDEX by_event_uid event_uid TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_sequence ingest_sequence TYPE minmax GRANULARITY 1,
  INDEX by_time event_time TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree ORDER BY (dns_question_name, event_time)
SETTINGS non_replicated_deduplication_window = 10000;

-- Ordered for the question: who asked a host for what.
CREATE TABLE IF NOT EXISTS http_request (
  event_uid FixedString(16) CODEC(NONE),
  record_key FixedString(16) CODEC(NONE),
  evidence_id LowCardinality(String),
  record_number UInt64 CODEC(Delta, ZSTD(1)),
  ingest_sequence UInt64 CODEC(Delta, ZSTD(1)),
  source LowCardinality(String),
  event_time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  connection_id String,
  source_ip Nullable(IPv6),
  source_address String,
  source_port Nullable(UInt16),
  destination_ip Nullable(IPv6),
  destination_address String,
  destination_port Nullable(UInt16),
  network_transport LowCardinality(String),
  network_direction LowCardinality(String),
  http_method LowCardinality(String),
  http_version LowCardinality(String),
  http_uri String,
  http_path String,
  http_query String,
  url_domain String,
  http_status Nullable(UInt16),
  http_user_agent String,
  http_referrer String,
  http_request_bytes Nullable(UInt64),
  http_response_bytes Nullable(UInt64),
  user_name String,
  extra Map(LowCardinality(String), String),
  INDEX by_event_uid event_uid TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_sequence ingest_sequence TYPE minmax GRANULARITY 1,
  INDEX by_time event_time TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree ORDER BY (url_domain, event_time)
SETTINGS non_replicated_deduplication_window = 10000;

-- Ordered for the question: who talked to an address.
CREATE TABLE IF NOT EXISTS network_flow (
  event_uid FixedString(16) CODEC(NONE),
  record_key FixedString(16) CODEC(NONE),
  evidence_id LowCardinality(String),
  record_number UInt64 CODEC(Delta, ZSTD(1)),
  ingest_sequence UInt64 CODEC(Delta, ZSTD(1)),
  source LowCardinality(String),
  event_time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  connection_id String,
  source_ip Nullable(IPv6),
  source_address String,
  source_port Nullable(UInt16),
  destination_ip Nullable(IPv6),
  destination_address String,
  destination_port Nullable(UInt16),
  network_transport LowCardinality(String),
  network_direction LowCardinality(String),
  network_protocol LowCardinality(String),
  flow_state LowCardinality(String),
  flow_duration Nullable(Float64),
  source_bytes Nullable(UInt64),
  destination_bytes Nullable(UInt64),
  source_packets Nullable(UInt64),
  destination_packets Nullable(UInt64),
  extra Map(LowCardinality(String), String),
  INDEX by_event_uid event_uid TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_sequence ingest_sequence TYPE minmax GRANULARITY 1,
  INDEX by_time event_time TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree ORDER BY (destination_address, event_time)
SETTINGS non_replicated_deduplication_window = 10000;

-- Ordered for the question: who used which database.
CREATE TABLE IF NOT EXISTS database_session (
  event_uid FixedString(16) CODEC(NONE),
  record_key FixedString(16) CODEC(NONE),
  evidence_id LowCardinality(String),
  record_number UInt64 CODEC(Delta, ZSTD(1)),
  ingest_sequence UInt64 CODEC(Delta, ZSTD(1)),
  source LowCardinality(String),
  event_time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  connection_id String,
  source_ip Nullable(IPv6),
  source_address String,
  source_port Nullable(UInt16),
  destination_ip Nullable(IPv6),
  destination_address String,
  destination_port Nullable(UInt16),
  network_transport LowCardinality(String),
  network_direction LowCardinality(String),
  database_user String,
  database_name String,
  database_application String,
  database_statement String,
  database_success Nullable(Bool),
  extra Map(LowCardinality(String), String),
  INDEX by_event_uid event_uid TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_sequence ingest_sequence TYPE minmax GRANULARITY 1,
  INDEX by_time event_time TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree ORDER BY (database_name, event_time)
SETTINGS non_replicated_deduplication_window = 10000;

-- Ordered for the question: who raised an alert.
CREATE TABLE IF NOT EXISTS network_alert (
  event_uid FixedString(16) CODEC(NONE),
  record_key FixedString(16) CODEC(NONE),
  evidence_id LowCardinality(String),
  record_number UInt64 CODEC(Delta, ZSTD(1)),
  ingest_sequence UInt64 CODEC(Delta, ZSTD(1)),
  source LowCardinality(String),
  event_time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  connection_id String,
  source_ip Nullable(IPv6),
  source_address String,
  source_port Nullable(UInt16),
  destination_ip Nullable(IPv6),
  destination_address String,
  destination_port Nullable(UInt16),
  network_transport LowCardinality(String),
  network_direction LowCardinality(String),
  alert_name String,
  alert_id String,
  alert_category LowCardinality(String),
  alert_severity Nullable(UInt16),
  alert_message String,
  extra Map(LowCardinality(String), String),
  INDEX by_event_uid event_uid TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_sequence ingest_sequence TYPE minmax GRANULARITY 1,
  INDEX by_time event_time TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree ORDER BY (alert_name, event_time)
SETTINGS non_replicated_deduplication_window = 10000;

-- Ordered for the question: which certificates were seen when; by fingerprint through bloom filters.
CREATE TABLE IF NOT EXISTS certificate_sighting (
  event_uid FixedString(16) CODEC(NONE),
  record_key FixedString(16) CODEC(NONE),
  evidence_id LowCardinality(String),
  record_number UInt64 CODEC(Delta, ZSTD(1)),
  ingest_sequence UInt64 CODEC(Delta, ZSTD(1)),
  source LowCardinality(String),
  event_time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  sighting LowCardinality(String),
  file_id String,
  certificate_sha256 Nullable(FixedString(32)),
  certificate_sha1 Nullable(FixedString(20)),
  certificate_spki_sha256 Nullable(FixedString(32)),
  certificate_subject String,
  certificate_issuer String,
  certificate_serial String,
  certificate_not_before Nullable(DateTime64(6, 'UTC')),
  certificate_not_after Nullable(DateTime64(6, 'UTC')),
  certificate_names Array(String),
  certificate_key_algorithm LowCardinality(String),
  certificate_key_bits Nullable(UInt16),
  certificate_signature_algorithm LowCardinality(String),
  certificate_self_issued Nullable(Bool),
  certificate_is_ca Nullable(Bool),
  certificate_der String,
  extra Map(LowCardinality(String), String),
  INDEX by_event_uid event_uid TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_sequence ingest_sequence TYPE minmax GRANULARITY 1,
  INDEX by_certificate_sha256 certificate_sha256 TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_certificate_sha1 certificate_sha1 TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_certificate_spki_sha256 certificate_spki_sha256 TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_file_id file_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree ORDER BY (event_time)
SETTINGS non_replicated_deduplication_window = 10000;

-- Ordered for the question: which events of a kind, in time.
CREATE TABLE IF NOT EXISTS windows_event (
  event_uid FixedString(16) CODEC(NONE),
  record_key FixedString(16) CODEC(NONE),
  evidence_id LowCardinality(String),
  record_number UInt64 CODEC(Delta, ZSTD(1)),
  ingest_sequence UInt64 CODEC(Delta, ZSTD(1)),
  source LowCardinality(String),
  event_time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  channel LowCardinality(String),
  event_id UInt32,
  provider_name LowCardinality(String),
  host_name LowCardinality(String),
  record_id Nullable(UInt64),
  user_name String,
  logon_id String,
  process_id Nullable(UInt32),
  process_entity_id String,
  process_executable String,
  process_command_line String,
  parent_process_executable String,
  parent_process_command_line String,
  registry_path String,
  registry_data String,
  registry_operation LowCardinality(String),
  dll_path String,
  file_path String,
  file_hashes String,
  file_hash_sha256 Nullable(FixedString(32)),
  code_signature_subject String,
  code_signature_status LowCardinality(String),
  code_signature_signed LowCardinality(String),
  service_name String,
  script_text String,
  message String,
  fields Map(LowCardinality(String), String),
  extra Map(LowCardinality(String), String),
  INDEX by_event_uid event_uid TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_sequence ingest_sequence TYPE minmax GRANULARITY 1,
  INDEX by_time event_time TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree ORDER BY (channel, event_id, event_time)
SETTINGS non_replicated_deduplication_window = 10000;


