-- Who came to look for what there is: one row for each address from outside and UTC day that did something of the kind.
-- param intel String: snapshot of the reference data
-- param names UInt32: names of ours on a day
-- param not_there UInt32: answers 403 and 404 on a day
-- param paths UInt32: different paths among them
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: intel_entry by (snapshot, catalogue, key); http_request by scanning direction, agent, path and status
WITH
  (SELECT groupArray(concat('(?:^|[^a-z])', regexpQuoteMeta(value), '(?:[^a-z]|$)')) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'scanner-user-agents' AND key = 'word' AND attributes['tier'] = 'tool') AS tools,
  (SELECT groupArray(concat('(?:^|[^a-z])', regexpQuoteMeta(value), '(?:[^a-z]|$)')) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'scanner-user-agents' AND key = 'word' AND attributes['tier'] != 'tool') AS services,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'probe-paths' AND key = 'path' AND entry != 'certificate-services') AS odd_paths,
  (SELECT groupArray(value) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'probe-paths' AND key = 'path' AND entry = 'certificate-services') AS pki_paths,
  (
    SELECT groupArray((
      catalogue, entry,
      IPv6CIDRToRange(assumeNotNull(toIPv6OrNull(splitByChar('/', value)[1])), toUInt8(least(128, toUInt8OrZero(splitByChar('/', value)[2]) + if(position(value, ':') = 0, 96, 0))))
    ))
    FROM intel_entry
    WHERE snapshot = {intel:String} AND catalogue IN ('internet-scanners', 'sanctioned-scanners') AND key = 'network' AND toIPv6OrNull(splitByChar('/', value)[1]) IS NOT NULL
  ) AS networks,
  requests AS (
    SELECT
      assumeNotNull(source_ip) AS ip, toDate(event_time) AS day, event_time, lower(hex(event_uid)) AS uid, toString(evidence_id) AS evidence, record_number, record_key,
      lower(url_domain) AS name, lower(http_path) AS path, http_status AS status, http_user_agent AS agent,
      arrayExists(one -> match(lower(agent), one), tools) AS is_tool, arrayExists(one -> match(lower(agent), one), services) AS is_service,
      arrayExists(one -> startsWith(path, one), odd_paths) AS is_odd, arrayExists(one -> startsWith(path, one), pki_paths) AS is_pki
    FROM http_request
    WHERE network_direction = 'inbound' AND source_ip IS NOT NULL
  ),
  days AS (
    SELECT
      ip, day, count() AS asked, uniqExactIf(name, name != '') AS names, max(is_tool) AS tool, max(is_service) AS service, max(is_odd) AS odd, max(is_pki) AS pki,
      countIf(status IN (403, 404)) AS missing, uniqExactIf(path, status IN (403, 404)) AS missing_paths,
      argMinIf(agent, (event_time, uid), is_tool OR is_service) AS program, argMinIf(path, (event_time, uid), is_pki OR is_odd) AS probed,
      arrayMap(one -> (one.3, one.4, one.5), arraySlice(arraySort(groupArray(2000)((NOT (is_tool OR is_service OR is_odd OR is_pki), event_time, uid, evidence, record_number))), 1, 20)) AS events,
      uniqExact(record_key) AS event_count, min(event_time) AS first_time, max(event_time) AS last_time
    FROM requests
    GROUP BY ip, day
    HAVING tool OR service OR odd OR pki OR names >= {names:UInt32} OR (missing > {not_there:UInt32} AND missing_paths > {paths:UInt32})
  ),
  placed AS (
    SELECT
      ip, day, asked, names, tool, service, odd, pki, missing, missing_paths, program, probed, events, event_count, first_time, last_time,
      replaceRegexpOne(IPv6NumToString(ip), '^::ffff:', '') AS address,
      arrayFirst(one -> ip BETWEEN tupleElement(tupleElement(one, 3), 1) AND tupleElement(tupleElement(one, 3), 2), networks) AS network
    FROM days
  )
SELECT
  concat(address, '|', toString(day)) AS key,
  concat(
    address, if(tupleElement(network, 2) = '', '', concat(' (', tupleElement(network, 2), ')')), if(asked = 1, ' asked once', concat(' asked ', toString(asked), ' times')), if(names = 0, '', concat(' for ', toString(names), if(names = 1, ' name', ' names'))), ' on ', toString(day), if(names = 0, ' (of which name the log does not tell)', ''),
    if(missing = 0, '', concat('; ', toString(missing), ' answers that it is not there, over ', toString(missing_paths), ' paths')),
    if(probed = '', '', concat('; ', substringUTF8(probed, 1, 80))), if(program = '', '', concat('; calls itself ', substringUTF8(program, 1, 120)))
  ) AS summary,
  [('source_address', address)] AS entities,
  arrayFilter(signal -> signal != '', [
    if(tool, 'tool_named', ''), if(service AND NOT tool, 'service_named', ''), if(odd, 'paths_probed', ''), if(pki, 'certificate_services_probed', ''),
    if(names >= {names:UInt32}, 'many_names', ''), if(missing > {not_there:UInt32} AND missing_paths > {paths:UInt32}, 'much_not_there', ''),
    if(tupleElement(network, 1) = 'internet-scanners', 'known_scanner', '')
  ]) AS signals,
  events, event_count, toString(first_time) AS first_seen, toString(last_time) AS last_seen
FROM placed
WHERE tupleElement(network, 1) != 'sanctioned-scanners'
ORDER BY first_seen, key
