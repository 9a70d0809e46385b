-- Zeek dns.log (scripts/base/protocols/dns/main.zeek): one line for a question with its answer, or for either alone.
-- The columns read here are there since Zeek 2.0; rtt came with 2.5, opcode and original_query with 7. Flags, TTLs and
-- the rest are kept in extra.
--
-- A line without `query` is real: an answer whose question was not seen, or a query without a question.
SELECT
  [uid, 'dns', toString(ts), ifNull(toString(trans_id), ''), ifNull(query, ''), ifNull(toString(qtype), '')] AS identity,
  ts AS event_time,
  uid AS connection_id,
  "id.orig_h" AS source_ip,
  replaceRegexpOne(IPv6NumToString("id.orig_h"), '^::ffff:', '') AS source_address,
  "id.orig_p" AS source_port,
  "id.resp_h" AS destination_ip,
  replaceRegexpOne(IPv6NumToString("id.resp_h"), '^::ffff:', '') AS destination_address,
  "id.resp_p" AS destination_port,
  lower(proto) AS network_transport,
  trimRight(lower(ifNull(query, '')), '.') AS dns_question_name,
  coalesce(qtype_name, toString(qtype), '') AS dns_question_type,
  coalesce(rcode_name, toString(rcode), '') AS dns_response_code,
  answers AS dns_answers,
  trans_id AS dns_transaction_id
FROM record
