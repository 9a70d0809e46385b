-- Contacts of inside addresses with certificate lookup services: one row for each event and category it counts in.
--
-- A contact is address, service and minute, so DNS, TLS and HTTP of one visit are one member. Reading a log of certificates
-- is counted by its requests, and where they are not seen by its connections: DNS does not count then, and a request for
-- something else at that host neither. What resolvers ask is left out, as in detections/certificate-recon/lookup-service-contacted; an
-- address that becomes known as a resolver later keeps what was counted before.
-- param intel String: snapshot of the reference data
-- param from_sequence UInt64: first ingest_sequence that is read
-- param to_sequence UInt64: the one after the last
-- returns: category, entity, at, member, event_uid, evidence_id, record_number
-- order: none
-- key: intel_entry by (snapshot, catalogue, key); tls_session, dns_query and http_request by their first key, the name, and by_sequence; for suffixes and resolvers one and three columns of a table are scanned
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND (catalogue, key) IN (('certificate-lookup-services', 'host'), ('certificate-log-endpoints', 'read_host')) AND NOT startsWith(value, '*.')) AS hosts,
  (SELECT groupArray(substring(value, 2)) FROM intel_entry WHERE snapshot = {intel:String} AND (catalogue, key) IN (('certificate-lookup-services', 'host'), ('certificate-log-endpoints', 'read_host')) AND startsWith(value, '*.')) AS suffixes,
  (
    SELECT groupUniqArray(name)
    FROM (
      SELECT tls_server_name AS name FROM tls_session WHERE ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64} AND arrayExists(suffix -> endsWith(tls_server_name, suffix), suffixes)
      UNION ALL
      SELECT dns_question_name FROM dns_query WHERE ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64} AND arrayExists(suffix -> endsWith(dns_question_name, suffix), suffixes)
      UNION ALL
      SELECT url_domain FROM http_request WHERE ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64} AND arrayExists(suffix -> endsWith(url_domain, suffix), suffixes)
    )
  ) AS names_below,
  arrayConcat(hosts, names_below) AS names,
  seen AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, 2 AS rank, tls_server_name AS host, '' AS target,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address
    FROM tls_session
    WHERE has(names, tls_server_name) AND network_direction IN ('outbound', 'internal')
      AND ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64}
    UNION ALL
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, 1, dns_question_name, '',
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', ''))
    FROM dns_query
    WHERE has(names, dns_question_name) AND network_direction IN ('outbound', 'internal')
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
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, 3, url_domain,
      if(http_method = 'CONNECT', '', replaceRegexpOne(http_uri, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*', '')),
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', ''))
    FROM http_request
    WHERE has(names, url_domain) AND network_direction IN ('outbound', 'internal')
      AND ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64}
  )
SELECT
  category, address AS entity, event_time AS at,
  if(category = 'ct_log_read', hex(record_key), concat(service, '|', toString(toStartOfMinute(event_time)))) AS member,
  event_uid, evidence_id, record_number
FROM (
  SELECT event_time, event_uid, evidence_id, record_number, record_key, rank, target, address, if(has(hosts, host), host, concat('*', arrayFirst(suffix -> endsWith(host, suffix), suffixes))) AS matched
  FROM seen
) AS seen
INNER JOIN (
  SELECT
    value AS host_key, entry AS service, attributes['shared_host'] = 'true' AS shared_host, attributes['path'] AS path_pattern,
    transform(attributes['category'],
      ['CT_SEARCH', 'SCAN_DB', 'PDNS_SUBDOMAIN', 'TLS_TEST', 'CT_STREAM', 'CT_LOG_READ'],
      ['ct_search', 'scan_db', 'pdns', 'tls_test', 'ct_stream', 'ct_log_read'], '') AS counted_as
  FROM intel_entry
  WHERE snapshot = {intel:String} AND (catalogue, key) IN (('certificate-lookup-services', 'host'), ('certificate-log-endpoints', 'read_host'))
) AS services ON services.host_key = seen.matched
ARRAY JOIN arrayFilter(one -> one != '', [counted_as, if(counted_as IN ('ct_search', 'scan_db', 'pdns', 'tls_test'), 'lookup', '')]) AS category
WHERE if(shared_host, path_pattern != '' AND match(target, path_pattern), category != 'ct_log_read' OR target = '' OR path_pattern = '' OR match(target, path_pattern))
  AND (category != 'ct_log_read' OR rank > 1)
