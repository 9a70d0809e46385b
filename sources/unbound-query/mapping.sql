-- Unbound's log of questions and answers (unbound.conf: log-queries, log-replies, log-tag-queryreply, log-destaddr, log-time-ascii,
-- log-time-iso; util/net_help.c, log_query_in and log_reply_info), as it writes to a file and to syslog.
--
-- The log has neither the client's port nor a message id, so that a question and its answer are two records when both are logged:
-- switch on one of the two. What an answer held is not logged. Where it came from (over UDP, TCP, DoT, on which address) is told from
-- Unbound 1.21 on. How long it took, whether it was cached, and its size stay in extra.
SELECT
  ['unbound', toString(toUnixTimestamp64Micro(event_time)), toString(client), lower(name), type, ifNull(code, '')] AS identity,
  assumeNotNull(coalesce(time, syslog_time)) AS event_time,
  client AS source_ip,
  replaceRegexpOne(IPv6NumToString(client), '^::ffff:', '') AS source_address,
  server AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(server), '^::ffff:', ''), '') AS destination_address,
  server_port AS destination_port,
  lower(ifNull(transport, '')) AS network_transport,
  trimRight(lower(name), '.') AS dns_question_name,
  type AS dns_question_type,
  ifNull(code, '') AS dns_response_code
FROM record
