-- What hosts said was validly signed while their trust slots stood at something else, and what we make of the same files.
-- The kernel (CodeIntegrity) does not ask these slots and is not here.
-- param hosts Array(String): host names in lower case
-- param froms Array(Int64): for each of them the beginning, microseconds since the epoch
-- param untils Array(Int64): and the end, which is not in it
-- param kinds Array(Array(String)): and which kinds of files are meant: pe, installer, script
-- returns: host_name, file_path, file_hash_sha256 (empty: not told), file_kind, told_by, facts, first_seen, last_seen (ISO 8601), event_uid of the first, statuses (ours; empty: no such file was given), all_files (of the host)
-- order: by host_name, first_seen and file_path; at most 200 of a host, the first
-- key: windows_event by (channel, event_id); file_signature by file_hash_sha256
WITH
  facts AS (
    SELECT
      lower(host_name) AS host, transform(host, {hosts:Array(String)}, arrayEnumerate({hosts:Array(String)}), 0) AS place, event_time AS time, lower(hex(event_uid)) AS uid, record_key AS fact_key,
      startsWith(channel, 'Microsoft-Windows-AppLocker/') AS by_applocker,
      if(by_applocker, fields['FilePath'], dll_path) AS path,
      if(by_applocker OR file_hash_sha256 IS NULL, '', lower(hex(assumeNotNull(file_hash_sha256)))) AS sha256,
      multiIf(channel != 'Microsoft-Windows-AppLocker/MSI and Script', 'pe', match(lower(path), '[.]ms[ipt]$'), 'installer', 'script') AS kind,
      concat(if(by_applocker, 'AppLocker ', 'Sysmon '), toString(event_id)) AS witness
    FROM windows_event
    WHERE ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (6, 7) AND lower(code_signature_signed) = 'true' AND lower(code_signature_status) = 'valid')
        OR (channel IN ('Microsoft-Windows-AppLocker/EXE and DLL', 'Microsoft-Windows-AppLocker/MSI and Script') AND event_id IN (8002, 8005) AND fields['Fqbn'] NOT IN ('', '-')))
      AND place > 0
      AND toUnixTimestamp64Micro(event_time) >= {froms:Array(Int64)}[place] AND toUnixTimestamp64Micro(event_time) < {untils:Array(Int64)}[place]
      AND has({kinds:Array(Array(String))}[place], kind)
  ),
  files AS (
    SELECT
      host, lower(replaceAll(path, '\\', '/')) AS file, any(path) AS shown, sha256, any(kind) AS file_kind, arrayStringConcat(arraySort(groupUniqArray(4)(witness)), ' and ') AS witnesses,
      uniqExact(fact_key) AS fact_count, min(time) AS first_time, max(time) AS last_time, argMin(uid, (time, uid)) AS first_uid
    FROM facts
    GROUP BY host, file, sha256
  ),
  judged AS (
    SELECT lower(hex(assumeNotNull(file_hash_sha256))) AS judged_sha256, arraySort(groupUniqArray(10)(signature_status)) AS all_statuses
    FROM file_signature
    WHERE file_hash_sha256 IN (SELECT toFixedString(unhex(sha256), 32) FROM files WHERE sha256 != '')
    GROUP BY judged_sha256
  )
SELECT
  host AS host_name,
  substringUTF8(shown, 1, 300) AS file_path,
  sha256 AS file_hash_sha256,
  file_kind,
  witnesses AS told_by,
  fact_count AS facts,
  concat(replaceOne(toString(first_time), ' ', 'T'), 'Z') AS first_seen,
  concat(replaceOne(toString(last_time), ' ', 'T'), 'Z') AS last_seen,
  first_uid AS event_uid,
  all_statuses AS statuses,
  count() OVER (PARTITION BY host) AS all_files
FROM files
LEFT JOIN judged ON judged.judged_sha256 = files.sha256
ORDER BY host_name, first_seen, file_path
LIMIT 200 BY host_name
