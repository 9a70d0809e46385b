-- Which programs took certificates out of Root, AuthRoot or CA: one row for each program and day, over all hosts.
--
-- The key below Certificates is deleted (Sysmon 12; Security 4660 names no object and is not used), or its value Blob is. A certificate that is
-- written again by the same program on the same host within the hour was renewed and not removed (specification AN1246 §5.2 B-20).
-- param intel String: snapshot of the reference data
-- param several Float64: different certificates, from which on they are several
-- param many Float64: hosts, from which on they are many
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id); intel_entry by (snapshot, catalogue, key)
WITH
  public_roots AS (SELECT value AS public_sha1 FROM intel_entry WHERE snapshot = {intel:String} AND catalogue = 'public-roots' AND key = 'sha1'),
  changes AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(host_name) AS at_host, process_executable, user_name,
      registry_operation IN ('value_deleted', 'key_deleted', '%%1906') AS deleted,
      extractGroups(lower(replaceAll(registry_path, '\\', '/')),
        '^(?:hklm|hkey_local_machine|/registry/machine)/software/(?:policies/)?microsoft/(?:systemcertificates|enterprisecertificates)/(root|authroot|ca)/certificates/([0-9a-f]{40})(?:/blob)?$') AS parts
    FROM windows_event
    WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (12, 13)) OR (channel = 'Security' AND event_id = 4657))
      AND positionCaseInsensitive(registry_path, '\\certificates\\') > 0 AND notEmpty(parts)
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  written AS (
    SELECT at_host AS written_host, parts AS written_parts, groupUniqArray(100)(event_time) AS times
    FROM changes
    WHERE NOT deleted
    GROUP BY written_host, written_parts
  ),
  removed AS (
    SELECT event_time, event_uid, evidence_id, record_number, at_host, process_executable, user_name, parts[1] AS store, parts[2] AS thumbprint,
      lower(splitByChar('\\', process_executable)[-1]) AS program, thumbprint IN (SELECT public_sha1 FROM public_roots) AS public
    FROM changes
    LEFT JOIN written ON written_host = at_host AND written_parts = parts
    WHERE deleted AND NOT arrayExists(one -> one >= event_time AND one <= event_time + INTERVAL 1 HOUR, times)
  ),
  campaigns AS (
    SELECT
      program, toDate(event_time) AS removal_day, any(process_executable) AS shown_program,
      uniqExact(at_host) AS hosts, uniqExact(thumbprint) AS certificates, uniqExactIf(thumbprint, public) AS public_certificates,
      arraySlice(arraySort(groupUniqArray(20)(at_host)), 1, 5) AS some_hosts, arraySlice(arraySort(groupUniqArray(20)(thumbprint)), 1, 5) AS some_certificates,
      arraySort(groupUniqArray(3)(transform(store, ['root', 'authroot', 'ca'], ['Root', 'AuthRoot', 'CA'], store))) AS stores,
      count() AS record_count, min(event_time) AS first_removed, max(event_time) AS last_removed,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM removed
    GROUP BY program, removal_day
  )
SELECT
  concat(program, '|', toString(removal_day)) AS key,
  concat(
    if(shown_program = '', 'A process that the record does not name', substringUTF8(shown_program, 1, 160)), ' took ', toString(certificates), if(certificates = 1, ' certificate', ' certificates'),
    if(public_certificates = 0, '', concat(' (', toString(public_certificates), ' of public programs)')), ' out of ', arrayStringConcat(stores, ' and '), ' on ', toString(hosts), if(hosts = 1, ' host', ' hosts'),
    ': ', arrayStringConcat(some_certificates, ', '), if(certificates > 5, concat(' and ', toString(certificates - 5), ' more'), ''),
    '; hosts ', arrayStringConcat(some_hosts, ', '), if(hosts > 5, concat(' and ', toString(hosts - 5), ' more'), '')
  ) AS summary,
  arrayConcat(
    arrayMap(one -> ('host_name', if(one = '', '(not logged)', one)), some_hosts),
    arrayMap(one -> ('certificate_sha1', one), some_certificates),
    if(shown_program = '', [], [('process_executable', substringUTF8(shown_program, 1, 160))])
  ) AS entities,
  arrayFilter(one -> one != '', [
    'removed', if(public_certificates > 0, 'public_roots', ''), if(certificates >= {several:Float64}, 'several_roots', ''), if(hosts >= {many:Float64}, 'many_hosts', '')
  ]) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_removed) AS first_seen,
  toString(last_removed) AS last_seen
FROM campaigns
ORDER BY first_removed, key
