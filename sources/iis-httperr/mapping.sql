-- The error log of http.sys (learn.microsoft.com, "Error logging in HTTP APIs", and the HTTP_LOG_FIELD constants of the HTTP Server API for
-- the columns). Times are UTC. A connection that ends without a request has neither method nor URI. Reasons such as Timer_ConnectionIdle
-- are everyday; BadRequest, Hostname, Verb, Version and URL are requests that http.sys would not read.
SELECT
  ['httperr', toString(toUnixTimestamp64Micro(_time)), "c-ip", ifNull(toString("c-port"), ''), ifNull(toString("s-port"), ''), "s-reason", ifNull("cs-uri", '')] AS identity,
  _time AS event_time,
  toIPv6OrNull(replaceRegexpOne("c-ip", '%.*$', '')) AS source_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(source_ip), '^::ffff:', ''), "c-ip") AS source_address,
  "c-port" AS source_port,
  "s-ip" AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString("s-ip"), '^::ffff:', ''), '') AS destination_address,
  "s-port" AS destination_port,
  'tcp' AS network_transport,
  'inbound' AS network_direction,
  'http.sys' AS alert_name,
  concat('http/', substring(lower("s-reason"), 1, 60)) AS alert_id,
  multiIf(startsWith("s-reason", 'Timer_'), 'timeout', startsWith("s-reason", 'Connection_') OR startsWith("s-reason", 'Client_'), 'connection', 'request') AS alert_category,
  toValidUTF8(concat("s-reason", if("cs-uri" IS NULL, '', concat(': ', ifNull("cs-method", ''), ' ', substring(assumeNotNull("cs-uri"), 1, 2000))))) AS alert_message
FROM record
