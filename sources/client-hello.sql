-- The end of every mapping to tls_session: what the client offered, and its JA3 and JA4. A mapping gives it `client_hello`, the
-- bytes of a ClientHello (empty where the log has none), with or without the records around it; or what the sensor lists of it:
-- `told_version`, `told_supported_versions`, `told_ciphers`, `told_extensions`, `told_curves`, `told_point_formats`,
-- `told_signature_algorithms`, `told_alpn`; and `told_ja3` and `told_ja4`, which stand before what is computed here.
--
-- RFC 8446 §4.1.2. A message in several records is put together, at most 8 of them.
--   struct { ProtocolVersion legacy_version; Random random[32]; opaque legacy_session_id<0..32>;
--            CipherSuite cipher_suites<2..2^16-2>; opaque legacy_compression_methods<1..2^8-1>; Extension extensions<8..2^16-1>; }
--   struct { ExtensionType extension_type; opaque extension_data<0..2^16-1>; } Extension;
-- What is cut off, has bytes left over or more than 128 extensions is taken as none: half a ClientHello would give a
-- fingerprint that no client has. A ClientHello of SSL 2 and of DTLS is not read.
--
-- JA3 (salesforce/ja3, BSD-3-Clause) needs groups and point formats; JA4 (FoxIO-LLC/ja4, technical_details/JA4.md, BSD-3-Clause)
-- needs signature algorithms and ALPN. Where an extension was offered and the sensor does not list what was in it, the
-- fingerprint stays empty. JA4S, JA4H and JA4X are under another licence and are never computed.
SELECT
  if(startsWith(client_hello, '\x16'), arrayFold(
    (whole, turn) -> if(substring(client_hello, whole.1, 1) = '\x16',
      (toUInt64(whole.1 + 5 + reinterpretAsUInt16(reverse(substring(client_hello, whole.1 + 3, 2)))),
        concat(whole.2, substring(client_hello, whole.1 + 5, reinterpretAsUInt16(reverse(substring(client_hello, whole.1 + 3, 2)))))),
      whole),
    range(if(startsWith(client_hello, '\x16'), 8, 0)), (toUInt64(1), '')).2, client_hello) AS hello_message,
  reinterpretAsUInt32(reverse(concat('\0', substring(hello_message, 2, 3)))) AS hello_length,
  if(startsWith(hello_message, '\x01') AND hello_length >= 38 AND length(hello_message) >= 4 + hello_length,
    substring(hello_message, 5, hello_length), '') AS hello_body
FROM mapped;

-- Where its parts begin, counted from 1.
SELECT
  36 + reinterpretAsUInt8(substring(hello_body, 35, 1)) AS ciphers_at,
  toUInt64(reinterpretAsUInt16(reverse(substring(hello_body, ciphers_at, 2)))) AS ciphers_length,
  ciphers_at + 2 + ciphers_length AS compression_at,
  compression_at + 1 + reinterpretAsUInt8(substring(hello_body, compression_at, 1)) AS extensions_at,
  toUInt64(reinterpretAsUInt16(reverse(substring(hello_body, extensions_at, 2)))) AS extensions_length,
  extensions_at + 2 + extensions_length AS extensions_end
FROM mapped;

-- Every extension as its type, and where its data begin and how long they are.
SELECT
  arrayFold(
    (walk, turn) -> if(walk.1 + 4 <= extensions_end,
      (toUInt64(walk.1 + 4 + reinterpretAsUInt16(reverse(substring(hello_body, walk.1 + 2, 2)))),
        arrayPushBack(walk.2, (
          reinterpretAsUInt16(reverse(substring(hello_body, walk.1, 2))), toUInt64(walk.1 + 4),
          toUInt64(reinterpretAsUInt16(reverse(substring(hello_body, walk.1 + 2, 2))))))),
      walk),
    range(if(hello_body = '' OR extensions_end != length(hello_body) + 1, 0, least(128, intDiv(extensions_length, 4)))),
    (toUInt64(extensions_at + 2), CAST([], 'Array(Tuple(UInt16, UInt64, UInt64))'))) AS walked,
  hello_body != '' AND ciphers_length % 2 = 0 AND (extensions_at = length(hello_body) + 1
    OR (extensions_end = length(hello_body) + 1 AND walked.1 = extensions_end)) AS is_read,
  if(is_read, walked.2, []) AS extensions_read,
  arrayMap(wanted -> arrayFirst(one -> one.1 = wanted, extensions_read), [10, 11, 13, 16, 43]) AS places
FROM mapped;

