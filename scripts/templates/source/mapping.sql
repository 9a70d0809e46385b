-- REPLACE: the log, the page or the code that describes its fields, since which version they are there, and what is not
-- read. One record gives one row. `identity` is what makes two records the same event; the aliases are fields of the
-- dictionary, and other names are helpers. A kind with network_direction needs source_ip and destination_ip, or says
-- '' AS network_direction.
SELECT
  ['{{producer}}', toString(time), toString(client), toString(server)] AS identity,
  time AS event_time,
  client AS source_ip,
  replaceRegexpOne(IPv6NumToString(client), '^::ffff:', '') AS source_address,
  server AS destination_ip,
  replaceRegexpOne(IPv6NumToString(server), '^::ffff:', '') AS destination_address,
  trimRight(lower(ifNull(name, '')), '.') AS tls_server_name
FROM record
