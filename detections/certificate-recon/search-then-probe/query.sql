-- Who inside searched a domain in certificates, and then met names of it for the first time: one row for each address and
-- searched domain, from its first search. A name counts when this address never had it in DNS, TLS or HTTP before the search, and
-- has it within so many hours after it.
-- param intel String: snapshot of the reference data
-- param names UInt32: distinct names that make a finding
-- param many UInt32: distinct names that are many
-- param hours UInt32: hours after the search in which a name counts
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); http_request by url_domain; one column of dns_query, tls_session and http_request is scanned for the searched domains; certificate_name by a scan of its names
WITH
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-lookup-services' AND key = 'host' AND NOT startsWith(value, '*.')) AS hosts,
  (SELECT groupArray(substring(value, 2)) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'certificate-lookup-services' AND key = 'host' AND startsWith(value, '*.')) AS suffixes,
  asked AS (
    SELECT
      event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number,
      replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '') AS address,
      url_domain AS service,
      arrayFirst(text -> text != '', [
        extractURLParameter(http_uri, 'q'), extractURLParameter(http_uri, 'domain'), extractURLParameter(http_uri, 'query'),
        extractURLParameter(http_uri, 'apex'), extractURLParameter(http_uri, 'host'), extractURLParameter(http_uri, 'd'),
        extract(http_path, '/(?:domains?|subdomains?|report)/([A-Za-z0-9.-]+)')
      ]) AS raw
    FROM http_request
    WHERE source_ip IS NOT NULL AND network_direction IN ('outbound', 'internal')
      AND (url_domain IN (hosts) OR arrayExists(suffix -> endsWith(url_domain, suffix), suffixes))
    UNION ALL
    SELECT
      event_time, lower(hex(event_uid)), toString(evidence_id), record_number,
      replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', ''),
      'crt.sh',
      extract(database_statement, '(?i)\'(?:%|\\*)?\\.?([a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.[a-z]{2,})\'')
    FROM database_session
    WHERE source_ip IS NOT NULL AND network_direction IN ('outbound', 'internal') AND database_statement != ''
      AND (database_name = 'certwatch' OR positionCaseInsensitive(database_statement, 'certificate_and_identities') > 0 OR positionCaseInsensitive(database_statement, 'certwatch') > 0)
  ),
  cleaned AS (
    SELECT
      event_time, uid, evidence, record_number, address, service,
      replaceRegexpOne(lower(decodeURLComponent(raw)), '^(%25|%|\\*)?\\.?', '') AS domain
    FROM asked
    WHERE raw != '' AND length(raw) <= 512
  ),
  searches AS (
    SELECT
      address, cutToFirstSignificantSubdomain(domain) AS apex, min(event_time) AS searched_at,
      argMin((event_time, uid, evidence, record_number), (event_time, uid)) AS search, argMin(service, (event_time, uid)) AS at_service
    FROM cleaned
    WHERE match(domain, '^[a-z0-9_-]+([.][a-z0-9_-]+)*[.][a-z]{2,}$')
    GROUP BY address, apex
    HAVING apex != ''
  ),
  met AS (
    SELECT address, name, min(event_time) AS first_time, argMin((event_time, uid, evidence, record_number), (event_time, uid)) AS event, uniqExact(record_key) AS records
    FROM (
      SELECT event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '') AS address, dns_question_name AS name
      FROM dns_query
      WHERE source_ip IS NOT NULL AND cutToFirstSignificantSubdomain(dns_question_name) IN (SELECT apex FROM searches)
      UNION ALL
      SELECT event_time, lower(hex(event_uid)), toString(evidence_id), record_number, record_key, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', ''), tls_server_name
      FROM tls_session
      WHERE source_ip IS NOT NULL AND cutToFirstSignificantSubdomain(tls_server_name) IN (SELECT apex FROM searches)
      UNION ALL
      SELECT event_time, lower(hex(event_uid)), toString(evidence_id), record_number, record_key, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', ''), url_domain
      FROM http_request
      WHERE source_ip IS NOT NULL AND cutToFirstSignificantSubdomain(url_domain) IN (SELECT apex FROM searches)
    )
    GROUP BY address, name
  ),
  known AS (
    SELECT DISTINCT name
    FROM certificate_name
    WHERE cutToFirstSignificantSubdomain(name) IN (SELECT apex FROM searches)
  ),
  probed AS (
    SELECT
      searches.address AS address, searches.apex AS apex, any(searches.searched_at) AS searched_at, any(searches.search) AS search, any(searches.at_service) AS at_service,
      count() AS name_count, countIf(met.name IN (SELECT name FROM known)) AS known_count, sum(met.records) AS records,
      arraySort(groupArray(1000)((met.first_time, met.name))) AS names,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(19)(met.event)) AS events_met,
      max(met.first_time) AS last_time
    FROM searches
    INNER JOIN met ON met.address = searches.address AND cutToFirstSignificantSubdomain(met.name) = searches.apex
    WHERE met.first_time > searches.searched_at AND met.first_time <= searches.searched_at + toIntervalHour({hours:UInt32})
    GROUP BY address, apex
    HAVING name_count >= {names:UInt32}
  )
SELECT
  concat(address, '|', apex, '|', toString(toDate(searched_at))) AS key,
  concat(
    address, ' searched ', substringUTF8(apex, 1, 80), ' at ', substringUTF8(at_service, 1, 80), ' at ', toString(toDateTime(searched_at, 'UTC')),
    ', and then met ', toString(name_count), ' names of it for the first time within ', toString({hours:UInt32}), ' hours (',
    arrayStringConcat(arrayMap(one -> substringUTF8(one.2, 1, 60), arraySlice(names, 1, 5)), ', '),
    if(name_count > 5, concat(' and ', toString(name_count - 5), ' more'), ''), ')',
    if(known_count > 0, concat('; ', toString(known_count), ' of them stand in certificates that the store has'), '; the store has no certificate with any of them, so whether CT has them is not known')
  ) AS summary,
  arrayConcat(
    [('source_address', address), ('url_domain', substringUTF8(at_service, 1, 253)), ('http_query', substringUTF8(apex, 1, 253))],
    arrayMap(one -> ('dns_question_name', substringUTF8(one.2, 1, 253)), arraySlice(names, 1, 12))
  ) AS entities,
  arrayFilter(signal -> signal != '', [
    'new_names',
    if(known_count >= {names:UInt32}, 'in_certificates', ''),
    if(name_count >= {many:UInt32}, 'many_names', ''),
    if(dateDiff('second', searched_at, names[{names:UInt32}].1) <= 3600, 'quick', '')
  ]) AS signals,
  arrayConcat([(search.2, search.3, search.4)], events_met) AS events,
  records + 1 AS event_count,
  toString(searched_at) AS first_seen,
  toString(last_time) AS last_seen
FROM probed
ORDER BY searched_at, key
