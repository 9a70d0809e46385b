-- What lies in the Root stores of a host, as Velociraptor's artifact Windows.System.RootCAStore reads it out of the registry:
-- machine, group policy and users (Velociraptor's definition of the artifact, and the form of its rows in a public program
-- that reads them, 2024; no file of it was seen). CSV has Certificate as JSON within a field.
--
-- It is a state, not an act: the time is when the certificate's key was last written, UTC. FingerPrint is property 3 of the
-- store, which whoever writes the store can set; the artifact does not tell the certificate itself, so nothing is verified.
-- SerialNumber is kept in extra: whether it is decimal was not seen. Which host it is, is told by ClientId and Fqdn where
-- results of several hosts were put together, and otherwise only by the name of the file; both are in extra.
SELECT
  ['velociraptor', ifNull(ClientId, ''), ifNull(Fqdn, ''), lower("_RegistryValue"), lower(hex(FingerPrint))] AS identity,
  ModTime AS event_time,
  'store' AS sighting,
  extractGroups("_RegistryValue", '(?i)^\\\\?(?:HKEY_LOCAL_MACHINE|HKEY_USERS\\\\([^\\\\]{1,200}))\\\\SOFTWARE\\\\(Policies\\\\)?Microsoft\\\\SystemCertificates\\\\([^\\\\]{1,200})\\\\Certificates\\\\')
    AS place,
  multiIf(empty(place), '', place[1] = '', concat(if(place[2] = '', 'LocalMachine\\', 'LocalMachineGroupPolicy\\'), place[3]),
    concat(if(place[2] = '', 'Users\\', 'UsersGroupPolicy\\'), place[1], '\\', place[3])) AS certificate_store,
  FingerPrint AS certificate_sha1,
  ifNull(Certificate, '{}') AS told,
  JSONExtractString(told, 'Subject') AS certificate_subject,
  JSONExtractString(told, 'Issuer') AS certificate_issuer,
  parseDateTime64BestEffortOrNull(JSONExtractString(told, 'NotBefore'), 6, 'UTC') AS certificate_not_before,
  parseDateTime64BestEffortOrNull(JSONExtractString(told, 'NotAfter'), 6, 'UTC') AS certificate_not_after,
  JSONExtractString(told, 'SignatureAlgorithm') AS certificate_signature_algorithm,
  if(certificate_subject = '' OR certificate_issuer = '', NULL, certificate_subject = certificate_issuer) AS certificate_self_issued,
  mapUpdate(record.extra, CAST(arrayFilter(pair -> pair.2 != '', [('_RegistryValue', "_RegistryValue"), ('ClientId', ifNull(ClientId, '')),
    ('Fqdn', ifNull(Fqdn, '')), ('Certificate/SerialNumber', JSONExtractString(told, 'SerialNumber')),
    ('Certificate/PublicKey', JSONExtractString(told, 'PublicKey')), ('Certificate/Extensions', JSONExtractRaw(told, 'Extensions'))]),
    'Map(LowCardinality(String), String)')) AS extra
FROM record
