/**
 * The dictionary: every field of every event kind, once. A field has one name and one type from mapping to column,
 * rule, API, export and screen. Names follow the Elastic Common Schema with underscores for dots where it has one.
 *
 * Strings are never NULL: empty means "the record does not say". Numbers, booleans and times that a record may leave
 * out are Nullable. Hashes are bytes inside the store and lower-case hexadecimal at every edge.
 */

/** A ClickHouse type, exactly as the column has it. */
export type ColumnType = string

export type Field = {
  readonly type: ColumnType
  /** One sentence: what the value is, its unit or basis, and what empty means where that is not plain. */
  readonly meaning: string
}

const text = (meaning: string): Field => ({ type: 'String', meaning })
const word = (meaning: string): Field => ({ type: 'LowCardinality(String)', meaning })
const texts = (meaning: string): Field => ({ type: 'Array(String)', meaning })
const flag = (meaning: string): Field => ({ type: 'Nullable(Bool)', meaning })
const count = (meaning: string): Field => ({ type: 'Nullable(UInt64)', meaning })
const small = (meaning: string): Field => ({ type: 'Nullable(UInt16)', meaning })
const numbers = (meaning: string): Field => ({ type: 'Array(UInt16)', meaning })
const time = (meaning: string): Field => ({ type: "Nullable(DateTime64(6, 'UTC'))", meaning })
const sha256 = (meaning: string): Field => ({ type: 'Nullable(FixedString(32))', meaning })
const sha1 = (meaning: string): Field => ({ type: 'Nullable(FixedString(20))', meaning })

/** What every event has, whatever its kind. Filled by the frame around a mapping, never by the mapping itself. */
export const identityFields = {
  event_uid: {
    type: 'FixedString(16)',
    meaning: 'Where it was read: the first 16 bytes of SHA-256 over evidence id, record number and the record itself.',
  },
  record_key: {
    type: 'FixedString(16)',
    meaning: 'Which event it is, by the producer’s own identity: the same event read twice has one record_key.',
  },
  evidence_id: {
    type: 'LowCardinality(String)',
    meaning: 'Hexadecimal SHA-256 over the head of the evidence: the same for a log before and after it has grown.',
  },
  record_number: { type: 'UInt64', meaning: 'Line or record in the evidence, counted from 0 over everything in it.' },
  ingest_sequence: { type: 'UInt64', meaning: 'Order of arrival in this store; increases, with gaps.' },
  source: { type: 'LowCardinality(String)', meaning: 'The entry under sources/ whose mapping made the row.' },
  extra: {
    type: 'Map(LowCardinality(String), String)',
    meaning:
      'What the record has and no field holds: unknown columns, and values that did not fit their type, as text.',
  },
} as const satisfies Record<string, Field>

