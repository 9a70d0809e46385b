/**
 * What changed in what machines trust: certificate stores, slots of trust providers and SIPs, policies. Outlives the
 * records it was told by, so an entry carries what they said (specification AN1246 §2.8).
 */

export type TrustObjectKind = 'certificate' | 'slot' | 'policy'

/** By an event: `set`, `deleted`. By two snapshots: `appeared`, `disappeared`, `changed`. */
export type TrustOperation = 'set' | 'deleted' | 'appeared' | 'disappeared' | 'changed'

/** Who did it, as the records told; copied, because they expire. Empty: they did not tell. */
export type TrustActor = {
  /** Path of the program. */
  readonly actor_process: string
  readonly actor_process_entity_id: string
  readonly actor_command_line: string
  /** Path of the program that started it. */
  readonly actor_parent: string
  readonly actor_user: string
  /** SID. */
  readonly actor_user_id: string
  /** Of Windows, in lower case: `0x3e7`. */
  readonly actor_logon_id: string
  /** Of Security 4624: `2` at the console, `3` over the network, `10` by remote desktop. */
  readonly actor_logon_type: string
  /** From where the session of that logon came. */
  readonly actor_source_address: string
}

export type TrustChange = TrustActor & {
  /** Lower case; empty when no record names it. */
  readonly host: string
  readonly object_kind: TrustObjectKind
  /**
   * Lower case. `certificate`: registry key of the store, `|`, SHA-1. `slot`: `x64` or `x86`, `|`, function, `|`, GUID, `|`,
   * name of the value (empty: the whole slot). `policy`: view as `x86|` or nothing, registry key, `\`, name of the value.
   */
  readonly object: string
  /** For people: subject of the certificate, where the evidence has it. */
  readonly described: string
  readonly operation: TrustOperation
  /** Null: not known. Of a certificate: `sha256:` and the digest of its Blob. */
  readonly before: string | null
  /** Null: not known, or gone. */
  readonly after: string | null
  /** ISO 8601 UTC with microseconds. Equal to `changed_until` for an event; of snapshots, the last one that had the old. */
  readonly changed_from: string
  /** Of snapshots, the first one that has the new. */
  readonly changed_until: string
  readonly provenance: 'event' | 'snapshot'
  readonly event_uid: string
  readonly evidence_file: string
  readonly record_number: number
  /** What makes two tellings the same one. A second entry with the same key is not taken. */
  readonly evidence_key: string
}

/** Text in it is as the case store keeps it: NUL and broken surrogates escaped, so that others can hash it too. */
export type TrustEntry = TrustChange & {
  /** From 1, without a gap. */
  readonly sequence: number
  /** By the clock of the database. */
  readonly recorded_at: string
  /** 64 lower-case hexadecimal digits; zeros before the first. */
  readonly previous_hash: string
  /** See {@link hashOfEntry}. */
  readonly hash: string
}

export type TrustQuestion = {
  /** Only entries after this sequence. Default 0. */
  readonly after?: number
  /** At most so many. Default 1,000. */
  readonly limit?: number
  /** Whole name, in any case. */
  readonly host?: string
  /** Text that stands in `object`, in any case. */
  readonly object?: string
  readonly kind?: TrustObjectKind
  /** Changes that may have happened at this moment or after: ISO 8601. */
  readonly since?: string
  /** Changes that may have happened before this moment. */
  readonly until?: string
}

/** A part of the case store. Only grows. Many processes may append at once: they are put in a row. */
export interface TrustLedger {
  /**
   * Adds what is not there, in the given order, and says how many that were. A `before` that nobody told is taken from the
   * entry before for the same object. Batches are durable one by one: after a failure, append all of it again.
   */
  appendTrust(changes: readonly TrustChange[]): Promise<number>
  /** A page, by sequence. */
  trustEntries(question?: TrustQuestion): Promise<readonly TrustEntry[]>
  /** The last entry; undefined for an empty ledger. */
  trustHead(): Promise<{ readonly sequence: number; readonly hash: string } | undefined>
  /** Everything in the store of evidence before this ingest_sequence was looked at. 0: nothing. */
  trustPosition(): Promise<number>
  setTrustPosition(ingestSequence: number): Promise<void>
}
