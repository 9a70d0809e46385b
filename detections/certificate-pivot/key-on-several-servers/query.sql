-- Which key stands behind different certificates of several outside servers that somebody inside talked to: one row for
-- each key.
--
-- No sensor logs the key. It is known where the certificate's bytes were: given as a file, or logged by a sensor
-- (certificate_spki_sha256 of certificate_sighting). Sessions are joined to it by the fingerprint they log. At least two
-- of the certificates must have no name in common: the same names with the same key are a renewal. Several certificates
-- on one address are virtual hosts. An IPv4 and an IPv6 address may be one server, so addresses are counted in one family.
-- param intel String: snapshot of the reference data
-- param servers UInt32: distinct outside addresses in one family
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: certificate_sighting by scanning its fingerprint columns; tls_session by the bloom filter on server_certificate_sha256, SHA-1 by scanning its column; intel_entry by (snapshot, catalogue, key)
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'shared-certificates' AND key = 'subject_rdn') AS shared_rdns,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'shared-certificates' AND key = 'name_suffix') AS shared_suffixes,
  known AS (
    SELECT
      assumeNotNull(certificate_spki_sha256) AS spki, assumeNotNull(certificate_sha256) AS sha256, max(certificate_sha1) AS sha1,
      max(substringUTF8(certificate_subject, 1, 200)) AS subject,
      arraySlice(arrayDistinct(arrayFilter(name -> name != '', arrayConcat(arrayFlatten(groupUniqArray(3)(certificate_names)), [lower(extract(max(certificate_subject), '(?:^|[,+]\\s*)CN=([^,+]+)'))]))), 1, 100) AS names,
      argMin((event_time, lower(hex(event_uid)), toString(evidence_id), record_number), event_time) AS sighted, min(record_key) AS sighting_key
    FROM certificate_sighting
    WHERE certificate_spki_sha256 IS NOT NULL AND certificate_sha256 IS NOT NULL
      AND certificate_spki_sha256 IN (
        SELECT certificate_spki_sha256 FROM certificate_sighting
        WHERE certificate_spki_sha256 IS NOT NULL AND certificate_sha256 IS NOT NULL
        GROUP BY certificate_spki_sha256 HAVING uniqExact(certificate_sha256) > 1
      )
    GROUP BY spki, sha256
  ),
  handshakes AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, source_ip, source_address, source_port, destination_ip, destination_port, tls_server_name,
      toFixedString(assumeNotNull(server_certificate_sha256), 32) AS sha256
    FROM tls_session
    WHERE network_direction = 'outbound' AND destination_ip IS NOT NULL AND server_certificate_sha256 IN (SELECT sha256 FROM known)
    UNION ALL
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, source_ip, source_address, source_port, destination_ip, destination_port, tls_server_name,
      known.sha256
    FROM tls_session
    INNER JOIN known ON known.sha1 = tls_session.server_certificate_sha1
    WHERE network_direction = 'outbound' AND destination_ip IS NOT NULL AND server_certificate_sha256 IS NULL
  ),
  shown AS (
    SELECT
      event_time, (event_time, lower(hex(event_uid)), toString(evidence_id), record_number) AS event, record_key, tls_server_name,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS client, ifNull(source_port, 0) AS client_port,
      replaceRegexpOne(IPv6NumToString(assumeNotNull(destination_ip)), '^::ffff:', '') AS server, position(server, ':') = 0 AS ipv4, ifNull(destination_port, 0) AS server_port,
      lower(hex(spki)) AS key_sha256, lower(hex(sha256)) AS certificate, subject, names, sighted, sighting_key,
      row_number() OVER (PARTITION BY certificate, server ORDER BY event_time, event_uid) AS turn
    FROM handshakes
    INNER JOIN known ON known.sha256 = handshakes.sha256
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  keys AS (
    SELECT
      key_sha256,
      arraySort(groupUniqArray(20)((certificate, subject))) AS certificates, uniqExact(certificate) AS certificate_count,
      groupUniqArray(20)(names) AS name_sets, arrayDistinct(arrayFlatten(name_sets)) AS all_names,
      uniqExactIf(server, ipv4) AS ipv4_servers, uniqExactIf(server, NOT ipv4) AS ipv6_servers,
      arraySlice(arraySort(groupUniqArray(50)(server)), 1, 10) AS server_list, uniqExact(server) AS server_count,
      arraySlice(arraySort(groupUniqArray(50)(client)), 1, 5) AS client_list, uniqExact(client) AS client_count,
      uniqExact((client, client_port, server, server_port)) AS connection_count,
      count() AS record_count, uniqExact(sighting_key) AS sighting_count, min(event_time) AS key_first, max(event_time) AS key_last,
      arrayMap(one -> one.2, groupArraySorted(16)((turn, event))) AS sessions,
      arraySlice(arraySort(groupUniqArray(20)(sighted)), 1, 4) AS files
    FROM shown
    GROUP BY key_sha256
    HAVING certificate_count > 1 AND greatest(ipv4_servers, ipv6_servers) >= {servers:UInt32}
      AND arrayExists(left -> arrayExists(right -> left != right AND NOT hasAny(left, right), name_sets), name_sets)
  )
SELECT
  key_sha256 AS key,
  concat(
    toString(server_count), ' outside servers (', arrayStringConcat(server_list, ', '), if(server_count > 10, ', …', ''), ') show ',
    toString(certificate_count), ' different certificates with the same key (',
    arrayStringConcat(arrayMap(one -> if(one.2 = '', substring(one.1, 1, 16), substringUTF8(one.2, 1, 80)), arraySlice(certificates, 1, 4)), '; '), if(certificate_count > 4, '; …', ''), '); ',
    arrayStringConcat(client_list, ', '), if(client_count > 5, concat(' and ', toString(client_count - 5), ' more'), ''),
    ' made ', toString(connection_count), ' TLS connections to them'
  ) AS summary,
  arrayConcat(
    [('certificate_spki_sha256', key_sha256)],
    arrayMap(one -> ('server_certificate_sha256', one.1), arraySlice(certificates, 1, 10)),
    arrayMap(one -> ('destination_address', one), server_list),
    arrayMap(one -> ('source_address', one), client_list)
  ) AS entities,
  arrayFilter(signal -> signal != '', [
    'same_key',
    if(greatest(ipv4_servers, ipv6_servers) >= 3, 'more_servers', ''),
    if(
      arrayExists(name -> arrayExists(suffix -> name = suffix OR endsWith(name, concat('.', suffix)), shared_suffixes), all_names)
        OR arrayExists(one -> arrayExists(rdn -> position(concat(',', replaceRegexpAll(lower(one.2), ',\\s+', ','), ','), concat(',', rdn, ',')) > 0, shared_rdns), certificates),
      'known_default', '')
  ]) AS signals,
  arrayMap(one -> (one.2, one.3, one.4), arraySort(arrayConcat(sessions, files))) AS events,
  record_count + sighting_count AS event_count,
  toString(key_first) AS first_seen,
  toString(key_last) AS last_seen
FROM keys
ORDER BY key_first, key
