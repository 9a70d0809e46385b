-- Which certificates are in stores of a host in a later snapshot of its registry, and not in an earlier one: one row for each
-- host, store and certificate.
--
-- An earlier snapshot counts when it has certificates of the same store's scope at all (LocalMachine, Policies, Enterprise, a
-- service, a user): then it covers it. A snapshot is a time of a hive; rows without one, as of .reg files, are left out.
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins, ended
-- order: by first_seen, then key
-- key: registry_value whole, few columns; intel_entry by (snapshot, catalogue, key)
WITH
  public_roots AS (SELECT value AS public_sha1 FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'public-roots' AND key = 'sha1'),
  of_the_house AS (
    SELECT concat(catalogue, ' ', value) AS house_id
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue IN ('trusted-roots', 'trusted-publishers') AND key IN ('sha1', 'sha256')
  ),
  stored AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, lower(host_name) AS at_host, certificate_store, certificate_subject, assumeNotNull(registry_snapshot_time) AS taken,
      lower(hex(assumeNotNull(certificate_sha1))) AS sha1, lower(hex(assumeNotNull(certificate_sha256))) AS sha256,
      replaceRegexpOne(lower(registry_key), '\\\\[^\\\\]+\\\\certificates\\\\[^\\\\]+$', '') AS scope,
      lower(extract(registry_key, '\\\\([^\\\\]+)\\\\[Cc]ertificates\\\\[^\\\\]+$')) AS store_kind
    FROM registry_value
    WHERE sighting = 'store' AND host_name != '' AND registry_snapshot_time IS NOT NULL AND certificate_sha1 IS NOT NULL AND certificate_sha256 IS NOT NULL
  ),
  appeared AS (
    SELECT
      at_host, scope, certificate_store, store_kind, sha1, any(sha256) AS its_sha256, any(certificate_subject) AS subject, min(taken) AS first_with,
      min(event_time) AS written, count() AS record_count,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM stored
    WHERE store_kind IN ('root', 'authroot', 'ntauth', 'trustedpublisher', 'ca', 'trust', 'trustedpeople')
    GROUP BY at_host, scope, certificate_store, store_kind, sha1
  ),
  earlier AS (
    SELECT at_host AS earlier_host, scope AS earlier_scope, sha1 AS earlier_sha1, max(other.taken) AS last_without
    FROM appeared
    INNER JOIN (SELECT DISTINCT at_host AS other_host, scope AS other_scope, taken FROM stored) AS other ON other.other_host = appeared.at_host AND other.other_scope = appeared.scope
    WHERE other.taken < first_with
    GROUP BY earlier_host, earlier_scope, earlier_sha1
  )
SELECT
  concat(at_host, '|', certificate_store, '|', sha1) AS key,
  concat(
    'The store ', substringUTF8(certificate_store, 1, 120), ' of ', at_host, ' holds ', if(subject = '', 'a certificate', substringUTF8(subject, 1, 160)), ', SHA-1 ', sha1,
    '; it did not on ', toString(toStartOfSecond(last_without)), ' and did on ', toString(toStartOfSecond(first_with))
  ) AS summary,
  arrayFilter(one -> one.2 != '', [
    ('host_name', at_host), ('certificate_sha1', sha1), ('certificate_sha256', its_sha256), ('certificate_subject', substringUTF8(subject, 1, 160)), ('certificate_store', substringUTF8(certificate_store, 1, 120))
  ]) AS entities,
  startsWith(scope, 'hklm\\') AND NOT match(scope, 'cryptography\\\\services') AS machine_wide,
  arrayFilter(one -> one != '', [
    multiIf(NOT machine_wide, 'authority_appeared', store_kind IN ('root', 'authroot', 'ntauth'), 'root_appeared', store_kind = 'trustedpublisher', 'publisher_appeared', 'authority_appeared'),
    if(concat(if(store_kind = 'trustedpublisher', 'trusted-publishers ', 'trusted-roots '), sha1) IN (SELECT house_id FROM of_the_house)
      OR concat(if(store_kind = 'trustedpublisher', 'trusted-publishers ', 'trusted-roots '), its_sha256) IN (SELECT house_id FROM of_the_house), 'of_the_house', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(written) AS first_seen,
  toString(greatest(written, first_with)) AS last_seen,
  at_host AS host,
  concat(certificate_store, '|', sha1) AS object,
  arrayDistinct([('certificate', sha1), ('certificate', its_sha256)]) AS joins,
  '' AS ended
FROM appeared
INNER JOIN earlier ON earlier_host = at_host AND earlier_scope = scope AND earlier_sha1 = sha1
WHERE sha1 NOT IN (SELECT public_sha1 FROM public_roots)
ORDER BY first_seen, key
