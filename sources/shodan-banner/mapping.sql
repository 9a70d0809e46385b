-- A banner of Shodan, as `shodan download` writes them one on a line, and as its search (`matches`) and its host look-up
-- (`data`) wrap them (its banner specification; ssl.jarm, ssl.cert.fingerprint, ssl.cert.expires as 20270720194415Z seen in
-- tests of its users). ssl.chain has PEM, the server's own certificate first: where it is there, it is decoded and the
-- hashes are over it. The rest of the chain is not read.
--
-- serial is a whole number without bounds, which no JSON reader of 64 bits takes: our own puts it between quotes on the
-- way in, so Shodan's files are always read as documents. Names in subjectAltName are in the DER alone, since Shodan
-- shows the extension as undecoded bytes. Subject and issuer are objects there, and are written here in their order.
-- Large members that nobody asks for here (data, http, opts) stay in extra.
SELECT
  ['shodan', toString(ip_str), toString(port), toString(timestamp), lower(hex(ifNull(certificate_sha1, '')))] AS identity,
  timestamp AS event_time,
  'scan' AS sighting,
  ip_str AS destination_ip,
  replaceRegexpOne(IPv6NumToString(ip_str), '^::ffff:', '') AS destination_address,
  port AS destination_port,
  trimRight(lower(ifNull("_shodan/options/hostname", '')), '.') AS tls_server_name,
  "ssl/jarm" AS tls_jarm,
  tryBase64Decode(replaceRegexpAll("ssl/chain"[1], '-----[A-Z ]+-----|[^A-Za-z0-9+/=]', '')) AS decoded,
  if(startsWith(decoded, '0'), decoded, '') AS certificate_der,
  if(certificate_der = '', "ssl/cert/fingerprint/sha256", SHA256(certificate_der)) AS certificate_sha256,
  if(certificate_der = '', "ssl/cert/fingerprint/sha1", SHA1(certificate_der)) AS certificate_sha1,
  if(certificate_der = '', NULL, MD5(certificate_der)) AS certificate_md5,
  arrayStringConcat(arrayMap(pair -> concat(pair.1, '=', pair.2),
    JSONExtractKeysAndValues(ifNull("ssl/cert/subject", '{}'), 'String')), ', ') AS certificate_subject,
  arrayStringConcat(arrayMap(pair -> concat(pair.1, '=', pair.2),
    JSONExtractKeysAndValues(ifNull("ssl/cert/issuer", '{}'), 'String')), ', ') AS certificate_issuer,
  if(match("ssl/cert/serial", '^[0-9]{1,60}$'), hex(toUInt256OrZero(assumeNotNull("ssl/cert/serial"))), '') AS certificate_serial,
  parseDateTime64BestEffortOrNull("ssl/cert/issued", 6, 'UTC') AS certificate_not_before,
  parseDateTime64BestEffortOrNull("ssl/cert/expires", 6, 'UTC') AS certificate_not_after,
  "ssl/cert/pubkey/type" AS certificate_key_algorithm,
  "ssl/cert/pubkey/bits" AS certificate_key_bits,
  "ssl/cert/sig_alg" AS certificate_signature_algorithm,
  if(certificate_subject = '' OR certificate_issuer = '', NULL, certificate_subject = certificate_issuer) AS certificate_self_issued
FROM record
