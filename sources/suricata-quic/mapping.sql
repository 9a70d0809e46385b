-- Suricata EVE, event type quic (etc/schema.json of Suricata 8; the type is there since Suricata 7). A connection has several
-- events: the ClientHello, the ServerHello, and packets that were not read. Only the first fills what the client offers: it has
-- a name, JA3 or JA4, or an extension that no ServerHello has (RFC 8446 §4.2: those are 41, 43 and 51).
--
-- tls_version is the version of QUIC after the word QUIC; TLS in QUIC is always 1.3 (RFC 9001 §4.2). The string of ja3 tells
-- what is offered, without GREASE. `ua` and `cyu` of QUIC before its standard are kept in extra.
SELECT
  [ifNull(flow_id, ''), 'quic', toString(timestamp), ifNull(toString(pcap_cnt), ''), ifNull("quic/sni", ''),
    JSONExtractString(ifNull("quic/ja3", '{}'), 'hash'), JSONExtractString(ifNull("quic/ja3s", '{}'), 'hash')] AS identity,
  timestamp AS event_time,
  flow_id AS connection_id,
  src_ip AS source_ip,
  replaceRegexpOne(IPv6NumToString(src_ip), '^::ffff:', '') AS source_address,
  src_port AS source_port,
  dest_ip AS destination_ip,
  replaceRegexpOne(IPv6NumToString(dest_ip), '^::ffff:', '') AS destination_address,
  dest_port AS destination_port,
  lower(ifNull(proto, 'udp')) AS network_transport,
  if("quic/version" IS NULL, '', concat('QUIC ', assumeNotNull("quic/version"))) AS tls_version,
  trimRight(lower(ifNull("quic/sni", '')), '.') AS tls_server_name,
  JSONExtract(ifNull("quic/extensions", '[]'), 'Array(Tuple(name String, type UInt16, values Array(String)))') AS listed,
  "quic/sni" IS NOT NULL OR "quic/ja3" IS NOT NULL OR "quic/ja4" IS NOT NULL
    OR arrayExists(one -> one.2 NOT IN (41, 43, 51), listed) AS of_client,
  '' AS client_hello,
  splitByChar(',', JSONExtractString(ifNull("quic/ja3", '{}'), 'string')) AS ja3_split,
  arrayMap(part -> if(part = '', CAST([], 'Array(String)'), splitByChar('-', part)),
    if(length(ja3_split) = 5, ja3_split, ['', '', '', '', ''])) AS ja3_parts,
  arrayMap(list -> if(arrayAll(text -> toUInt16OrNull(text) IS NOT NULL, list), arrayMap(text -> toUInt16OrZero(text), list), []),
    ja3_parts) AS told_lists,
  if(empty(told_lists[1]), NULL, told_lists[1][1]) AS told_version,
  CAST([], 'Array(UInt16)') AS told_supported_versions,
  told_lists[2] AS told_ciphers,
  multiIf(notEmpty(told_lists[3]), told_lists[3], of_client, arrayMap(one -> one.2, listed), []) AS told_extensions,
  told_lists[4] AS told_curves,
  told_lists[5] AS told_point_formats,
  CAST([], 'Array(UInt16)') AS told_signature_algorithms,
  if(of_client, arrayFlatten(arrayMap(one -> one.3, arrayFilter(one -> one.2 = 16, listed))), []) AS told_alpn,
  JSONExtractString(ifNull("quic/ja3", '{}'), 'hash') AS told_ja3,
  JSONExtractString(ifNull("quic/ja3s", '{}'), 'hash') AS tls_ja3s,
  ifNull("quic/ja4", '') AS told_ja4
FROM record
