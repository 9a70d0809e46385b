-- Certificates get tables of their own, which merge what is learnt of one from many sightings, and answer by any value
-- that two of them can share. docs/decisions/0009.
--
-- A certificate is named by 16 bytes: the first of the SHA-256 of its DER. One whose DER and SHA-256 nobody saw has a
-- provisional name made of what is known (its SHA-1; else issuer and serial); certificate_alias joins the two when the
-- bytes arrive. All rows here follow from evidence: inserting one twice changes nothing.

-- What a sighting tells beyond its certificate: where it was met, and hashes that other tools compute.
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS destination_ip Nullable(IPv6) AFTER file_id;
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS destination_address String AFTER destination_ip;
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS destination_port Nullable(UInt16) AFTER destination_address;
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS tls_server_name String AFTER destination_port;
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS tls_jarm LowCardinality(String) AFTER tls_server_name;
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS ct_log String AFTER tls_jarm;
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS ct_entry_index Nullable(UInt64) AFTER ct_log;
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS certificate_store String AFTER ct_entry_index;
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS certificate_md5 Nullable(FixedString(16)) AFTER certificate_sha1;
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS certificate_tbs_no_ct_sha256 Nullable(FixedString(32)) AFTER certificate_spki_sha256;
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS certificate_subject_key_id String AFTER certificate_self_issued;
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS certificate_authority_key_id String AFTER certificate_subject_key_id;
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS certificate_is_precertificate Nullable(Bool) AFTER certificate_is_ca;
ALTER TABLE certificate_sighting ADD COLUMN IF NOT EXISTS certificate_ja4x LowCardinality(String) AFTER certificate_is_precertificate;

-- One row for what the bytes say and one for what sensors say, merged field by field. Small granules: certificates are
-- looked up some hundred at a time, by name.
CREATE TABLE IF NOT EXISTS certificate (
  certificate_id FixedString(16),
  from_der Bool,
  issuance SimpleAggregateFunction(max, FixedString(16)),
  sha256 SimpleAggregateFunction(max, Nullable(FixedString(32))),
  sha1 SimpleAggregateFunction(max, Nullable(FixedString(20))),
  md5 SimpleAggregateFunction(max, Nullable(FixedString(16))),
  spki_sha256 SimpleAggregateFunction(max, Nullable(FixedString(32))),
  subject SimpleAggregateFunction(max, String),
  issuer SimpleAggregateFunction(max, String),
  serial SimpleAggregateFunction(max, String),
  not_before SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))),
  not_after SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))),
  names SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
  apexes SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
  owner SimpleAggregateFunction(max, String),
  key_algorithm SimpleAggregateFunction(max, LowCardinality(String)),
  key_bits SimpleAggregateFunction(max, Nullable(UInt16)),
  signature_algorithm SimpleAggregateFunction(max, LowCardinality(String)),
  self_issued SimpleAggregateFunction(max, Nullable(Bool)),
  is_ca SimpleAggregateFunction(max, Nullable(Bool)),
  is_precertificate SimpleAggregateFunction(max, Nullable(Bool)),
  problems SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
  pivots SimpleAggregateFunction(groupUniqArrayArray, Array(Tuple(String, String))),
  der SimpleAggregateFunction(max, String),
  first_sequence SimpleAggregateFunction(min, UInt64)
)
ENGINE = AggregatingMergeTree ORDER BY (certificate_id, from_der)
SETTINGS index_granularity = 64, min_compress_block_size = 8192, max_compress_block_size = 65536, merge_selector_base = 16, non_replicated_deduplication_window = 10000;

-- Names in their reversed labels (com.example.www), so that everything below a name is one range of the key.
CREATE TABLE IF NOT EXISTS certificate_name (
  name_reversed String,
  certificate_id FixedString(16),
  name String,
  INDEX by_substring name TYPE ngrambf_v1(4, 32768, 2, 0) GRANULARITY 1
)
ENGINE = ReplacingMergeTree ORDER BY (name_reversed, certificate_id)
SETTINGS index_granularity = 1024, merge_selector_base = 16, non_replicated_deduplication_window = 10000;

-- Who has a value: the question every pivot asks. owner is the certificate's smallest registrable domain, or what stands
-- for one; owner_group tells which of them belong together. issuance is the beginning of the certificate's, enough to
-- count by.
CREATE TABLE IF NOT EXISTS certificate_pivot (
  attribute LowCardinality(String),
  value String,
  certificate_id FixedString(16),
  owner String,
  issuance UInt32
)
ENGINE = ReplacingMergeTree ORDER BY (attribute, value, certificate_id)
SETTINGS index_granularity = 1024, merge_selector_base = 16, non_replicated_deduplication_window = 10000;

-- Other names of a certificate: sha1, md5, issuer_serial.
CREATE TABLE IF NOT EXISTS certificate_alias (
  kind LowCardinality(String),
  value String,
  certificate_id FixedString(16)
)
ENGINE = ReplacingMergeTree ORDER BY (kind, value, certificate_id)
SETTINGS index_granularity = 1024, merge_selector_base = 16, non_replicated_deduplication_window = 10000;

-- Where a certificate was met, from the first time to the last: one row for each address and port.
CREATE TABLE IF NOT EXISTS certificate_host (
  certificate_id FixedString(16),
  ip IPv6,
  port UInt16,
  sighting LowCardinality(String),
  server_name SimpleAggregateFunction(max, String),
  first_seen SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
  last_seen SimpleAggregateFunction(max, DateTime64(6, 'UTC'))
)
ENGINE = AggregatingMergeTree ORDER BY (certificate_id, ip, port, sighting)
SETTINGS index_granularity = 1024, merge_selector_base = 16, non_replicated_deduplication_window = 10000;

-- Document frequencies as they were counted at one time. A score names the snapshot it used; the row in pivot_snapshot
-- is written last, so a snapshot without one was cut off and is never used.
CREATE TABLE IF NOT EXISTS pivot_snapshot (
  snapshot LowCardinality(String),
  made_at DateTime64(3, 'UTC'),
  last_sequence UInt64,
  certificates UInt64,
  owners UInt64,
  values UInt64
)
ENGINE = MergeTree ORDER BY (made_at, snapshot)
SETTINGS non_replicated_deduplication_window = 10000;

-- Only values that two certificates have.
CREATE TABLE IF NOT EXISTS pivot_frequency (
  snapshot LowCardinality(String),
  attribute LowCardinality(String),
  value String,
  owners UInt64,
  issuances UInt64,
  certificates UInt64
)
ENGINE = MergeTree ORDER BY (snapshot, attribute, value)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000;

-- Owners that belong together: registrable domains on certificates with at most three of them, transitively. An owner
-- that is alone has no row.
CREATE TABLE IF NOT EXISTS owner_group (
  snapshot LowCardinality(String),
  owner String,
  owner_group String
)
ENGINE = MergeTree ORDER BY (snapshot, owner)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000;

-- Platforms that Counterseal found by itself: values shared by owner groups that are otherwise unrelated. Dated,
-- explained, and read by people like a listed one.
CREATE TABLE IF NOT EXISTS learned_suppression (
  snapshot LowCardinality(String),
  attribute LowCardinality(String),
  value String,
  action LowCardinality(String),
  because String,
  features Map(String, Float64),
  learned_at DateTime64(3, 'UTC'),
  expires Date
)
ENGINE = MergeTree ORDER BY (snapshot, attribute, value)
SETTINGS non_replicated_deduplication_window = 10000;
