-- FortiOS 6.4 and later and FortiProxy, UTM log subtype ssl (Log Message Reference, 62000 to 62304; 62220 LOG_ID_SSL_HANDSHAKE_INFO, 62103
-- LOG_ID_SSL_NEGOTIATION_INFO): one line for a handshake that SSL inspection looked at, if its profile logs it. No real line was at
-- hand: fields are those of that reference, and their values as it describes them.
--
-- event_time is eventtime, in seconds or nanoseconds of UTC (FortiOS 6.0 and later); where it is missing, date and time in the zone of the
-- device, and where they are missing the header of syslog.
-- Subject and issuer are common names alone, the cipher a number (0x1301). The log does not say that a handshake came to its end. certhash
-- is taken for the SHA-1 of the server's certificate, for it has its length. What was decided and why is in tls_validation_status and extra.
SELECT
  ['fortigate', 'ssl', ifNull(devid, ''), ifNull(vd, ''), ifNull(sessionid, ''), toString(srcip), ifNull(toString(srcport), ''), toString(dstip), ifNull(toString(dstport), ''), ifNull(logid, ''), toString(toUnixTimestamp64Micro(event_time))] AS identity,
  assumeNotNull(coalesce(
    seconds + toIntervalMicrosecond(toUInt32OrZero(substring(rightPad(ifNull(fraction, ''), 6, '0'), 1, 6))),
    date + toIntervalSecond(ifNull(toUInt32OrZero(substring(time, 1, 2)) * 3600 + toUInt32OrZero(substring(time, 4, 2)) * 60 + toUInt32OrZero(substring(time, 7, 2)), 0)),
    syslog_time)) AS event_time,
  ifNull(sessionid, '') AS connection_id,
  srcip AS source_ip,
  replaceRegexpOne(IPv6NumToString(srcip), '^::ffff:', '') AS source_address,
  srcport AS source_port,
  dstip AS destination_ip,
  replaceRegexpOne(IPv6NumToString(dstip), '^::ffff:', '') AS destination_address,
  dstport AS destination_port,
  transform(ifNull(proto, ''), ['1', '6', '17', '58', '132'], ['icmp', 'tcp', 'udp', 'icmp', 'sctp'], ifNull(proto, '')) AS network_transport,
  ifNull(tlsver, '') AS tls_version,
  ifNull(cipher, '') AS tls_cipher,
  ifNull(kxcurve, '') AS tls_curve,
  trimRight(lower(coalesce(sni, hostname, '')), '.') AS tls_server_name,
  transform(lower(ifNull(handshake, '')), ['full', 'abbreviated', 'resumed'], [false, true, true], NULL) AS tls_resumed,
  coalesce(reason, msg, '') AS tls_validation_status,
  certhash AS server_certificate_sha1,
  if(cn IS NULL, '', concat('CN=', assumeNotNull(cn))) AS server_certificate_subject,
  arrayFilter(part -> part != '', splitByRegexp('[,; ]+', lower(ifNull(san, '')))) AS server_certificate_names,
  if(issuer IS NULL, '', concat('CN=', assumeNotNull(issuer))) AS server_certificate_issuer,
  ifNull(sn, '') AS server_certificate_serial,
  notbefore AS server_certificate_not_before,
  notafter AS server_certificate_not_after
FROM record
