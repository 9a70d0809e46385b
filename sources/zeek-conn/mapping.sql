-- Zeek conn.log (scripts/base/protocols/conn/main.zeek). The columns read here are there since Zeek 2.0 and unchanged in
-- Zeek 8; local_orig, missed_bytes, history, *_ip_bytes, tunnel_parents and what packages add are kept in extra.
--
-- open_conn (package zeek-open-connections) and conn_long (package bro-long-connections) tell of a connection that goes
-- on. They have its uid and start, hence the record_key that its conn.log line will have: a connection counts once.
-- orig_bytes and resp_bytes are payload as TCP sequence numbers say; a gap in the capture is counted in.
SELECT
  [uid, 'conn', toString(ts)] AS identity,
  ts AS event_time,
  uid AS connection_id,
  "id.orig_h" AS source_ip,
  replaceRegexpOne(IPv6NumToString("id.orig_h"), '^::ffff:', '') AS source_address,
  "id.orig_p" AS source_port,
  "id.resp_h" AS destination_ip,
  replaceRegexpOne(IPv6NumToString("id.resp_h"), '^::ffff:', '') AS destination_address,
  "id.resp_p" AS destination_port,
  lower(proto) AS network_transport,
  service AS network_protocol,
  conn_state AS flow_state,
  duration AS flow_duration,
  orig_bytes AS source_bytes,
  resp_bytes AS destination_bytes,
  orig_pkts AS source_packets,
  resp_pkts AS destination_packets
FROM record
