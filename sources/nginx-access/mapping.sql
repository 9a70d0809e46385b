-- nginx's access log in the formats that the line itself tells apart (src/http/modules/ngx_http_log_module.c): the one that
-- docs/log-formats.md recommends, `main` of the packaged nginx.conf, and the default of Kubernetes' ingress-nginx
-- (docs/user-guide/nginx-configuration/log-format.md). The default, combined, is read as web-access. Any other is given as it stands in
-- the configuration: `--log-format 'nginx-access=$remote_addr - $remote_user …'`.
--
-- $host is the host of the request line, else the Host header, else the name of the server block; it and $ssl_server_name may differ,
-- which is telling, so the SNI stays in extra too. Version, cipher, and what the client offered of ciphers and curves stay in extra.
SELECT
  ['nginx', toString(toUnixTimestamp64Micro(time)), client, ifNull(request_id, ''), host_told, request_told, ifNull(toString(status), ''),
    ifNull(toString(bytes), ''), agent_told] AS identity,
  time AS event_time,
  toIPv6OrNull(client) AS source_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(source_ip), '^::ffff:', ''), client) AS source_address,
  client_port AS source_port,
  server_address AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(server_address), '^::ffff:', ''), '') AS destination_address,
  port AS destination_port,
  'inbound' AS network_direction,
  status AS http_status,
  bytes_received AS http_request_bytes,
  coalesce(bytes, bytes_sent) AS http_response_bytes,
  ifNull(user, '') AS user_name,
  coalesce(request, if(method IS NULL, NULL, trimRight(concat(assumeNotNull(method), ' ', ifNull(uri, ''), ' ', ifNull(protocol, '')))), '') AS request_told,
  coalesce(host_header, host, tls_server_name, nullIf(server_name, '_'), '') AS host_told,
  ifNull(user_agent, '') AS agent_told,
  ifNull(referrer, '') AS referrer_told,
  mapUpdate(record.extra, CAST(mapFilter((name, told) -> told != '',
    map('tls_server_name', ifNull(tls_server_name, ''), 'request_id', ifNull(request_id, ''))), 'Map(LowCardinality(String), String)')) AS extra
FROM record