/** Filled by mappings. */
export const fields = {
  event_time: { type: "DateTime64(6, 'UTC')", meaning: 'When it happened by the producer’s clock, UTC microseconds.' },

  // Network endpoints
  connection_id: text('The sensor’s own name for the connection: Zeek uid, Suricata flow_id.'),
  source_ip: {
    type: 'Nullable(IPv6)',
    meaning: 'Address of the side that opened the connection; IPv4 is IPv4-mapped.',
  },
  source_address: text('The same as logged.'),
  source_port: small('Port of the side that opened the connection.'),
  destination_ip: {
    type: 'Nullable(IPv6)',
    meaning: 'Address of the side that was connected to; IPv4 is IPv4-mapped.',
  },
  destination_address: text('The same as logged.'),
  destination_port: small('Port that was connected to.'),
  network_transport: word('tcp, udp, icmp, in lower case.'),
  network_direction: word(
    'outbound, inbound, internal or external, by which side has a private, link-local, loopback or unique local address.',
  ),

  // TLS
  tls_version: word('As the sensor writes it: TLSv12, TLS 1.2.'),
  tls_cipher: word('Cipher suite as the sensor writes it.'),
  tls_curve: word('Key-exchange group as the sensor writes it.'),
  tls_server_name: text('SNI in lower case without a trailing dot; empty when none was sent or seen.'),
  tls_next_protocol: word('ALPN protocol that was agreed.'),
  tls_resumed: flag('A resumed session shows no certificate.'),
  tls_established: flag('The handshake came to its end.'),
  tls_last_alert: word('The last TLS alert seen on the connection.'),
  tls_validation_status: text('What the sensor said of the server’s chain, in its own words.'),
  tls_history: text(
    'Messages of the handshake in order as Zeek writes them (ssl_history); the client’s in upper case.',
  ),
  tls_client_version: small(
    'Version in the ClientHello beside its extensions, as a number: 771 is TLS 1.2. Empty where the sensor tells only the highest.',
  ),
  tls_client_supported_versions: numbers(
    'Versions of the extension supported_versions; one alone where the sensor tells only the highest.',
  ),
  tls_client_ciphers: numbers('Cipher suites the client offers, in its order.'),
  tls_client_extensions: numbers('Extensions of the ClientHello, in its order.'),
  tls_client_curves: numbers('Groups the client supports (extension 10), in its order.'),
  tls_client_point_formats: numbers('Point formats the client supports (extension 11).'),
  tls_client_signature_algorithms: numbers('Signature algorithms the client takes (extension 13), in its order.'),
  tls_client_alpn: texts('Protocols the client offers by ALPN, in its order.'),
  tls_ja3: word('JA3 of the client as 32 hexadecimal digits: the sensor’s, else computed from what the client offers.'),
  tls_ja3s: word('JA3S of the server as 32 hexadecimal digits.'),
  tls_ja4: word('JA4 of the client: the sensor’s, else computed from what the client offers.'),
  tls_ja4s: word('JA4S of the server as a sensor computed it; Counterseal does not compute it.'),
  tls_sni_matches_certificate: flag('Whether the sensor found the SNI among the names of the server’s certificate.'),
  server_certificate_sha256: sha256('SHA-256 of the DER of the server’s own certificate.'),
  server_certificate_sha1: sha1('SHA-1 of the DER of the server’s own certificate.'),
  server_certificate_file_id: text('The sensor’s name for the certificate’s bytes (Zeek fuid).'),
  server_certificate_chain: texts('Fingerprints or file ids of the chain as logged, the server’s own first.'),
  server_certificate_subject: text('Subject as the sensor writes it.'),
  server_certificate_names: texts('Names and addresses in its subjectAltName as the sensor logs them, in lower case.'),
  server_certificate_issuer: text('Issuer as the sensor writes it.'),
  server_certificate_serial: text('Serial number as the sensor writes it.'),
  server_certificate_not_before: time('Start of validity.'),
  server_certificate_not_after: time('End of validity.'),
  client_certificate_sha256: sha256('SHA-256 of the DER of the client’s certificate.'),
  client_certificate_subject: text('Subject of the client’s certificate as the sensor writes it.'),

  // Certificates seen
  sighting: word(
    'How the certificate was seen: tls (by a sensor), file (given to Counterseal), ct (in a log), scan, store (of a machine), signature (of a file).',
  ),
  file_id: text('The sensor’s name for the certificate’s bytes (Zeek fuid).'),
  certificate_sha256: sha256('SHA-256 of the DER.'),
  certificate_sha1: sha1('SHA-1 of the DER.'),
  certificate_md5: { type: 'Nullable(FixedString(16))', meaning: 'MD5 of the DER.' },
  certificate_spki_sha256: sha256('SHA-256 of the DER SubjectPublicKeyInfo: the same key, whatever the certificate.'),
  certificate_tbs_no_ct_sha256: sha256(
    'SHA-256 of tbsCertificate without SCT list and poison: the same for a precertificate and its certificate.',
  ),
  certificate_subject: text('Subject, as the sensor writes it or as RFC 4514 text.'),
  certificate_issuer: text('Issuer, as the sensor writes it or as RFC 4514 text.'),
  certificate_serial: text('Serial number in upper-case hexadecimal without separators.'),
  certificate_not_before: time('Start of validity.'),
  certificate_not_after: time('End of validity.'),
  certificate_names: texts('Names and addresses in subjectAltName, in lower case.'),
  certificate_key_algorithm: word('Key algorithm as the sensor or reader writes it.'),
  certificate_key_bits: small('Size of the public key in bits.'),
  certificate_signature_algorithm: word('Signature algorithm as the sensor or reader writes it.'),
  certificate_self_issued: flag('Subject and issuer are the same and not empty.'),
  certificate_subject_key_id: text('subjectKeyIdentifier in lower-case hexadecimal.'),
  certificate_authority_key_id: text('keyIdentifier of authorityKeyIdentifier in lower-case hexadecimal.'),
  certificate_is_ca: flag('basicConstraints says CA.'),
  certificate_is_precertificate: flag('It has the poison extension: a CA’s promise to a log, no certificate.'),
  certificate_ja4x: word('JA4X as a sensor computed it; Counterseal does not compute it.'),
  certificate_der: text('The DER itself; empty when only its description was seen, or the certificate table has it.'),
  certificate_store: text(
    'The store of a machine it lies in: LocalMachine\\Root, LocalMachineGroupPolicy\\Root, LocalMachineEnterprise\\NTAuth, Services\\<service>\\MY, Users\\<SID>\\Root.',
  ),
  certificate_friendly_name: text('What whoever stored it called it (property 11).'),
  certificate_usages: texts('For what alone the store lets it be used, as object identifiers (property 9).'),
  certificate_restricted: flag('The store says for what it may be used; with no usages, for nothing.'),
  certificate_has_key: flag('The store says where its private key is, or was (property 2).'),
  certificate_properties: {
    type: 'Map(LowCardinality(String), String)',
    meaning: 'What else the store keeps with it, by the names of wincrypt.h or by number, in hexadecimal.',
  },
  tls_jarm: word('JARM of the server as 62 hexadecimal digits.'),
  ct_log: text('The log it was read from: name or URL, as the reader writes it.'),
  ct_entry_index: count('Index of the entry in that log.'),
  ct_log_id: text('SHA-256 of the key of the log, in lower-case hexadecimal.'),
  ct_fault: word('What the log did, as a code of docs/ct.md: ct/fork, ct/shrink, ct/root …'),
  ct_fault_by_log: flag(
    'Only the log itself, or whoever speaks in its name, can have caused it. False: it may be trouble on the way.',
  ),
  ct_fault_place: text('What tells it from others of its kind: sizes of trees, an index, a day.'),
  ct_fault_message: text('What was expected, and what was found.'),
  ct_fault_proof: text('Heads with their signatures, computed roots: JSON, with which anybody can verify it.'),
  ct_verified: flag(
    'Whether the entry was shown to be in the tree that the log signed; not known where others told of it.',
  ),

  // DNS
  dns_question_name: text('Name asked for, in lower case without a trailing dot.'),
  dns_question_type: word('A, AAAA, TXT …'),
  dns_response_code: word('NOERROR, NXDOMAIN …; empty when no answer was seen.'),
  dns_answers: texts('Answers as logged, in order.'),
  dns_transaction_id: small('DNS message id.'),

  // HTTP
  http_method: word('As sent.'),
  http_version: word('As logged.'),
  http_uri: text('Request target as sent, in its original percent-encoding.'),
  http_path: text('The part of the target before the query, original encoding.'),
  http_query: text('The part after the first question mark, original encoding.'),
  url_domain: text('Host asked for: the Host header, or the authority of an absolute target; lower case, no port.'),
  http_status: small('Status code of the response.'),
  http_user_agent: text('User-Agent as sent.'),
  http_referrer: text('Referer as sent.'),
  http_request_bytes: count('Body bytes of the request.'),
  http_response_bytes: count('Body bytes of the response.'),

  // Flows
  network_protocol: word('Application protocol the sensor recognised.'),
  flow_state: word('State of the connection in the sensor’s words.'),
  flow_duration: { type: 'Nullable(Float64)', meaning: 'Seconds from first to last packet.' },
  source_bytes: count('Payload bytes from the opening side.'),
  destination_bytes: count('Payload bytes from the answering side.'),
  source_packets: count('Packets from the opening side.'),
  destination_packets: count('Packets from the answering side.'),

  // Databases
  database_user: text('User named at start-up.'),
  database_name: text('Database named at start-up.'),
  database_application: text('Application name named at start-up.'),
  database_statement: text('The statement or message from the client, as far as the sensor logs it.'),
  database_success: flag('What the sensor says of the outcome.'),

  // Sensor alerts
  alert_name: text('Signature or notice.'),
  alert_id: text('The sensor’s identifier of the signature.'),
  alert_category: word('Category in the sensor’s words.'),
  alert_severity: small('Severity in the sensor’s scale.'),
  alert_message: text('What the sensor said of this instance.'),

  // Windows
  channel: word('Event log, in its canonical case.'),
  event_id: { type: 'UInt32', meaning: 'Event id within the provider.' },
  provider_name: word('Event provider.'),
  host_name: word('Computer as logged.'),
  record_id: count('EventRecordID in the log of origin.'),
  user_name: text('User as the record names it.'),
  user_id: text('Security identifier of the user, S-1-5-….'),
  logon_id: text('Logon session as logged, 0x….'),
  process_id: { type: 'Nullable(UInt32)', meaning: 'Process id the event is about.' },
  process_entity_id: text(
    'One process on one host: its ProcessGuid; where a process is created without one, host/process id/time. Else empty.',
  ),
  process_executable: text('Path of the process the event is about.'),
  process_command_line: text('Its command line.'),
  parent_process_id: { type: 'Nullable(UInt32)', meaning: 'Process id of its parent.' },
  parent_process_entity_id: text('ParentProcessGuid as logged.'),
  parent_process_executable: text('Path of its parent.'),
  parent_process_command_line: text('Command line of its parent.'),
  registry_path: text(
    'Key and value name as one path, as told: Sysmon TargetObject; 4657 ObjectName and ObjectValueName.',
  ),
  registry_key: text(
    'The key, one text for one key: HKLM or HKU\\<SID>, CurrentControlSet, without WOW6432Node; in the case it was told.',
  ),
  registry_value: text('Name of the value; empty for the default value, and where the key itself is meant.'),
  registry_view: word('x86 where the key was told below WOW6432Node.'),
  registry_data: text(
    'What was written, as text; numbers in decimal. Empty where the provider does not tell (binary, in Sysmon).',
  ),
  registry_data_type: word('REG_SZ, REG_DWORD …; empty where the provider does not tell.'),
  registry_data_before: text('What stood there before, where the provider tells (4657).'),
  registry_operation: word(
    'key_created, key_deleted, key_renamed, value_set, value_deleted, value_renamed; empty where it is none of these.',
  ),
  registry_control_set: small('Number of the ControlSet00n it was told below; the key has CurrentControlSet.'),
  registry_control_set_current: flag('Whether Windows took that one for CurrentControlSet; empty where nobody says.'),
  registry_data_bytes: count('Octets of the data, all of them.'),
  registry_data_hex: text('The octets in hexadecimal, at most the first 4,096; empty where registry_data tells them.'),
  registry_data_sha256: sha256('SHA-256 of all octets; NULL where registry_data tells the whole.'),
  registry_data_cut: flag('registry_data or registry_data_hex has the beginning only.'),
  registry_key_written: time('When a value or subkey of the key was last set or deleted. NULL in registry text.'),
  registry_snapshot_time: time('When the hive was last written, as its header says: it may be older than the copy.'),
  registry_hive: text('The end of the hive’s own path, as its header has it; empty in registry text.'),
  registry_problems: texts('What is wrong with the key, the value or the certificate in it, by code.'),
  dll_path: text('Module that was loaded.'),
  file_path: text('File the event is about.'),
  file_hashes: text('Hashes as logged: SHA256=…,MD5=….'),
  file_hash_sha256: sha256('SHA-256 out of the hashes.'),
  file_name: text('Name of the file as it was given to Counterseal, without its folder.'),
  file_size: count('Octets of the file.'),
  file_kind: word('pe, installer, script, catalog, or list (any other list of trust).'),
  file_hash_sha1: sha1('SHA-1 of the file.'),
  file_hash_md5: { type: 'Nullable(FixedString(16))', meaning: 'MD5 of the file.' },
  file_digest_sha256: sha256('SHA-256 of what a signature is over (Authenticode); NULL where none can be taken.'),
  file_digest_sha1: sha1('SHA-1 of the same.'),
  signature_status: word('What Counterseal makes of the signature: a status of docs/authenticode.md.'),
  signature_reasons: texts('Why it has that status, by code.'),
  signature_doubts: texts('What changes no status and must be told, by code: data that nothing signs, among others.'),
  signature_problems: texts('What is wrong with the file or the signature as they stand, by code.'),
  signature_root: text('Subject of the public root that the chain leads to; empty when it leads to none.'),
  signature_catalog_sha256: sha256(
    'SHA-256 of the catalog that vouches for the file; NULL when it has a signature itself.',
  ),
  signature_catalogs: count('Catalogs that were given along and asked. 0: none could have vouched for it.'),
  signature_signer: text('Subject of the signer, RFC 4514.'),
  signature_issuer: text('Issuer of the signer, RFC 4514.'),
  signature_chain_sha1: texts('SHA-1 of the certificates from the signer upwards, lower-case hexadecimal.'),
  signature_chain_sha256: texts('SHA-256 of the same.'),
  signature_chain_tbs: texts('SHA-1 and SHA-256 of their tbsCertificate, as CodeIntegrity tells them.'),
  signature_time: time('When it was signed by a timestamp that holds; NULL without one.'),
  signature_time_told: time('When the signer says it was.'),
  signature_program: text('What the signer calls the program.'),
  signature_bytes: count('Octets of the signature without what is signed: a place to carry data.'),
  signature_certificates: texts('The certificates that came with it, in base64: the chain first, at most 16.'),
  code_signature_subject: text('Signer as the host says.'),
  code_signature_status: word('What the host says of the signature: Valid, Unavailable ….'),
  code_signature_signed: word('true or false as logged.'),
  service_name: text('Service the event is about.'),
  script_text: text('Script block or command text.'),
  message: text('The rendered message, where the collector kept it.'),
  fields: {
    type: 'Map(LowCardinality(String), String)',
    meaning: 'Every field of the event data with its original name (spaces taken out) and text.',
  },
} as const satisfies Record<string, Field>

