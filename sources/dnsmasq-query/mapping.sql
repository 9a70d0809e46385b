-- dnsmasq's log of questions (src/cache.c, log_query), as it writes to syslog and to a file of its own, with and without serial numbers
-- (log-queries=extra). One line is a question, or one record of an answer, from upstream, the cache, the configuration or a hosts file.
--
-- With serial numbers every line has the client, and a question has one record key with all lines of its answer. Without them
-- an answer does not tell who asked, and source is empty. Where a question was forwarded to is left out as dnsmasq-other. An answer
-- `is` an address, <CNAME>, NXDOMAIN, NODATA, SERVFAIL or REFUSED; other kinds of records are not told. An answer
-- to a reverse question has the address for its name: here it has the name that was asked for. Times are whole seconds.
SELECT
  if(serial IS NULL,
    ['dnsmasq', toString(syslog_time), ifNull(toString(from), ''), ifNull(type, ''), lower(name), ifNull(answer, '')],
    ['dnsmasq', toString(toStartOfHour(syslog_time)), serial, ifNull(toString(client), ''), ifNull(toString(port), '')]) AS identity,
  syslog_time AS event_time,
  coalesce(from, client) AS source_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(coalesce(from, client)), '^::ffff:', ''), '') AS source_address,
  port AS source_port,
  '' AS network_direction,
  multiIf(toIPv4OrNull(name) IS NOT NULL, concat(arrayStringConcat(arrayReverse(splitByChar('.', name)), '.'), '.in-addr.arpa'),
    toIPv6OrNull(name) IS NOT NULL, concat(arrayStringConcat(arrayMap(nth -> substring(lower(hex(toIPv6OrZero(name))), 33 - nth, 1), range(1, 33)), '.'), '.ip6.arpa'),
    trimRight(lower(name), '.')) AS dns_question_name,
  replaceRegexpOne(ifNull(type, ''), '^type=', 'TYPE') AS dns_question_type,
  multiIf(answer IS NULL, '', startsWith(answer, 'NODATA'), 'NOERROR', match(answer, '^[A-Z]+$'), answer, 'NOERROR') AS dns_response_code,
  if(answer IS NULL OR match(answer, '^[A-Z]+(-IPv[46])?$'), [], [assumeNotNull(answer)]) AS dns_answers
FROM record
