-- Names of the Windows hosts that events are of, in lower case.
-- param host String: lower-case host name, whole or up to a dot; empty for all
-- returns: host_name
-- order: by host_name
-- key: windows_event as a whole, one column of it
SELECT host AS host_name
FROM (SELECT DISTINCT toValidUTF8(lower(host_name)) AS host FROM windows_event)
WHERE {host:String} = '' OR host = {host:String} OR startsWith(host, concat({host:String}, '.'))
ORDER BY host_name
