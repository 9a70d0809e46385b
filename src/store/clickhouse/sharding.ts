/**
 * On which shard of a cluster a row lives, by table: an expression over its columns, read modulo the number of shards.
 * It must be a function of the row alone, so that a repeated insertion under the same token sends the same rows to the
 * same shards. One line for every table; a test holds this list equal to the schema.
 */

/** Events spread evenly by what identifies them: 128 bits of SHA-256. */
const byEvent = 'sipHash64(event_uid)'

/** All that is known of a piece of evidence stays together; there are many of them, each small. */
const byEvidence = 'sipHash64(evidence_id)'

const byCertificate = 'sipHash64(certificate_id)'

const byValue = 'sipHash64(attribute, value)'

export const shardingKeys: Readonly<Record<string, string>> = {
  evidence: byEvidence,
  evidence_chunk: byEvidence,
  malformed: byEvidence,
  /** A catalogue is read as a whole. */
  intel_entry: 'sipHash64(catalogue)',
  tls_session: byEvent,
  dns_query: byEvent,
  http_request: byEvent,
  network_flow: byEvent,
  database_session: byEvent,
  network_alert: byEvent,
  windows_event: byEvent,
  registry_value: byEvent,
  file_signature: byEvent,
  ct_log_fault: byEvent,
  /**
   * All sightings of a certificate stay together, so that what is known of it is merged on one shard. Where the sensor
   * gives SHA-1 alone, by that; where it gives neither, by the event.
   */
  certificate_sighting:
    'sipHash64(coalesce(toString(certificate_sha256), toString(certificate_sha1), toString(event_uid)))',
  /** What is known of a certificate stays together. */
  certificate: byCertificate,
  certificate_host: byCertificate,
  certificate_name: byCertificate,
  /** Looked up by name, of which there are few a certificate. */
  certificate_alias: 'sipHash64(kind, value)',
  /** A pivot asks who has a value: one shard knows all of them. */
  certificate_pivot: byValue,
  pivot_frequency: byValue,
  learned_suppression: byValue,
  pivot_snapshot: 'sipHash64(snapshot)',
  owner_group: 'sipHash64(owner)',
  /** All that an entity did stays together. */
  activity: 'sipHash64(entity)',
  activity_presence: 'sipHash64(entity)',
  /** Small, and read as a whole. */
  activity_taken: 'sipHash64(family)',
  rate_exceedance: 'sipHash64(snapshot)',
}

/** Kept on each node for itself: which migrations it has seen. */
export const localTables: ReadonlySet<string> = new Set(['schema_migration'])
