-- Debug log of the DNS server of Windows (its own legend, "Message logging key"; lines seen at serverfault 684782 and in the corpora named
-- in the specification): one line for a packet that the server received or sent. Times are of the server's zone and locale.
--
-- Who asked is told by the way of the packet and by R, which marks an answer: the other side asks in a question received and
-- in an answer sent; in a question sent and in an answer received the server itself asked the other side. The log does not have
-- the server's own address, nor the client's port. A question and its answer have one record key: the message id, the two sides, name
-- and type within a minute. A response code is that of an answer: in a question the log writes NOERROR, which says nothing.
-- The name is written with the length before every label, (3)www(7)example(0). Updates and notifications (opcode U, N) name a zone.
SELECT
  ['windows-dns', toString(toStartOfMinute(time)), toString(remote), toString(is_asker), id, name, type] AS identity,
  time AS event_time,
  (way = 'Rcv') = (reply IS NULL) AS is_asker,
  if(is_asker, toNullable(remote), NULL) AS source_ip,
  if(is_asker, replaceRegexpOne(IPv6NumToString(remote), '^::ffff:', ''), '') AS source_address,
  if(is_asker, NULL, toNullable(remote)) AS destination_ip,
  if(is_asker, '', replaceRegexpOne(IPv6NumToString(remote), '^::ffff:', '')) AS destination_address,
  if(is_asker, NULL, toNullable(53)) AS destination_port,
  lower(transport) AS network_transport,
  trimBoth(replaceRegexpAll(lower(name), '\\([0-9]+\\)', '.'), '. ') AS dns_question_name,
  type AS dns_question_type,
  if(reply IS NULL, '', code) AS dns_response_code,
  reinterpretAsUInt16(reverse(unhex(id))) AS dns_transaction_id
FROM record
