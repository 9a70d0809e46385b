-- What a client offers in its ClientHello, in the order it offers it: what JA3 and JA4 are made of, and what tells a scanner
-- that tries one version or cipher after another. Sessions stored before have these empty, and tls_ja3 and tls_ja4 only where
-- their sensor gave them; what the sensor told beside stands in `extra`, as it did.
ALTER TABLE tls_session ADD COLUMN IF NOT EXISTS tls_history String AFTER tls_validation_status;
ALTER TABLE tls_session ADD COLUMN IF NOT EXISTS tls_client_version Nullable(UInt16) AFTER tls_history;
ALTER TABLE tls_session ADD COLUMN IF NOT EXISTS tls_client_supported_versions Array(UInt16) AFTER tls_client_version;
ALTER TABLE tls_session ADD COLUMN IF NOT EXISTS tls_client_ciphers Array(UInt16) CODEC(ZSTD(1)) AFTER tls_client_supported_versions;
ALTER TABLE tls_session ADD COLUMN IF NOT EXISTS tls_client_extensions Array(UInt16) CODEC(ZSTD(1)) AFTER tls_client_ciphers;
ALTER TABLE tls_session ADD COLUMN IF NOT EXISTS tls_client_curves Array(UInt16) CODEC(ZSTD(1)) AFTER tls_client_extensions;
ALTER TABLE tls_session ADD COLUMN IF NOT EXISTS tls_client_point_formats Array(UInt16) CODEC(ZSTD(1)) AFTER tls_client_curves;
ALTER TABLE tls_session ADD COLUMN IF NOT EXISTS tls_client_signature_algorithms Array(UInt16) CODEC(ZSTD(1)) AFTER tls_client_point_formats;
ALTER TABLE tls_session ADD COLUMN IF NOT EXISTS tls_client_alpn Array(String) CODEC(ZSTD(1)) AFTER tls_client_signature_algorithms;
ALTER TABLE tls_session ADD COLUMN IF NOT EXISTS tls_ja4s LowCardinality(String) AFTER tls_ja4;
ALTER TABLE tls_session ADD COLUMN IF NOT EXISTS tls_sni_matches_certificate Nullable(Bool) AFTER tls_ja4s;
ALTER TABLE tls_session ADD COLUMN IF NOT EXISTS server_certificate_names Array(String) CODEC(ZSTD(1)) AFTER server_certificate_subject;
