-- BIND's category rpz (lib/ns/query.c, rpz_log_rewrite): a question whose answer a response policy zone changed, or would have.
--
-- It is an alert and no question: the question itself stands in the log of queries, and would count twice. alert_name is the trigger and
-- what the policy did (NXDOMAIN, PASSTHRU, CNAME, …), alert_id the rule that fired, by its name in the policy zone. `disabled rpz` fired
-- in a zone that only watches. A failure to apply a policy is written in the same words and has its reason in alert_message.
SELECT
  ['bind-rpz', toString(toUnixTimestamp64Micro(event_time)), toString(client), toString(port), question, ifNull(rule, '')] AS identity,
  assumeNotNull(coalesce(time, syslog_time)) AS event_time,
  client AS source_ip,
  replaceRegexpOne(IPv6NumToString(client), '^::ffff:', '') AS source_address,
  port AS source_port,
  '' AS network_direction,
  trimRight(concat('rpz ', trigger, ' ', ifNull(policy, ''))) AS alert_name,
  ifNull(rule, '') AS alert_id,
  if(disabled IS NULL, 'rpz', 'rpz, disabled') AS alert_category,
  concat(question, if(rule IS NULL, '', concat(' via ', assumeNotNull(rule))), ifNull(rest, '')) AS alert_message
FROM record