-- What it lists. Lists in extensions have their own length before them; what goes beyond the extension is no part of them.
SELECT
  if(is_read, reinterpretAsUInt16(reverse(substring(hello_body, 1, 2))), told_version) AS tls_client_version,
  if(is_read, arrayMap(at -> reinterpretAsUInt16(reverse(substring(hello_body, at, 2))),
    range(places[5].2 + 1, places[5].2 + 1 + bitAnd(toUInt64(if(places[5].3 > 0, places[5].3 - 1, 0)), 0xFFFE), 2)), told_supported_versions)
    AS tls_client_supported_versions,
  if(is_read, arrayMap(at -> reinterpretAsUInt16(reverse(substring(hello_body, at, 2))),
    range(ciphers_at + 2, compression_at, 2)), told_ciphers) AS tls_client_ciphers,
  if(is_read, arrayMap(one -> one.1, extensions_read), told_extensions) AS tls_client_extensions,
  if(is_read, arrayMap(at -> reinterpretAsUInt16(reverse(substring(hello_body, at, 2))),
    range(places[1].2 + 2, places[1].2 + bitAnd(places[1].3, 0xFFFE), 2)), told_curves) AS tls_client_curves,
  if(is_read, arrayMap(at -> toUInt16(reinterpretAsUInt8(substring(hello_body, at, 1))),
    range(places[2].2 + 1, places[2].2 + places[2].3, 1)), told_point_formats) AS tls_client_point_formats,
  if(is_read, arrayMap(at -> reinterpretAsUInt16(reverse(substring(hello_body, at, 2))),
    range(places[3].2 + 2, places[3].2 + bitAnd(places[3].3, 0xFFFE), 2)), told_signature_algorithms)
    AS tls_client_signature_algorithms,
  if(is_read, arrayFold(
    (walk, turn) -> if(walk.1 < places[4].2 + places[4].3,
      (toUInt64(walk.1 + 1 + reinterpretAsUInt8(substring(hello_body, walk.1, 1))),
        arrayPushBack(walk.2, substring(hello_body, walk.1 + 1,
          least(reinterpretAsUInt8(substring(hello_body, walk.1, 1)), toUInt64(places[4].2 + places[4].3 - walk.1 - 1))))),
      walk),
    range(if(is_read AND places[4].3 > 2, 16, 0)), (toUInt64(places[4].2 + 2), CAST([], 'Array(String)'))).2, told_alpn)
    AS tls_client_alpn
FROM mapped;

-- Without GREASE (RFC 8701): two equal bytes that end in A.
SELECT
  arrayMap(list -> arrayFilter(one -> bitAnd(one, 0x0F0F) != 0x0A0A OR intDiv(one, 256) != one % 256, list), [
    tls_client_ciphers, tls_client_extensions, tls_client_curves, tls_client_supported_versions,
    tls_client_signature_algorithms]) AS offered,
  arrayMap(list -> arrayMap(one -> leftPad(lower(hex(one)), 4, '0'), list), offered) AS offered_hex,
  multiIf(empty(offered[4]), tls_client_version, arrayExists(one -> one >= 0xFE00, offered[4]), arrayMin(offered[4]),
    arrayMax(offered[4])) AS highest,
  arrayFilter(one -> one NOT IN ('0000', '0010'), offered_hex[2]) AS hashed_extensions,
  tls_client_alpn[1] AS protocol,
  multiIf(protocol = '', '00',
    match(substring(protocol, 1, 1), '^[0-9A-Za-z]$') AND match(substring(protocol, length(protocol), 1), '^[0-9A-Za-z]$'),
    concat(substring(protocol, 1, 1), substring(protocol, length(protocol), 1)),
    lower(concat(substring(hex(protocol), 1, 1), substring(hex(protocol), length(hex(protocol)), 1)))) AS protocol_ends
FROM mapped;

SELECT
  multiIf(
    told_ja3 != '', lower(told_ja3),
    empty(tls_client_ciphers) OR tls_client_version IS NULL
      OR (NOT is_read AND ((has(tls_client_extensions, 10) AND empty(tls_client_curves))
        OR (has(tls_client_extensions, 11) AND empty(tls_client_point_formats)))), '',
    lower(hex(MD5(concat(toString(assumeNotNull(tls_client_version)), ',', arrayStringConcat(offered[1], '-'), ',',
      arrayStringConcat(offered[2], '-'), ',', arrayStringConcat(offered[3], '-'), ',',
      arrayStringConcat(tls_client_point_formats, '-')))))) AS tls_ja3,
  multiIf(
    told_ja4 != '', told_ja4,
    empty(tls_client_ciphers) OR highest IS NULL
      OR (NOT is_read AND ((has(tls_client_extensions, 13) AND empty(tls_client_signature_algorithms))
        OR (has(tls_client_extensions, 16) AND empty(tls_client_alpn))
        OR (has(tls_client_extensions, 43) AND empty(tls_client_supported_versions)))), '',
    concat(
      multiIf(hasAny(tls_client_extensions, [57, 65445]), 'q', assumeNotNull(highest) >= 0xFE00, 'd', 't'),
      transform(assumeNotNull(highest), [772, 771, 770, 769, 768, 2, 65279, 65277, 65276],
        ['13', '12', '11', '10', 's3', 's2', 'd1', 'd2', 'd3'], '00'),
      if(has(tls_client_extensions, 0), 'd', 'i'),
      leftPad(toString(least(99, length(offered[1]))), 2, '0'),
      leftPad(toString(least(99, length(offered[2]))), 2, '0'),
      protocol_ends, '_',
      if(empty(offered[1]), '000000000000',
        substring(lower(hex(SHA256(arrayStringConcat(arraySort(offered_hex[1]), ',')))), 1, 12)), '_',
      if(empty(hashed_extensions), '000000000000',
        substring(lower(hex(SHA256(concat(
          arrayStringConcat(arraySort(hashed_extensions), ','),
          if(empty(offered[5]), '', concat('_', arrayStringConcat(offered_hex[5], ','))))))), 1, 12)))) AS tls_ja4
FROM mapped
