-- HAProxy, error log format (docs.haproxy.org, configuration manual 8.2.5 and 8.2.6): a connection that ended before a request was read, with
-- HAProxy's own words. `SSL handshake failure` comes with OpenSSL's reason in brackets where error-log-format or HAProxy 2.5 and later give it;
-- `SSL client certificate not trusted` is a certificate that HAProxy refused. Times are those of the server's own zone.
SELECT
  ['haproxy', toString(toUnixTimestamp64Micro(time)), toString(client), ifNull(toString(port), ''), frontend, failure] AS identity,
  time AS event_time,
  failure AS failure_told,
  'server' AS role_told,
  client AS source_ip,
  replaceRegexpOne(IPv6NumToString(client), '^::ffff:', '') AS source_address,
  port AS source_port,
  'tcp' AS network_transport,
  'inbound' AS network_direction,
  match(failure, '(?i)ssl|tls|certificate|handshake') AS of_tls,
  if(of_tls, '', 'haproxy/connection') AS id_told,
  if(of_tls, '', 'connection') AS category_told,
  if(of_tls, 'haproxy/ssl-handshake', 'haproxy/connection') AS alert_name,
  toValidUTF8(failure) AS alert_message,
  mapUpdate(record.extra, CAST(map('frontend', frontend, 'bind', ifNull(bind, '')), 'Map(LowCardinality(String), String)')) AS extra
FROM record
