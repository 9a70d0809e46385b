-- Which certificates in stores are not what they seem: one row for each host, store and certificate.
--
-- A clone bears the subject of a public root, is issued to itself, and is neither a root that a program has nor one that it
-- blocked. Subjects are compared as src/x509 writes them, in lower case (specification AN1246 §2.4 A4 to A6).
-- A store may let a certificate be used for less than it says; the same one without that limit later is for more (§1.1 EKU_WIDENED).
-- param intel String: snapshot of the reference data
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen, host, object, joins, ended
-- order: by first_seen, then key
-- key: registry_value whole, few columns; intel_entry by (snapshot, catalogue, key)
WITH
  public_subjects AS (SELECT value AS public_subject FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'public-roots' AND key = 'subject'),
  genuine AS (SELECT value AS genuine_sha256 FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'public-roots' AND key IN ('sha256', 'blocked_sha256')),
  known_roots AS (
    SELECT value AS known_sha1, any(attributes['label']) AS label, any(attributes['kind']) AS known_kind, any(attributes['confirmed']) AS confirmed
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'known-roots' AND key = 'sha1'
    GROUP BY known_sha1
  ),
  stored AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, lower(host_name) AS store_host, certificate_store, certificate_subject, certificate_friendly_name,
      lower(hex(assumeNotNull(certificate_sha256))) AS sha256, lower(hex(assumeNotNull(certificate_sha1))) AS sha1,
      lower(extract(registry_key, '\\\\([0-9A-Fa-f]{40})$')) AS thumbprint, certificate_self_issued = true AS self_issued, certificate_restricted = true AS restricted
    FROM registry_value
    WHERE sighting = 'store' AND certificate_sha256 IS NOT NULL AND certificate_sha1 IS NOT NULL
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  limits AS (
    SELECT store_host AS limit_host, certificate_store AS limit_store, sha256 AS limit_sha256, argMin(restricted, event_time) AND NOT argMax(restricted, event_time) AS widened
    FROM stored
    GROUP BY limit_host, limit_store, limit_sha256
  ),
  judged AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, store_host, certificate_store, certificate_subject, certificate_friendly_name, sha256, sha1, thumbprint, label,
      arrayFilter(signal -> signal != '', [
        if(self_issued AND lowerUTF8(certificate_subject) IN (SELECT public_subject FROM public_subjects) AND sha256 NOT IN (SELECT genuine_sha256 FROM genuine), 'clone_of_root', ''),
        if(thumbprint != '' AND thumbprint != sha1, 'not_what_its_key_says', ''),
        if(known_kind = 'compromised-key' AND confirmed = 'true', 'key_is_public', ''),
        if(known_kind = 'test-artefact', 'test_artefact', ''),
        if(widened, 'usages_widened', '')
      ]) AS said
    FROM stored
    LEFT JOIN known_roots ON known_roots.known_sha1 = stored.sha1
    LEFT JOIN limits ON limit_host = store_host AND limit_store = certificate_store AND limit_sha256 = sha256
  )
SELECT
  concat(store_host, '|', certificate_store, '|', sha256, '|', thumbprint) AS key,
  concat(
    'The store ', substringUTF8(certificate_store, 1, 120), if(store_host = '', '', concat(' of ', store_host)), ' holds ', substringUTF8(certificate_subject, 1, 160),
    if(any(label) = '', '', concat(', known as ', any(label))), ', SHA-1 ', sha1, if(thumbprint IN ('', sha1), '', concat(', under the key ', thumbprint)),
    if(any(certificate_friendly_name) = '', '', concat(', called ', substringUTF8(any(certificate_friendly_name), 1, 80)))
  ) AS summary,
  arrayFilter(one -> one.2 != '', [
    ('host_name', if(store_host = '', '(not logged)', store_host)), ('certificate_sha1', sha1), ('certificate_sha256', sha256), ('certificate_subject', substringUTF8(certificate_subject, 1, 160)),
    ('certificate_store', substringUTF8(certificate_store, 1, 120))
  ]) AS entities,
  any(said) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS events,
  count() AS event_count,
  toString(min(event_time)) AS first_seen,
  toString(max(event_time)) AS last_seen,
  store_host AS host,
  concat(certificate_store, '|', sha256) AS object,
  arrayDistinct(arrayFilter(one -> one.2 != '', [('certificate', sha1), ('certificate', sha256), ('certificate', thumbprint)])) AS joins,
  '' AS ended
FROM judged
WHERE notEmpty(said)
GROUP BY store_host, certificate_store, certificate_subject, sha256, sha1, thumbprint
ORDER BY first_seen, key
