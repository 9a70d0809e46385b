-- nginx's error log (src/core/ngx_log.c; src/event/ngx_event_openssl.c and src/http/ngx_http_request.c for the texts): handshakes that
-- failed, certificates that were refused, and requests that nginx turned away by itself. Texts that hold words of the client before its
-- address, such as names of users and of files, are left out: they could name another's address. The rest is ignored as nginx-error-other.
--
-- Handshakes that clients break off are written at level info, most failures at crit, so that `error_log … info` sees more. `server:` is
-- the address that nginx listens on until a request was read, and 0.0.0.0 says nothing; times are those of the server's own zone. While
-- nginx speaks TLS to an upstream it is the client, and the address of the visitor stays in extra.
SELECT
  ['nginx', toString(toUnixTimestamp64Micro(time)), ifNull(process, ''), ifNull(connection, ''), ifNull(toString(client), ''), failure_told, ifNull(refusal, '')] AS identity,
  time AS event_time,
  ifNull(failure, '') AS failure_told,
  if(position(failure_told, 'to upstream') > 0 OR startsWith(failure_told, 'upstream') OR peer IS NOT NULL, 'client', 'server') AS role_told,
  if(role_told = 'server', client, NULL) AS source_ip,
  if(role_told = 'server', ifNull(replaceRegexpOne(IPv6NumToString(client), '^::ffff:', ''), ''), ifNull(syslog_host, '')) AS source_address,
  coalesce(peer, if(role_told = 'client', extract(ifNull(rest, ''), ', upstream: "[a-z]+://([^"/]*)'), server), '') AS answering,
  extract(answering, '^\\[?([0-9A-Fa-f.:]+?)\\]?(?::[0-9]+)?$') AS answering_address,
  if(answering_address IN ('', '0.0.0.0', '::'), NULL, toIPv6OrNull(answering_address)) AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(destination_ip), '^::ffff:', ''), '') AS destination_address,
  toUInt16OrNull(extract(answering, ':([0-9]+)$')) AS destination_port,
  'tcp' AS network_transport,
  if(role_told = 'server', 'inbound', '') AS network_direction,
  multiIf(failure IS NULL, 'request', '') AS category_told,
  multiIf(failure IS NOT NULL, '', startsWith(assumeNotNull(refusal), 'access'), 'nginx/forbidden', startsWith(assumeNotNull(refusal), 'client'), 'nginx/bad-request', 'nginx/limit') AS id_told,
  multiIf(
    id_told != '', id_told,
    startsWith(failure_told, 'client SSL') OR startsWith(failure_told, 'client sent no'), 'nginx/client-certificate',
    startsWith(failure_told, 'client sent plain'), 'nginx/plain-http',
    startsWith(failure_told, 'upstream'), 'nginx/upstream-certificate',
    peer IS NOT NULL OR startsWith(failure_told, 'OCSP') OR startsWith(failure_told, 'certificate status'), 'nginx/stapling',
    position(failure_told, 'andshak') > 0, 'nginx/ssl-handshake', 'nginx/ssl') AS alert_name,
  CAST(if(transform(ifNull(level, ''), ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'], [0, 1, 2, 3, 4, 5, 6, 7], 255) = 255, NULL,
    transform(ifNull(level, ''), ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'], [0, 1, 2, 3, 4, 5, 6, 7], 255)), 'Nullable(UInt16)') AS alert_severity,
  if(failure IS NULL, ifNull(refusal, ''), failure_told) AS alert_message,
  mapUpdate(record.extra, CAST(mapFilter((name, told) -> told != '', map('server', ifNull(server, ''), 'rest', ifNull(rest, ''),
    'visitor', if(role_told = 'client', ifNull(replaceRegexpOne(IPv6NumToString(client), '^::ffff:', ''), ''), ''))), 'Map(LowCardinality(String), String)')) AS extra
FROM record
