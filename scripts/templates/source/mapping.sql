-- REPLACE: the log, the page that describes its fields, and since which version they are there.
--
-- One row for one record. Left: a field declared in source.yaml; right: a field of the dictionary.
SELECT
  [ifNull(uid, ''), '{{name}}', toString(ts)] AS identity,
  ts AS event_time,
  uid AS connection_id,
  "id.orig_h" AS source_ip,
  cipher AS tls_cipher
FROM record
