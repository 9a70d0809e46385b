-- BIND's log of questions (doc/arm/logging-categories.inc.rst; lib/ns/query.c, log_query), with and without a view, as a file of its
-- own (print-time, print-category, print-severity) or through syslog. Beside `query:` it reads what tells how a question ended:
-- `denied` (category security), `query failed` (query-errors), the start of an outgoing zone transfer (xfer-out), and the answers that
-- some builds write: `answer:` (seen in corpora of Sekoia), `response:` of BIND 9.21 (from its manual, no real line seen), and `query:
-- … response:` of Infoblox NIOS. In an answer of more than one record only the data is kept, each without its owner and time to live.
--
-- A question and what became of it have one record key, so that they count once: client, port, name and type within a minute. Flags are
-- the manual's: T is TCP. The log has no port of the server, and no message id. A plain `zone transfer` request that is not
-- for us (NOTAUTH) does not tell whether it was AXFR or IXFR. ECS, view, flags and class stay in extra.
SELECT
  ['bind', toString(toStartOfMinute(event_time)), toString(client), toString(port), lower(name), ifNull(type, '')] AS identity,
  assumeNotNull(coalesce(time, syslog_time)) AS event_time,
  client AS source_ip,
  replaceRegexpOne(IPv6NumToString(client), '^::ffff:', '') AS source_address,
  port AS source_port,
  server AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(server), '^::ffff:', ''), '') AS destination_address,
  multiIf(transport IS NOT NULL, lower(transport), type IN ('AXFR', 'IXFR'), 'tcp', flags IS NULL, '', position(flags, 'T') > 0, 'tcp', 'udp') AS network_transport,
  trimRight(lower(name), '.') AS dns_question_name,
  ifNull(type, '') AS dns_question_type,
  multiIf(code IS NOT NULL, upper(code), outcome IS NOT NULL, 'REFUSED', match(ifNull(failure, ''), '^[A-Z]+$'), assumeNotNull(failure), '') AS dns_response_code,
  arrayFilter(part -> part != '', arrayMap(part -> replaceRegexpOne(trimBoth(part), '^[^ ]+ [0-9]+ (?:[A-Z]+ )?[A-Z0-9]+ ', ''), splitByChar(';', ifNull(answers, '')))) AS dns_answers
FROM record
