-- Who asked a CA for many things at once, or was refused often: one row for each CA, requester and UTC day.
--
-- Who tries templates out asks for several within minutes, and is refused for most. Computers ask for several at once by
-- themselves: a domain controller for up to four. A count stands in for the rate model of specification T1596.003 §2.1.2
-- (requests of a requester against its own history), which can add its signal here as `above_rate`, by requester and by host.
-- param templates UInt32: distinct templates within the window
-- param window_minutes UInt32: length of the window for several templates, in minutes
-- param denied UInt32: denied requests on one day
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id)
WITH
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)) AS authority, toUInt32(event_id) AS id,
      intDiv(toUnixTimestamp64Micro(event_time), 1000000) AS second, substringUTF8(fields['Requester'], 1, 256) AS requester,
      lower(arrayElement(splitByChar('\\', splitByChar('@', fields['Requester'])[1]), -1)) AS account,
      substringUTF8(lower(if(fields['CertificateTemplate'] != '', fields['CertificateTemplate'], extract(substringUTF8(fields['Attributes'], 1, 16384), '(?i)(?:^|\\s)CertificateTemplate:([^\\s]+)'))), 1, 128) AS template
    FROM windows_event
    WHERE channel = 'Security' AND event_id IN (4886, 4887, 4888) AND fields['Requester'] != ''
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  spread AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, authority, id, requester, account, template,
      uniqExactIf(template, id = 4886 AND template != '') OVER (
        PARTITION BY authority, account ORDER BY second RANGE BETWEEN CURRENT ROW AND {window_minutes:UInt32} * 60 FOLLOWING
      ) AS within
    FROM told
  ),
  gathered AS (
    SELECT
      authority, account, toDate(event_time) AS day, any(requester) AS asked_by, max(within) AS widest,
      countIf(id = 4888) AS refused, countIf(id = 4887) AS issued,
      arraySort(groupUniqArrayIf(8)(substringUTF8(template, 1, 60), template != '')) AS templates,
      uniqExact(event_uid) AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM spread
    GROUP BY authority, account, day
    HAVING widest >= {templates:UInt32} OR refused >= {denied:UInt32}
  )
SELECT
  concat(authority, '|', account, '|', toString(day)) AS key,
  concat(
    asked_by, ' asked ', authority, ' ',
    if(widest >= {templates:UInt32}, concat('for ', toString(widest), ' templates within ', toString({window_minutes:UInt32}), ' minutes'), 'for certificates'),
    if(empty(templates), '', concat(' (', arrayStringConcat(templates, ', '), ')')),
    ' on ', toString(day), '; ', toString(issued), ' issued, ', toString(refused), ' denied'
  ) AS summary,
  [('user_name', asked_by), ('host_name', if(authority = '', '(not logged)', authority))] AS entities,
  arrayFilter(signal -> signal != '', [
    if(widest < {templates:UInt32}, '', if(endsWith(account, '$'), 'several_by_computer', 'several_templates')),
    if(refused >= {denied:UInt32}, 'often_denied', ''),
    if(refused >= {denied:UInt32} AND refused > issued, 'mostly_denied', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_one) AS first_seen,
  toString(last_one) AS last_seen
FROM gathered
ORDER BY first_one, key
