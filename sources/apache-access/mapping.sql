-- Apache httpd's access log in the formats that the line itself tells apart (httpd, docs/manual/mod/mod_log_config.xml): the one that
-- docs/log-formats.md recommends, Debian's vhost_combined (debian/config-dir/apache2.conf), combined with the bytes of mod_logio, and the
-- ssl_request_log of docs/conf/extra/httpd-ssl.conf. The common and combined formats are read as web-access. Any other is given as it
-- stands in the configuration: `--log-format 'apache-access=%h %l %u %t …'`.
--
-- url_domain is the Host header where it is logged, else the SNI, else the name of the virtual host, which is what the server took the
-- request for and not what was asked. %O counts the head of the answer too, %b its body alone. Version and cipher of TLS stay in extra.
SELECT
  ['apache', toString(toUnixTimestamp64Micro(bracketed_time)), client, coalesce(host_header, host, server_name, ''), request_told,
    ifNull(toString(status), ''), ifNull(toString(bytes), ''), ifNull(toString(bytes_sent), ''), agent_told] AS identity,
  bracketed_time AS event_time,
  toIPv6OrNull(client) AS source_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(source_ip), '^::ffff:', ''), client) AS source_address,
  server_address AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(server_address), '^::ffff:', ''), '') AS destination_address,
  port AS destination_port,
  'inbound' AS network_direction,
  status AS http_status,
  bytes_received AS http_request_bytes,
  coalesce(bytes, bytes_sent) AS http_response_bytes,
  ifNull(user, '') AS user_name,
  coalesce(request, if(method IS NULL, NULL, trimRight(concat(assumeNotNull(method), ' ', ifNull(path, ''), ifNull(query, ''), ' ', ifNull(protocol, '')))), '') AS request_told,
  coalesce(host_header, host, tls_server_name, server_name, '') AS host_told,
  ifNull(user_agent, '') AS agent_told,
  ifNull(referrer, '') AS referrer_told,
  if(tls_server_name IS NULL, record.extra,
    mapUpdate(record.extra, CAST(map('tls_server_name', assumeNotNull(tls_server_name)), 'Map(LowCardinality(String), String)'))) AS extra
FROM record
