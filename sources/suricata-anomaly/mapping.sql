-- Suricata EVE, event type anomaly (etc/schema.json; since Suricata 5). What a parser, the stream engine or the decoder could
-- not make sense of: no rule has to match for it. It has no severity.
--
-- alert_id is what a rule would ask for: `tls.multiple_sni_extensions` is app-layer-event:tls.multiple_sni_extensions, which
-- rules/tls-events.rules has as signature 2230016. The parser of DTLS does not exist, and QUIC has its own names. Events of
-- detecting the protocol have no parser before them: `applayer_wrong_direction_first_data`. An anomaly stands in the direction
-- of the packet that showed it, and the record does not say who opened the connection: the side with the higher port is taken
-- for the client where only one of them is below 1024.
SELECT
  [ifNull(flow_id, ''), 'anomaly', toString(timestamp), "anomaly/event", ifNull(toString(tx_id), ''), ifNull(toString(pcap_cnt), '')]
    AS identity,
  timestamp AS event_time,
  flow_id AS connection_id,
  ifNull(src_port, 65535) < 1024 AND ifNull(dest_port, 0) >= 1024 AND dest_ip IS NOT NULL AS turned,
  if(turned, dest_ip, src_ip) AS source_ip,
  replaceRegexpOne(ifNull(IPv6NumToString(source_ip), ''), '^::ffff:', '') AS source_address,
  if(turned, dest_port, src_port) AS source_port,
  if(turned, src_ip, dest_ip) AS destination_ip,
  replaceRegexpOne(ifNull(IPv6NumToString(destination_ip), ''), '^::ffff:', '') AS destination_address,
  if(turned, src_port, dest_port) AS destination_port,
  lower(proto) AS network_transport,
  "anomaly/event" AS alert_name,
  lower(coalesce("anomaly/app_proto", app_proto, '')) AS parser,
  concat(if(parser = '' OR ifNull("anomaly/layer", '') = 'proto_detect' OR position("anomaly/event", '.') > 0, '', concat(parser, '.')),
    lower("anomaly/event")) AS alert_id,
  "anomaly/type" AS alert_category,
  arrayStringConcat(arrayFilter(part -> part != '', ['anomaly', ifNull("anomaly/layer", ''), parser, "anomaly/event"]), ' ')
    AS alert_message
FROM record
