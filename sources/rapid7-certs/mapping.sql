-- The certs file of Project Sonar's SSL data sets (rapid7/sonar, wiki pages "SSL Certificates" and "More SSL
-- Certificates"): SHA-1 and the DER in base64, without a line of names. With one, the columns are called sha1 and
-- certificate here, and timestamp if somebody added it.
--
-- The file does not say when a certificate was met: its date stands in its name alone, which is never trusted. So the
-- time is the start of validity as the DER has it (the first UTCTime or GeneralizedTime, RFC 5280 §4.1.2.5): before it
-- nobody could meet it, unless it was dated back. A DER without one gets 1970, and is reported as implausible. The SHA-1
-- is computed anew; that of the file is part of the identity and no more.
SELECT
  ['rapid7', 'certificate', lower(hex(sha1)), lower(hex(SHA256(certificate)))] AS identity,
  extract(certificate, '\x17\x0d([0-9]{12})Z') AS short_time,
  extract(certificate, '\x18\x0f([0-9]{14})Z') AS long_time,
  if(short_time != '', concat(if(short_time >= '5', '19', '20'), short_time), long_time) AS valid_from,
  assumeNotNull(coalesce(timestamp, parseDateTime64BestEffortOrNull(valid_from, 6, 'UTC'), toDateTime64(0, 6, 'UTC'))) AS event_time,
  'scan' AS sighting,
  SHA256(certificate) AS certificate_sha256,
  SHA1(certificate) AS certificate_sha1,
  MD5(certificate) AS certificate_md5,
  parseDateTime64BestEffortOrNull(valid_from, 6, 'UTC') AS certificate_not_before,
  certificate AS certificate_der
FROM record
