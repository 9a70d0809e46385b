-- TLS in a connection that Cisco Firepower Threat Defense saw, decrypted or not ("Cisco Secure Firewall Threat Defense Syslog Messages", 430002 and
-- 430003 with SSLServerName or SSLCertificate; a real line in the corpora of Sekoia). See cisco-ftd-connection for what a connection is.
--
-- SSLCertificate is the SHA-1 of the server's certificate. SSLFlowStatus tells whether it was established: Success, or an error. Other
-- texts (a session that is not cached, an unsupported suite) are about decrypting and say neither. URL, its
-- category, bytes, packets and what the rule did stay in extra.
SELECT
  ['cisco-ftd', 'tls', ifNull(DeviceUUID, ''), ifNull(InstanceID, ''), ifNull(ConnectionID, ''), toString(toUnixTimestamp64Micro(event_time)), toString(SrcIP),
    ifNull(toString(SrcPort), ''), toString(DstIP), ifNull(toString(DstPort), '')] AS identity,
  assumeNotNull(coalesce(FirstPacketSecond, time, syslog_time)) AS event_time,
  ifNull(ConnectionID, '') AS connection_id,
  SrcIP AS source_ip,
  replaceRegexpOne(IPv6NumToString(SrcIP), '^::ffff:', '') AS source_address,
  SrcPort AS source_port,
  DstIP AS destination_ip,
  replaceRegexpOne(IPv6NumToString(DstIP), '^::ffff:', '') AS destination_address,
  DstPort AS destination_port,
  lower(ifNull(Protocol, '')) AS network_transport,
  ifNull(SSLVersion, '') AS tls_version,
  ifNull(SSLCipherSuite, '') AS tls_cipher,
  trimRight(lower(ifNull(SSLServerName, '')), '.') AS tls_server_name,
  multiIf(SSLFlowStatus = 'Success', true, match(ifNull(SSLFlowStatus, ''), '(?i)error|failed'), false, NULL) AS tls_established,
  ifNull(SSLServerCertStatus, '') AS tls_validation_status,
  SSLCertificate AS server_certificate_sha1
FROM record
