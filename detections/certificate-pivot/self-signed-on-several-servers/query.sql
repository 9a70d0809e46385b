-- Which self-signed server certificate is shown by several outside servers that somebody inside talked to: one row for
-- each certificate.
--
-- Self-signed: subject and issuer are the same (Suricata, old Zeek), a sighting of the certificate says so (Zeek x509,
-- files), or the sensor's validation says so. A certificate is told by SHA-256; where a sensor gives SHA-1 only, the
-- SHA-256 is taken from a sighting that has both, or from the same connection seen by another sensor within five
-- seconds. An IPv4 and an IPv6 address may be one server, so addresses are counted in one family. TLS 1.3 and resumed
-- sessions show no certificate.
-- param intel String: snapshot of the reference data
-- param servers UInt32: distinct outside addresses in one family
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: certificate_sighting and tls_session by bloom filters on fingerprints for what is known to be self-signed; the rest of tls_session by scanning its direction and certificate columns; intel_entry by (snapshot, catalogue, key)
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'shared-certificates' AND key = 'subject_rdn') AS shared_rdns,
  sightings AS (
    SELECT certificate_sha256, certificate_sha1, certificate_subject
    FROM certificate_sighting
    WHERE certificate_self_issued
  ),
  handshakes AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS client, ifNull(source_port, 0) AS client_port,
      assumeNotNull(destination_ip) AS server_ip, ifNull(destination_port, 0) AS server_port, tls_server_name,
      if(server_certificate_sha256 IS NULL, '', lower(hex(assumeNotNull(server_certificate_sha256)))) AS sha256,
      if(server_certificate_sha1 IS NULL, '', lower(hex(assumeNotNull(server_certificate_sha1)))) AS sha1,
      server_certificate_subject AS subject
    FROM tls_session
    WHERE network_direction = 'outbound' AND destination_ip IS NOT NULL
      AND (server_certificate_sha256 IS NOT NULL OR server_certificate_sha1 IS NOT NULL)
      AND (
        (server_certificate_subject != '' AND server_certificate_subject = server_certificate_issuer)
        OR server_certificate_sha256 IN (SELECT certificate_sha256 FROM sightings WHERE certificate_sha256 IS NOT NULL)
        OR server_certificate_sha1 IN (SELECT certificate_sha1 FROM sightings WHERE certificate_sha1 IS NOT NULL)
        OR match(tls_validation_status, '(?i)^self[- ]signed certificate$')
      )
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  pairs AS (
    SELECT pair_sha1, max(pair_sha256) AS pair_sha256
    FROM (
      SELECT lower(hex(assumeNotNull(certificate_sha1))) AS pair_sha1, lower(hex(assumeNotNull(certificate_sha256))) AS pair_sha256
      FROM sightings
      WHERE certificate_sha1 IS NOT NULL AND certificate_sha256 IS NOT NULL
      UNION ALL
      SELECT max(sha1), max(sha256)
      FROM handshakes
      WHERE client_port != 0
      GROUP BY client, client_port, server_ip, server_port, toStartOfHour(event_time)
      HAVING uniqExactIf(sha1, sha1 != '') = 1 AND uniqExactIf(sha256, sha256 != '') = 1 AND dateDiff('second', min(event_time), max(event_time)) <= 5
    )
    GROUP BY pair_sha1
  ),
  subjects AS (
    SELECT lower(hex(assumeNotNull(certificate_sha256))) AS subject_sha256, max(certificate_subject) AS sighted_subject
    FROM sightings
    WHERE certificate_sha256 IS NOT NULL
    GROUP BY subject_sha256
  ),
  shown AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, client, client_port, server_port, tls_server_name, sha1,
      if(sha256 != '', sha256, pair_sha256) AS sha256_known,
      if(sha256_known != '', concat('sha256:', sha256_known), concat('sha1:', sha1)) AS certificate,
      replaceRegexpOne(IPv6NumToString(server_ip), '^::ffff:', '') AS server, position(server, ':') = 0 AS ipv4, subject,
      row_number() OVER (PARTITION BY certificate, server_ip ORDER BY event_time, uid) AS turn
    FROM handshakes
    LEFT JOIN pairs ON pairs.pair_sha1 = handshakes.sha1 AND handshakes.sha1 != ''
  ),
  certificates AS (
    SELECT
      certificate, max(sha256_known) AS certificate_sha256, max(sha1) AS certificate_sha1, max(subject) AS logged_subject,
      uniqExactIf(server, ipv4) AS ipv4_servers, uniqExactIf(server, NOT ipv4) AS ipv6_servers,
      arraySlice(arraySort(groupUniqArray(50)(server)), 1, 10) AS server_list, uniqExact(server) AS server_count,
      arraySlice(arraySort(groupUniqArray(50)(client)), 1, 5) AS client_list, uniqExact(client) AS client_count,
      arraySlice(arraySort(groupUniqArrayIf(20)(tls_server_name, tls_server_name != '')), 1, 5) AS names_asked,
      uniqExact((client, client_port, server, server_port)) AS connection_count,
      count() AS record_count, min(event_time) AS certificate_first, max(event_time) AS certificate_last,
      arrayMap(one -> (one.2, one.3, one.4), arraySort(arrayMap(one -> one.2, groupArraySorted(20)((turn, (event_time, uid, evidence, record_number)))))) AS chosen
    FROM shown
    GROUP BY certificate
    HAVING greatest(ipv4_servers, ipv6_servers) >= {servers:UInt32}
  )
SELECT
  certificate AS key,
  concat(
    toString(server_count), ' outside servers (', arrayStringConcat(server_list, ', '), if(server_count > 10, ', …', ''),
    ') show the same self-signed certificate ', if(told = '', substring(certificate, 1, 23), told), '; ',
    arrayStringConcat(client_list, ', '), if(client_count > 5, concat(' and ', toString(client_count - 5), ' more'), ''),
    ' made ', toString(connection_count), if(connection_count = 1, ' TLS connection', ' TLS connections'), ' to them',
    if(empty(names_asked), ' without naming a host', concat(', asking for ', arrayStringConcat(arrayMap(name -> substringUTF8(name, 1, 80), names_asked), ', ')))
  ) AS summary,
  arrayConcat(
    if(certificate_sha256 = '', [], [('server_certificate_sha256', certificate_sha256)]),
    if(certificate_sha1 = '', [], [('server_certificate_sha1', certificate_sha1)]),
    arrayMap(one -> ('destination_address', one), server_list),
    arrayMap(one -> ('source_address', one), client_list),
    arrayMap(one -> ('tls_server_name', substringUTF8(one, 1, 253)), names_asked)
  ) AS entities,
  arrayFilter(signal -> signal != '', [
    'same_certificate',
    if(greatest(ipv4_servers, ipv6_servers) >= 3, 'more_servers', ''),
    if(arrayExists(rdn -> position(concat(',', replaceRegexpAll(lower(told), ',\\s+', ','), ','), concat(',', rdn, ',')) > 0, shared_rdns), 'known_default', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(certificate_first) AS first_seen,
  toString(certificate_last) AS last_seen
FROM (
  SELECT
    certificate, certificate_sha256, certificate_sha1, ipv4_servers, ipv6_servers, server_list, server_count, client_list, client_count, names_asked,
    connection_count, record_count, certificate_first, certificate_last, chosen,
    substringUTF8(if(sighted_subject != '', sighted_subject, logged_subject), 1, 160) AS told
  FROM certificates
  LEFT JOIN subjects ON subjects.subject_sha256 = certificates.certificate_sha256
) AS told_certificates
ORDER BY certificate_first, key
