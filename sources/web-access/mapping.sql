-- The common and combined log formats (httpd, docs/manual/mod/mod_log_config.xml; nginx, src/http/modules/ngx_http_log_module.c), which
-- Apache httpd, nginx, Lighttpd, Caddy, Traefik and others write alike: a line does not tell whose it is. Read with a virtual host
-- before them too, and with whatever a site has added behind the user agent, which stays in extra as `rest`.
--
-- Neither format has the host that was asked for: without a virtual host url_domain is empty, and a detection that needs it says so
-- (docs/log-formats.md has the lines to configure). Times are whole seconds and requests have no number, so that the same request, twice
-- within a second with the same answer, is one event. The server's own address is not logged; the requests are those that came in to it.
SELECT
  ['web', toString(toUnixTimestamp64Micro(time)), client, ifNull(vhost, ''), ifNull(request, ''), ifNull(toString(status), ''),
    ifNull(toString(bytes), ''), ifNull(user_agent, '')] AS identity,
  time AS event_time,
  toIPv6OrNull(client) AS source_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(source_ip), '^::ffff:', ''), client) AS source_address,
  port AS destination_port,
  'inbound' AS network_direction,
  status AS http_status,
  bytes AS http_response_bytes,
  if(match(ifNull(user, ''), '^[- ]*$'), '', assumeNotNull(user)) AS user_name,
  ifNull(request, '') AS request_told,
  ifNull(vhost, '') AS host_told,
  ifNull(user_agent, '') AS agent_told,
  ifNull(referrer, '') AS referrer_told
FROM record
