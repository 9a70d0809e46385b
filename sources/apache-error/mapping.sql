-- Apache httpd's error log (ErrorLogFormat's default of 2.2 and of 2.4; modules/ssl/ssl_engine_io.c, ssl_engine_kernel.c and ssl_engine_log.c for
-- the texts): handshakes that failed, certificates that were refused, requests whose name does not fit the one of the handshake, and
-- requests that Apache turned away by itself. `[client …]` is the visitor, `[remote …]` a server that Apache asked as a proxy. The words
-- of the client stand behind its address, so that they cannot name another's. The rest is ignored as apache-error-other.
--
-- Apache writes why OpenSSL gave up in a line of its own, `SSL Library Error`, without the client: it follows the client's line in the same
-- process and thread, which stand in extra. So a reason such as `alert unknown ca` has no source here, and the client's own line has no reason.
-- Most of it is written at level info: `LogLevel warn ssl:info` has it. Times are those of the server's own zone.
SELECT
  ['apache', toString(toUnixTimestamp64Micro(time)), ifNull(process, ''), ifNull(thread, ''), ifNull(peer, ''), alert_message] AS identity,
  time AS event_time,
  coalesce(failure, library, '') AS words,
  replaceRegexpOne(replaceRegexpOne(words, '^SSL library error [0-9]+ in handshake', 'SSL handshake failed'), ' -- .*$', '') AS failure_told,
  if(ifNull(side, '') = 'remote' OR startsWith(words, 'SSL Proxy'), 'client', 'server') AS role_told,
  coalesce(nullIf(extract(ifNull(peer, ''), '^\\[([0-9A-Fa-f.:]+)\\]'), ''), nullIf(extract(ifNull(peer, ''), '^([0-9.]+)(?::[0-9]+)?$'), ''), peer, '') AS peer_told,
  toIPv6OrNull(peer_told) AS peer_ip,
  toUInt16OrNull(extract(ifNull(peer, ''), '^(?:[0-9.]+|\\[[^\\]]*\\]):([0-9]{1,5})$')) AS peer_port,
  replaceRegexpOne(if(peer_ip IS NULL, '', IPv6NumToString(assumeNotNull(peer_ip))), '^::ffff:', '') AS peer_address,
  if(ifNull(side, '') = 'client', peer_ip, NULL) AS source_ip,
  if(ifNull(side, '') = 'client', peer_address, if(ifNull(side, '') = 'remote', ifNull(syslog_host, ''), '')) AS source_address,
  if(ifNull(side, '') = 'client', peer_port, NULL) AS source_port,
  if(ifNull(side, '') = 'remote', peer_ip, NULL) AS destination_ip,
  if(ifNull(side, '') = 'remote', peer_address, '') AS destination_address,
  if(ifNull(side, '') = 'remote', peer_port, NULL) AS destination_port,
  'tcp' AS network_transport,
  if(ifNull(side, '') = 'client', 'inbound', '') AS network_direction,
  multiIf(sni IS NOT NULL, 'tls', refusal IS NOT NULL, 'request', '') AS category_told,
  multiIf(
    sni IS NOT NULL AND (startsWith(sni, 'No') OR position(sni, 'as no SNI') > 0), 'tls/no_server_name',
    sni IS NOT NULL, 'tls/other_server_name',
    refusal IS NULL, '',
    startsWith(refusal, 'client denied'), 'apache/forbidden', 'apache/bad-request') AS id_told,
  multiIf(
    refusal IS NOT NULL, id_told,
    sni IS NOT NULL, 'apache/server-name',
    library IS NOT NULL, 'apache/ssl-library',
    role_told = 'client', 'apache/upstream-certificate',
    match(words, '(?i)certificate|authentication'), 'apache/client-certificate', 'apache/ssl-handshake') AS alert_name,
  CAST(if(transform(ifNull(level, ''), ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info'], [0, 1, 2, 3, 4, 5, 6], 7) = 7 AND ifNull(level, '') = '', NULL,
    transform(ifNull(level, ''), ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info'], [0, 1, 2, 3, 4, 5, 6], 7)), 'Nullable(UInt16)') AS alert_severity,
  toValidUTF8(coalesce(failure, sni, library, concat(refusal, ifNull(rest, '')), '')) AS alert_message,
  mapUpdate(record.extra, CAST(mapFilter((name, told) -> told != '', map('process', ifNull(process, ''), 'thread', ifNull(thread, ''), 'module', ifNull(module, ''))), 'Map(LowCardinality(String), String)')) AS extra
FROM record
