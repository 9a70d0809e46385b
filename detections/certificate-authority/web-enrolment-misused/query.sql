-- Who used the web pages and web services of AD CS as people do not: one row for each address and UTC day.
--
-- Which path is which service is data (adcs-web-paths), since most of the forms are not verified. A computer's account at the page
-- that takes requests is a relayed logon (ESC8). http and https of /certsrv/ from one address within a minute is what Certipy does to
-- see whether relaying works. An account is at an unusual address when domain controllers gave its tickets to others only. A
-- first request to a web service counts where the service had been used by others for first_days days before.
-- param intel String: snapshot of the reference data
-- param both_seconds UInt32: http and https within this time, in seconds
-- param scep UInt32: SCEP operations of one address within an hour
-- param first_days UInt32: how long a web service must have been seen before a first request counts, in days
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: http_request by path (a scan of one column); windows_event by (channel, event_id); intel_entry by (snapshot, catalogue)
WITH
  (SELECT groupArray((value, attributes['service'])) FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'adcs-web-paths' AND key = 'path_part') AS paths,
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, intDiv(toUnixTimestamp64Micro(event_time), 1000000) AS second, lower(http_path) AS path, upper(http_method) AS method, ifNull(http_status, 0) AS status,
      if(source_ip IS NULL, source_address, replaceRegexpOne(IPv6NumToString(assumeNotNull(source_ip)), '^::ffff:', '')) AS address,
      substringUTF8(user_name, 1, 128) AS user, lower(arrayElement(splitByChar('\\', splitByChar('@', user_name)[1]), -1)) AS account,
      multiIf(destination_port = 443, 'https', destination_port = 80, 'http', '') AS scheme, lower(http_query) AS query, url_domain AS server,
      arrayFirst(one -> position(lower(http_path), one.1) > 0, paths).2 AS service
    FROM http_request
    WHERE multiSearchAnyCaseInsensitive(http_path, ['/certsrv', '/service.svc/', '_ces_'])
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  opened AS (
    SELECT min(event_time) AS service_since FROM told WHERE service = 'ces' AND method = 'POST'
  ),
  newcomers AS (
    SELECT account AS new_account, min(event_time) AS account_since FROM told WHERE service = 'ces' AND method = 'POST' AND account NOT IN ('', '-') GROUP BY account
  ),
  usual AS (
    SELECT lower(fields['TargetUserName']) AS usual_account, groupUniqArray(1000)(replaceRegexpOne(fields['IpAddress'], '^::ffff:', '')) AS usual_addresses
    FROM windows_event
    WHERE channel = 'Security' AND event_id = 4768 AND fields['IpAddress'] NOT IN ('', '-', '::1') AND lower(fields['TargetUserName']) IN (SELECT account FROM told WHERE service = 'request')
    GROUP BY usual_account
  ),
  spread AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, address, user, account, server, service, status, method, path, query,
      uniqExactIf(scheme, scheme != '' AND position(path, '/certsrv') > 0) OVER (PARTITION BY address ORDER BY second RANGE BETWEEN CURRENT ROW AND {both_seconds:UInt32} FOLLOWING) AS schemes,
      countIf(service = 'scep') OVER (PARTITION BY address ORDER BY second RANGE BETWEEN CURRENT ROW AND 3599 FOLLOWING) AS scep_in_an_hour
    FROM told
  ),
  judged AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, address, user, server,
      arrayFilter(signal -> signal != '', [
        if(service = 'request' AND method = 'POST' AND status = 200 AND endsWith(account, '$'), 'computer_by_web', ''),
        if(service = 'request' AND method = 'POST' AND status = 200 AND notEmpty(usual_addresses) AND NOT has(usual_addresses, address), 'unusual_address', ''),
        if(schemes > 1, 'both_schemes', ''),
        if(service = 'templates', 'templates_listed', ''),
        if(service = 'password' AND status IN (0, 200), 'password_page', ''),
        if(scep_in_an_hour >= {scep:UInt32} AND service = 'scep', 'scep_often', ''),
        if(service = 'ces' AND method = 'POST' AND account_since = event_time AND event_time >= service_since + toIntervalDay({first_days:UInt32}), 'first_request', '')
      ]) AS said
    FROM spread
    LEFT JOIN usual ON usual.usual_account = spread.account
    LEFT JOIN newcomers ON newcomers.new_account = spread.account
    CROSS JOIN opened
  ),
  gathered AS (
    SELECT
      address, toDate(event_time) AS day, arraySort(groupUniqArrayArray(10)(said)) AS signals_said,
      arraySort(groupUniqArrayIf(3)(user, user NOT IN ('', '-'))) AS users, arraySort(groupUniqArrayIf(3)(substringUTF8(server, 1, 120), server != '')) AS servers,
      uniqExact(event_uid) AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM judged
    WHERE notEmpty(said)
    GROUP BY address, day
  )
SELECT
  concat(address, '|', toString(day)) AS key,
  concat(
    if(address = '', 'An address that is not logged', address), ' used the web services of AD CS', if(empty(servers), '', concat(' on ', arrayStringConcat(servers, ', '))), ': ',
    arrayStringConcat(arrayMap(one -> transform(one,
      ['computer_by_web', 'unusual_address', 'both_schemes', 'templates_listed', 'password_page', 'scep_often', 'first_request'],
      ['a certificate for a computer was asked for by the web page', 'the account is elsewhere by its tickets', 'http and https were tried within a minute', 'templates were listed', 'the page with the password of NDES was read', 'SCEP was used often within an hour', 'an account asked a web service for the first time'],
      one), signals_said), '; '),
    if(empty(users), '', concat('; as ', arrayStringConcat(users, ', '))), ' on ', toString(day)
  ) AS summary,
  arrayConcat([('source_address', if(address = '', '(not logged)', address))], arrayMap(one -> ('url_domain', one), servers), arrayMap(one -> ('user_name', one), users)) AS entities,
  signals_said AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_one) AS first_seen,
  toString(last_one) AS last_seen
FROM gathered
ORDER BY first_one, key
