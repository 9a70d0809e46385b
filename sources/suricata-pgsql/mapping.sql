-- Suricata EVE, event type pgsql (rust/src/pgsql/logger.rs, from Suricata 7; etc/schema.json). One record for a
-- transaction: request has startup_parameters (user, and optional_parameters as a list of one-key objects), or
-- simple_query, or a message such as "SSL Request"; response has what the server said.
--
-- Only the first transaction of a connection names user and database; flow_id joins the rest. Success is said only where
-- the response tells: an error has a code and a severity of ERROR, FATAL or PANIC, a completed command says so.
-- The rest of request and response stays in the evidence.
SELECT
  [ifNull(flow_id, ''), 'pgsql', toString(timestamp), ifNull(toString("pgsql/tx_id"), '')] AS identity,
  timestamp AS event_time,
  flow_id AS connection_id,
  src_ip AS source_ip,
  replaceRegexpOne(IPv6NumToString(src_ip), '^::ffff:', '') AS source_address,
  src_port AS source_port,
  dest_ip AS destination_ip,
  replaceRegexpOne(IPv6NumToString(dest_ip), '^::ffff:', '') AS destination_address,
  dest_port AS destination_port,
  lower(proto) AS network_transport,
  ifNull("pgsql/request", '{}') AS request,
  ifNull("pgsql/response", '{}') AS response,
  JSONExtractArrayRaw(request, 'startup_parameters', 'optional_parameters') AS optional,
  JSONExtractString(request, 'startup_parameters', 'user') AS database_user,
  arrayFirst(text -> text != '', arrayMap(one -> JSONExtractString(one, 'database'), optional)) AS database_name,
  arrayFirst(text -> text != '', arrayMap(one -> JSONExtractString(one, 'application_name'), optional)) AS database_application,
  arrayFirst(text -> text != '', [JSONExtractString(request, 'simple_query'), JSONExtractString(request, 'message'),
    if(JSONHas(request, 'startup_parameters'), 'startup', '')]) AS database_statement,
  multiIf(
    JSONExtractString(response, 'severity_non_localizable') IN ('ERROR', 'FATAL', 'PANIC'), false,
    JSONHas(response, 'ssl_accepted'), JSONExtractBool(response, 'ssl_accepted'),
    JSONHas(response, 'command_completed') OR JSONExtractString(response, 'message') = 'authentication_ok', true,
    NULL) AS database_success
FROM record
