-- Suricata EVE, event type dns (etc/schema.json; user guide, "Event type: DNS"). Three versions:
--   1 (Suricata 2 to 4): a record for the query and one for each answer, with rrname, rrtype, rdata.
--   2 (from 4.1): a record for the query and one for the answer, with answers (each rrname, rrtype, ttl, rdata), or
--     grouped by type ({"A": [...]}), or both.
--   3 (from 8): types request and response; the question stands in queries.
-- A query and its answer are two records; both are kept, and have different record keys.
--
-- Some versions give an answer in the direction of its packet, from the server: it is turned round when only its source
-- is a DNS port. An answer that does not tell the question has the owner of its first record for it (RFC 1034 §4.3.2).
-- An answer without rdata as text (SOA, SRV) is kept as JSON. A query of version 3 has an rcode, which says nothing.
SELECT
  [ifNull(flow_id, ''), 'dns', toString(timestamp), ifNull("dns/type", ''), ifNull(toString("dns/id"), ''),
    ifNull(toString("dns/tx_id"), ''), ifNull("dns/rrname", ''), ifNull("dns/rrtype", ''), ifNull("dns/rdata", '')] AS identity,
  timestamp AS event_time,
  flow_id AS connection_id,
  ifNull("dns/type" IN ('answer', 'response') AND src_port IN (53, 5353, 5355)
    AND dest_port NOT IN (53, 5353, 5355), false) AS reply,
  if(reply, dest_ip, src_ip) AS source_ip,
  replaceRegexpOne(IPv6NumToString(source_ip), '^::ffff:', '') AS source_address,
  if(reply, dest_port, src_port) AS source_port,
  if(reply, src_ip, dest_ip) AS destination_ip,
  replaceRegexpOne(IPv6NumToString(destination_ip), '^::ffff:', '') AS destination_address,
  if(reply, src_port, dest_port) AS destination_port,
  lower(proto) AS network_transport,
  JSONExtractArrayRaw(ifNull("dns/answers", '[]')) AS listed,
  coalesce("dns/rrname", JSONExtract(ifNull("dns/queries", '[]'), 1, 'rrname', 'Nullable(String)'),
    JSONExtractString(listed[1], 'rrname')) AS name,
  trimRight(lower(name), '.') AS dns_question_name,
  upper(coalesce("dns/rrtype", JSONExtractString(ifNull("dns/queries", '[]'), 1, 'rrtype'))) AS dns_question_type,
  if("dns/type" IN ('query', 'request'), '', upper(ifNull("dns/rcode", ''))) AS dns_response_code,
  multiIf(
    "dns/rdata" IS NOT NULL, [assumeNotNull("dns/rdata")],
    notEmpty(listed),
    arrayMap(answer -> if(JSONType(answer, 'rdata') = 'String', JSONExtractString(answer, 'rdata'), answer), listed),
    arrayFlatten(arrayMap(group -> JSONExtract(group.2, 'Array(String)'),
      JSONExtractKeysAndValuesRaw(ifNull("dns/grouped", '{}'))))
  ) AS dns_answers,
  "dns/id" AS dns_transaction_id
FROM record
