-- Contacts of inside addresses with ACME interfaces. What resolvers ask is left out, as in certificate-recon/lookups.
-- param intel String: snapshot of the reference data
-- param from_sequence UInt64: first ingest_sequence that is read
-- param to_sequence UInt64: the one after the last
-- returns: category, entity, at, member, event_uid, evidence_id, record_number
-- order: none
-- key: intel_entry by (snapshot, catalogue, key); tls_session, dns_query and http_request by their first key, the name, and by_sequence; for resolvers three columns of a table are scanned
WITH
  (
    SELECT groupArray(value)
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue = 'certificate-authority-services' AND key = 'host' AND attributes['category'] = 'ACME' AND attributes['shared_host'] != 'true'
  ) AS hosts,
  seen AS (
    SELECT event_time, event_uid, evidence_id, record_number, tls_server_name AS host, source_ip, source_address
    FROM tls_session
    WHERE has(hosts, tls_server_name) AND network_direction IN ('outbound', 'internal')
      AND ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64}
    UNION ALL
    SELECT event_time, event_uid, evidence_id, record_number, dns_question_name, source_ip, source_address
    FROM dns_query
    WHERE has(hosts, dns_question_name) AND network_direction IN ('outbound', 'internal')
      AND ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64}
      AND NOT (ifNull(source_port, 0) = 53 AND ifNull(destination_port, 0) != 53)
      AND source_ip NOT IN (
        SELECT destination_ip
        FROM dns_query
        WHERE network_direction = 'internal' AND destination_port = 53
        GROUP BY destination_ip
        HAVING uniqExact(source_ip) >= 5
      )
    UNION ALL
    SELECT event_time, event_uid, evidence_id, record_number, url_domain, source_ip, source_address
    FROM http_request
    WHERE has(hosts, url_domain) AND network_direction IN ('outbound', 'internal')
      AND ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64}
  )
SELECT
  'acme' AS category,
  if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS entity,
  event_time AS at, concat(host, '|', toString(toStartOfMinute(event_time))) AS member, event_uid, evidence_id, record_number
FROM seen
