-- Suricata EVE, event type flow (etc/schema.json; the fields read here are there since Suricata 2.0). One record for a
-- flow, written when it has ended; `timestamp` is when it was written, flow.start when it began, which is the event's.
--
-- Bytes are those of whole packets with their headers, where Zeek's are payload. app_proto `failed` means that nothing
-- was recognised. age, reason, alerted and the TCP flags are kept in extra.
SELECT
  [ifNull(flow_id, ''), 'flow', toString(ifNull("flow/start", timestamp))] AS identity,
  ifNull("flow/start", timestamp) AS event_time,
  flow_id AS connection_id,
  src_ip AS source_ip,
  replaceRegexpOne(IPv6NumToString(src_ip), '^::ffff:', '') AS source_address,
  src_port AS source_port,
  dest_ip AS destination_ip,
  replaceRegexpOne(IPv6NumToString(dest_ip), '^::ffff:', '') AS destination_address,
  dest_port AS destination_port,
  lower(proto) AS network_transport,
  if(app_proto = 'failed', '', app_proto) AS network_protocol,
  "flow/state" AS flow_state,
  (toUnixTimestamp64Micro(assumeNotNull("flow/end")) - toUnixTimestamp64Micro(assumeNotNull("flow/start"))) / 1000000 AS seconds,
  if("flow/start" IS NULL OR "flow/end" IS NULL, NULL, seconds) AS flow_duration,
  "flow/bytes_toserver" AS source_bytes,
  "flow/bytes_toclient" AS destination_bytes,
  "flow/pkts_toserver" AS source_packets,
  "flow/pkts_toclient" AS destination_packets
FROM record
