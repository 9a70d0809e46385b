-- Which table holds an event, and where its record was read.
-- param uid String: event_uid in 32 hexadecimal digits
-- returns: kind, evidence_id, record_number, source
-- order: none, one row at most
-- key: every kind by the bloom filter on event_uid
SELECT kind, evidence_id, record_number, source FROM (
  SELECT 'tls_session' AS kind, evidence_id, record_number, source FROM tls_session WHERE event_uid = unhex({uid:String})
  UNION ALL SELECT 'dns_query' AS kind, evidence_id, record_number, source FROM dns_query WHERE event_uid = unhex({uid:String})
  UNION ALL SELECT 'http_request' AS kind, evidence_id, record_number, source FROM http_request WHERE event_uid = unhex({uid:String})
  UNION ALL SELECT 'network_flow' AS kind, evidence_id, record_number, source FROM network_flow WHERE event_uid = unhex({uid:String})
  UNION ALL SELECT 'database_session' AS kind, evidence_id, record_number, source FROM database_session WHERE event_uid = unhex({uid:String})
  UNION ALL SELECT 'network_alert' AS kind, evidence_id, record_number, source FROM network_alert WHERE event_uid = unhex({uid:String})
  UNION ALL SELECT 'certificate_sighting' AS kind, evidence_id, record_number, source FROM certificate_sighting WHERE event_uid = unhex({uid:String})
  UNION ALL SELECT 'windows_event' AS kind, evidence_id, record_number, source FROM windows_event WHERE event_uid = unhex({uid:String})
  UNION ALL SELECT 'registry_value' AS kind, evidence_id, record_number, source FROM registry_value WHERE event_uid = unhex({uid:String})
  UNION ALL SELECT 'file_signature' AS kind, evidence_id, record_number, source FROM file_signature WHERE event_uid = unhex({uid:String})
)
LIMIT 1
