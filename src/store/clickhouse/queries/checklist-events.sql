-- Events of a kind that a checklist asks for: for each host and kind how many there are, and the newest. Counts record_key.
-- param host String: lower-case host name, whole or up to a dot; empty for all
-- param channels Array(String): channels of the kinds
-- param kinds Array(String): channel, a space, event id, a space, and a LIKE pattern for file_hashes
-- returns: host_name, kind, events, last_seen, event_uid
-- order: by host_name, kind
-- key: windows_event by (channel, event_id)
SELECT
  host AS host_name,
  kind,
  uniqExact(record_key) AS events,
  toString(max(event_time)) AS last_seen,
  argMax(uid, event_time) AS event_uid
FROM (
  SELECT
    toValidUTF8(lower(host_name)) AS host, event_time, record_key, lower(hex(event_uid)) AS uid,
    arrayFilter(
      one -> startsWith(one, concat(channel, ' ', toString(event_id), ' ')) AND like(file_hashes, substring(one, length(channel) + length(toString(event_id)) + 3)),
      {kinds:Array(String)}) AS found
  FROM windows_event
  WHERE channel IN {channels:Array(String)}
    AND (channel, toUInt32(event_id)) IN (SELECT splitByChar(' ', one)[1], toUInt32OrZero(splitByChar(' ', one)[2]) FROM (SELECT arrayJoin({kinds:Array(String)}) AS one))
    AND notEmpty(found)
)
ARRAY JOIN found AS kind
WHERE {host:String} = '' OR host = {host:String} OR startsWith(host, concat({host:String}, '.'))
GROUP BY host_name, kind
ORDER BY host_name, kind
