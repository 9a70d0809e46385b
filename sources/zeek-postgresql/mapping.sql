-- Zeek postgresql.log (scripts/base/protocols/postgresql/main.zeek, from Zeek 7.1; the same columns in Zeek 8 and in the
-- package zeek-spicy-postgresql). One line for a message of the client with the server's answer: frontend is startup,
-- ssl_request, simple_query or terminate; frontend_arg is the statement of a simple_query.
--
-- A session that goes on in TLS shows one line: ssl_request answered ssl_reply. backend_arg and rows are kept in extra.
-- Lines of one connection can share a time, so the identity says what was sent and answered too.
SELECT
  [uid, 'postgresql', toString(ts), ifNull(frontend, ''), ifNull(frontend_arg, ''), ifNull(backend, '')] AS identity,
  ts AS event_time,
  uid AS connection_id,
  "id.orig_h" AS source_ip,
  replaceRegexpOne(IPv6NumToString("id.orig_h"), '^::ffff:', '') AS source_address,
  "id.orig_p" AS source_port,
  "id.resp_h" AS destination_ip,
  replaceRegexpOne(IPv6NumToString("id.resp_h"), '^::ffff:', '') AS destination_address,
  "id.resp_p" AS destination_port,
  'tcp' AS network_transport,
  user AS database_user,
  database AS database_name,
  application_name AS database_application,
  if(frontend_arg IS NULL, ifNull(frontend, ''), frontend_arg) AS database_statement,
  success AS database_success
FROM record
