-- Zeek notice.log (scripts/base/frameworks/notice/main.zeek). The columns read here are there since Zeek 2.0; actions,
-- suppress_for, n, peer_descr, file_* and remote_location.* are kept in extra, and so is dropped (until 2.6).
--
-- A notice need not belong to a connection. Then src, dst and p say whom it is about, as far as the script knew: src is
-- not always who opened the connection. Zeek gives no severity.
SELECT
  [ifNull(uid, ''), 'notice', toString(ts), note, ifNull(msg, ''), ifNull(sub, ''), ifNull(fuid, '')] AS identity,
  ts AS event_time,
  uid AS connection_id,
  coalesce("id.orig_h", src) AS source_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(coalesce("id.orig_h", src)), '^::ffff:', ''), '') AS source_address,
  "id.orig_p" AS source_port,
  coalesce("id.resp_h", dst) AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(coalesce("id.resp_h", dst)), '^::ffff:', ''), '') AS destination_address,
  coalesce("id.resp_p", p) AS destination_port,
  lower(proto) AS network_transport,
  note AS alert_name,
  note AS alert_id,
  splitByString('::', note)[1] AS alert_category,
  arrayStringConcat(arrayFilter(part -> part != '', [ifNull(msg, ''), ifNull(sub, '')]), ' — ') AS alert_message
FROM record
