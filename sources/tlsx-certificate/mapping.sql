-- One line of `tlsx -json` (projectdiscovery/tlsx, pkg/tlsx/clients/clients.go, types Response and CertificateResponse at
-- commit 00da9b9): the server's own certificate, with -cert its PEM, from which the hashes then come. `chain`, with
-- -tls-chain, is not read and stays in extra. With -ctl the line is of a CT log: ctl_source is the log, ctl_index the
-- entry, and host and port say nothing of a server.
--
-- self_signed is said by key identifiers there, so it is worked out anew from the two names.
SELECT
  ['tlsx', host, toString(ifNull(port, 0)), toString(timestamp), lower(hex(ifNull(certificate_sha256, '')))] AS identity,
  timestamp AS event_time,
  if(ifNull(ctl_source, '') = '', 'scan', 'ct') AS sighting,
  if(sighting = 'ct', NULL, coalesce(ip, toIPv6OrNull(host))) AS destination_ip,
  ifNull(replaceRegexpOne(IPv6NumToString(destination_ip), '^::ffff:', ''), '') AS destination_address,
  if(sighting = 'ct', NULL, port) AS destination_port,
  if(sighting = 'ct', '', trimRight(lower(ifNull(sni, if(toIPv6OrNull(host) IS NULL, host, ''))), '.')) AS tls_server_name,
  jarm_hash AS tls_jarm,
  ctl_source AS ct_log,
  ctl_index AS ct_entry_index,
  if(certificate IS NULL, "fingerprint_hash/sha256", SHA256(assumeNotNull(certificate))) AS certificate_sha256,
  if(certificate IS NULL, "fingerprint_hash/sha1", SHA1(assumeNotNull(certificate))) AS certificate_sha1,
  if(certificate IS NULL, "fingerprint_hash/md5", MD5(assumeNotNull(certificate))) AS certificate_md5,
  subject_dn AS certificate_subject,
  issuer_dn AS certificate_issuer,
  upper(replaceAll(ifNull(serial, ''), ':', '')) AS certificate_serial,
  not_before AS certificate_not_before,
  not_after AS certificate_not_after,
  arrayMap(name -> lower(name), subject_an) AS certificate_names,
  if(certificate_subject IS NULL OR certificate_issuer IS NULL, NULL,
    certificate_subject = certificate_issuer AND certificate_subject != '') AS certificate_self_issued,
  ifNull(certificate, '') AS certificate_der
FROM record
