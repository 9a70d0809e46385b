-- What certificate stores, trust slots and trust policies stand at, by snapshots of registries: a row for each object and snapshot.
-- What is told to be gone, by osquery, has its row too.
-- param intel String: snapshot of the reference data
-- param evidence_ids Array(String): of which snapshots
-- returns: host, object_kind, object, view, registry_key, state, thumbprint, described, uid, evidence, seen_at (as in trust-snapshots.sql), gone (0 or 1), record_number
-- order: by host, object, evidence, seen_at, gone from 1
-- key: registry_value whole, few columns; intel_entry by (snapshot, catalogue, key)
WITH
  (SELECT arrayStringConcat(groupArray(value), '|') FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'trust-policies' AND key = 'path_pattern') AS policy_pattern,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-stores' AND key = 'store') AS stores,
  held AS (
    SELECT
      event_uid, toString(evidence_id) AS evidence, record_number, lower(host_name) AS its_host, toString(registry_view) AS view, registry_key, registry_data, registry_data_sha256, certificate_subject,
      if(registry_snapshot_time IS NULL, '', formatDateTime(assumeNotNull(registry_snapshot_time), '%Y-%m-%dT%H:%i:%S.%fZ')) AS seen_at, registry_operation IN ('value_deleted', 'key_deleted') AS gone,
      lower(replaceAll(if(gone AND registry_value = '', registry_key, concat(registry_key, '\\', registry_value)), '\\', '/')) AS place,
      extractGroups(place, '^(.*/(?:systemcertificates|enterprisecertificates)/([^/]+))/certificates/([0-9a-f]{40})(/blob)?$') AS stored,
      extractGroups(place, '^hklm/software/microsoft/cryptography/(?:oid/encodingtype 0/(cryptsipdll[a-z0-9]+)|providers/trust/(initialization|message|signature|certificate|certcheck|finalpolicy|diagnosticpolicy|cleanup))/([{][0-9a-f-]{36}[}])/([$]?dll|funcname|[$]function)$') AS slot,
      notEmpty(stored) AND (gone OR stored[4] != '') AND has(stores, stored[2]) AND stored[2] != 'my' AS is_certificate,
      notEmpty(slot) AS is_slot,
      (gone OR registry_data_type != '') AND policy_pattern != '' AND match(place, policy_pattern) AS is_policy
    FROM registry_value
    WHERE evidence_id IN {evidence_ids:Array(String)} AND ifNull(registry_control_set_current, true)
  )
SELECT
  toValidUTF8(its_host) AS host,
  multiIf(is_certificate, 'certificate', is_slot, 'slot', 'policy') AS object_kind,
  toValidUTF8(substring(multiIf(
    is_certificate, concat(replaceAll(stored[1], '/', '\\'), '|', stored[3]),
    is_slot, concat(if(view = 'x86', 'x86', 'x64'), '|', slot[1], slot[2], '|', slot[3], '|', slot[4]),
    concat(if(view = 'x86', 'x86|', ''), replaceAll(place, '/', '\\'))), 1, 2000)) AS object,
  view,
  toValidUTF8(lower(registry_key)) AS registry_key,
  if(registry_data_sha256 IS NULL, toValidUTF8(registry_data), concat('sha256:', lower(hex(assumeNotNull(registry_data_sha256))))) AS state,
  if(is_certificate, stored[3], '') AS thumbprint,
  toValidUTF8(substringUTF8(certificate_subject, 1, 300)) AS described,
  lower(hex(event_uid)) AS uid,
  evidence,
  seen_at,
  toUInt8(gone) AS gone,
  record_number
FROM held
WHERE is_certificate OR is_slot OR is_policy
ORDER BY host, object, evidence, seen_at, gone DESC
