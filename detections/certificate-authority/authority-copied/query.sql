-- Where the keys or the records of a CA were copied, taken out, put back or deleted: one row for each CA, account and UTC day.
--
-- 4876 a backup began (what of is in BackupType), 4878 a restore, 4883 an archived key was taken out, 4896 rows of the database
-- were deleted. A backup by the same account on several other days is a job. Outside of a change window nothing of it is
-- ordinary; change windows are not known here (specification T1596.003 §2.6 P10).
-- param routine_days UInt32: other days on which the same account backed the CA up, from which on it is routine
-- returns: key, summary, entities, signals, events, event_count, first_seen, last_seen
-- order: by first_seen, then key
-- key: windows_event by (channel, event_id)
WITH
  told AS (
    SELECT
      event_time, event_uid, evidence_id, record_number, record_key, lower(toString(host_name)) AS authority, toUInt32(event_id) AS id, substringUTF8(user_name, 1, 80) AS account,
      toDate(event_time) AS day,
      multiIf(event_id = 4876, 'backed_up', event_id = 4878, 'restored', event_id = 4883, 'key_taken_out', 'rows_deleted') AS signal,
      multiIf(event_id = 4876, 'it was backed up', event_id = 4878, 'it was restored', event_id = 4883, concat('the archived key of request ', substringUTF8(fields['RequestId'], 1, 20), ' was taken out'),
        concat('rows of its database were deleted', if(fields['RowsDeleted'] = '', '', concat(' (', substringUTF8(fields['RowsDeleted'], 1, 20), ')')))) AS what
    FROM windows_event
    WHERE channel = 'Security' AND event_id IN (4876, 4878, 4883, 4896)
    ORDER BY event_time, event_uid
    LIMIT 1 BY record_key
  ),
  habits AS (
    SELECT authority AS habit_host, lower(account) AS habit_account, groupUniqArray(400)(day) AS backup_days
    FROM told
    WHERE signal = 'backed_up'
    GROUP BY habit_host, habit_account
  ),
  gathered AS (
    SELECT
      authority, lower(account) AS who, day, any(account) AS named, arraySort(groupUniqArray(4)(signal)) AS said, arraySlice(arraySort(groupUniqArray(10)(what)), 1, 5) AS whats,
      uniqExact(event_uid) AS record_count, min(event_time) AS first_one, max(event_time) AS last_one,
      arrayMap(one -> (one.2, one.3, one.4), groupArraySorted(20)((event_time, lower(hex(event_uid)), toString(evidence_id), record_number))) AS chosen
    FROM told
    GROUP BY authority, who, day
  )
SELECT
  concat(authority, '|', who, '|', toString(day)) AS key,
  concat('On the CA ', authority, ', ', arrayStringConcat(whats, '; '), if(named IN ('', '-'), '; the event names no account', concat('; by ', named)),
    if(has(said, 'backed_up') AND length(backup_days) > {routine_days:UInt32}, concat('; the account did so on ', toString(length(backup_days) - 1), ' other days'), '')) AS summary,
  arrayFilter(one -> one.2 NOT IN ('', '-'), [('host_name', if(authority = '', '(not logged)', authority)), ('user_name', named)]) AS entities,
  arrayConcat(
    arrayFilter(signal -> has(said, signal), ['backed_up', 'restored', 'key_taken_out', 'rows_deleted']),
    if(has(said, 'backed_up') AND length(backup_days) > {routine_days:UInt32}, ['routine'], [])
  ) AS signals,
  chosen AS events,
  record_count AS event_count,
  toString(first_one) AS first_seen,
  toString(last_one) AS last_seen
FROM gathered
LEFT JOIN habits ON habits.habit_host = gathered.authority AND habits.habit_account = gathered.who
ORDER BY first_one, key