export type FieldName = keyof typeof fields
export type IdentityFieldName = keyof typeof identityFields

const endpoints = [
  'connection_id',
  'source_ip',
  'source_address',
  'source_port',
  'destination_ip',
  'destination_address',
  'destination_port',
  'network_transport',
  'network_direction',
] as const satisfies readonly FieldName[]

export type EventKindDefinition = {
  readonly meaning: string
  /** Fields beside {@link identityFields}, in column order. `event_time` is in every kind. */
  readonly fields: readonly FieldName[]
}

/** The event kinds. A kind's name is its table's name. */
export const eventKinds = {
  tls_session: {
    meaning: 'A TLS handshake a sensor saw.',
    fields: [
      'event_time',
      ...endpoints,
      'tls_version',
      'tls_cipher',
      'tls_curve',
      'tls_server_name',
      'tls_next_protocol',
      'tls_resumed',
      'tls_established',
      'tls_last_alert',
      'tls_validation_status',
      'tls_history',
      'tls_client_version',
      'tls_client_supported_versions',
      'tls_client_ciphers',
      'tls_client_extensions',
      'tls_client_curves',
      'tls_client_point_formats',
      'tls_client_signature_algorithms',
      'tls_client_alpn',
      'tls_ja3',
      'tls_ja3s',
      'tls_ja4',
      'tls_ja4s',
      'tls_sni_matches_certificate',
      'server_certificate_sha256',
      'server_certificate_sha1',
      'server_certificate_file_id',
      'server_certificate_chain',
      'server_certificate_subject',
      'server_certificate_names',
      'server_certificate_issuer',
      'server_certificate_serial',
      'server_certificate_not_before',
      'server_certificate_not_after',
      'client_certificate_sha256',
      'client_certificate_subject',
    ],
  },
  dns_query: {
    meaning: 'A DNS question, with its answer where the sensor saw one.',
    fields: [
      'event_time',
      ...endpoints,
      'dns_question_name',
      'dns_question_type',
      'dns_response_code',
      'dns_answers',
      'dns_transaction_id',
    ],
  },
  http_request: {
    meaning: 'An HTTP request, with its response where one was seen.',
    fields: [
      'event_time',
      ...endpoints,
      'http_method',
      'http_version',
      'http_uri',
      'http_path',
      'http_query',
      'url_domain',
      'http_status',
      'http_user_agent',
      'http_referrer',
      'http_request_bytes',
      'http_response_bytes',
      'user_name',
    ],
  },
  network_flow: {
    meaning: 'A connection or flow: who, with whom, how long, how much.',
    fields: [
      'event_time',
      ...endpoints,
      'network_protocol',
      'flow_state',
      'flow_duration',
      'source_bytes',
      'destination_bytes',
      'source_packets',
      'destination_packets',
    ],
  },
  database_session: {
    meaning: 'A message of a database protocol in the clear, such as PostgreSQL.',
    fields: [
      'event_time',
      ...endpoints,
      'database_user',
      'database_name',
      'database_application',
      'database_statement',
      'database_success',
    ],
  },
  network_alert: {
    meaning: 'What a network sensor said of a connection: a Suricata alert, a Zeek notice.',
    fields: ['event_time', ...endpoints, 'alert_name', 'alert_id', 'alert_category', 'alert_severity', 'alert_message'],
  },
  certificate_sighting: {
    meaning: 'A certificate, and how it came to be known.',
    fields: [
      'event_time',
      'sighting',
      'file_id',
      'destination_ip',
      'destination_address',
      'destination_port',
      'tls_server_name',
      'tls_jarm',
      'ct_log',
      'ct_entry_index',
      'ct_verified',
      'certificate_store',
      'certificate_sha256',
      'certificate_sha1',
      'certificate_md5',
      'certificate_spki_sha256',
      'certificate_tbs_no_ct_sha256',
      'certificate_subject',
      'certificate_issuer',
      'certificate_serial',
      'certificate_not_before',
      'certificate_not_after',
      'certificate_names',
      'certificate_key_algorithm',
      'certificate_key_bits',
      'certificate_signature_algorithm',
      'certificate_self_issued',
      'certificate_subject_key_id',
      'certificate_authority_key_id',
      'certificate_is_ca',
      'certificate_is_precertificate',
      'certificate_ja4x',
      'certificate_der',
    ],
  },
  windows_event: {
    meaning: 'An event of a Windows event log, whole.',
    fields: [
      'event_time',
      'channel',
      'event_id',
      'provider_name',
      'host_name',
      'record_id',
      'user_name',
      'user_id',
      'logon_id',
      'process_id',
      'process_entity_id',
      'process_executable',
      'process_command_line',
      'parent_process_id',
      'parent_process_entity_id',
      'parent_process_executable',
      'parent_process_command_line',
      'registry_path',
      'registry_key',
      'registry_value',
      'registry_view',
      'registry_data',
      'registry_data_type',
      'registry_data_before',
      'registry_operation',
      'dll_path',
      'file_path',
      'file_hashes',
      'file_hash_sha256',
      'code_signature_subject',
      'code_signature_status',
      'code_signature_signed',
      'service_name',
      'script_text',
      'message',
      'fields',
    ],
  },
  registry_value: {
    meaning:
      'What stands in the registry by a hive or a .reg file: a value, or a key without values. A state, not an act; event_time is when its key was last written, for registry text when it was read.',
    fields: [
      'event_time',
      'host_name',
      'registry_path',
      'registry_key',
      'registry_value',
      'registry_view',
      'registry_control_set',
      'registry_control_set_current',
      'registry_data',
      'registry_data_type',
      'registry_data_bytes',
      'registry_data_hex',
      'registry_data_sha256',
      'registry_data_cut',
      'registry_operation',
      'registry_key_written',
      'registry_snapshot_time',
      'registry_hive',
      'registry_problems',
      'sighting',
      'certificate_store',
      'certificate_sha256',
      'certificate_sha1',
      'certificate_spki_sha256',
      'certificate_subject',
      'certificate_issuer',
      'certificate_serial',
      'certificate_not_before',
      'certificate_not_after',
      'certificate_is_ca',
      'certificate_self_issued',
      'certificate_friendly_name',
      'certificate_usages',
      'certificate_restricted',
      'certificate_has_key',
      'certificate_properties',
      'certificate_der',
    ],
  },
  ct_log_fault: {
    meaning:
      'What a log of Certificate Transparency did that no log may do, and what shows it. event_time is when it was seen.',
    fields: [
      'event_time',
      'ct_log',
      'ct_log_id',
      'ct_fault',
      'ct_fault_by_log',
      'ct_fault_place',
      'ct_fault_message',
      'ct_fault_proof',
    ],
  },
  file_signature: {
    meaning:
      'A file that has a signature, or could have one, and whether it holds as Counterseal sees it. event_time is when it was read.',
    fields: [
      'event_time',
      'file_name',
      'file_size',
      'file_kind',
      'file_hash_sha256',
      'file_hash_sha1',
      'file_hash_md5',
      'file_digest_sha256',
      'file_digest_sha1',
      'signature_status',
      'signature_reasons',
      'signature_doubts',
      'signature_problems',
      'signature_root',
      'signature_catalog_sha256',
      'signature_catalogs',
      'signature_signer',
      'signature_issuer',
      'signature_chain_sha1',
      'signature_chain_sha256',
      'signature_chain_tbs',
      'signature_time',
      'signature_time_told',
      'signature_program',
      'signature_bytes',
      'sighting',
      'signature_certificates',
    ],
  },
} as const satisfies Record<string, EventKindDefinition>

export type EventKind = keyof typeof eventKinds

export const eventKindNames = Object.keys(eventKinds) as readonly EventKind[] // keys of a literal: the cast loses nothing

export function isEventKind(name: string): name is EventKind {
  return Object.hasOwn(eventKinds, name)
}

/** All columns of a kind's table in order, with their types: identity first, then the kind's own, then `extra`. */
export function columnsOf(kind: EventKind): ReadonlyMap<string, Field> {
  const { extra, ...identity } = identityFields
  return new Map<string, Field>([
    ...Object.entries(identity),
    ...eventKinds[kind].fields.map((name): [string, Field] => [name, fields[name]]),
    ['extra', extra],
  ])
}
