-- Suricata EVE, event type alert (etc/schema.json; the fields read here are there since Suricata 2.0, flow.src_ip and
-- direction since 7). The application layer, payload, packet and metadata beside the alert are kept in extra.
--
-- An alert stands in the direction of the packet that raised it. Who opened the connection is known from flow.src_ip, or
-- from direction; before Suricata 7 the record does not say, and source is the sender of the packet. An alert of the
-- decoder has no addresses. Severity 1 is the highest. alert_id is the signature id, with its generator before it
-- (3:1000) where that is not 1.
SELECT
  [ifNull(flow_id, ''), 'alert', toString(timestamp), ifNull(toString("alert/gid"), ''), toString("alert/signature_id"),
    ifNull(toString(tx_id), ''), ifNull(toString(pcap_cnt), '')] AS identity,
  timestamp AS event_time,
  flow_id AS connection_id,
  ifNull(direction, '') = 'to_client' AND "flow/src_ip" IS NULL AS turned,
  "flow/src_ip" IS NOT NULL AND "flow/dest_ip" IS NOT NULL AS told,
  multiIf(told, "flow/src_ip", turned, dest_ip, src_ip) AS source_ip,
  replaceRegexpOne(ifNull(IPv6NumToString(source_ip), ''), '^::ffff:', '') AS source_address,
  multiIf(told, "flow/src_port", turned, dest_port, src_port) AS source_port,
  multiIf(told, "flow/dest_ip", turned, src_ip, dest_ip) AS destination_ip,
  replaceRegexpOne(ifNull(IPv6NumToString(destination_ip), ''), '^::ffff:', '') AS destination_address,
  multiIf(told, "flow/dest_port", turned, src_port, dest_port) AS destination_port,
  lower(proto) AS network_transport,
  "alert/signature" AS alert_name,
  concat(if(ifNull("alert/gid", 1) = 1, '', concat(toString("alert/gid"), ':')), toString("alert/signature_id")) AS alert_id,
  "alert/category" AS alert_category,
  "alert/severity" AS alert_severity,
  concat(ifNull("alert/signature", ''), if("alert/action" IS NULL, '', concat(' (', assumeNotNull("alert/action"), ')'))
  ) AS alert_message
FROM record
