import type { Problem } from '../base/index.ts'
import type { Chunk } from './chunk.ts'
import type { Value, ValueType } from './value.ts'

/**
 * An event as it stands in a log. `toXml` and `toJson` show all of it; this is what a program needs. The octets of its
 * chunk must not change as long as those two may be called, and stay in memory as long as the record does.
 */
export type EventRecord = {
  /** The number in front of the record. In a log that was exported, `system.event_record_id` may be another. */
  readonly record_id: bigint
  /** When it was written to the log: 100 ns since 1601-01-01 UTC. */
  readonly written: bigint
  /** Where it begins in the file. */
  readonly offset: number
  readonly size: number
  /**
   * The log does not answer for it: it was found by searching, lies among records it does not belong to, or is torn. It may
   * have been deleted, or written over in part, and so may its template: what it says may be old, or wrong.
   */
  readonly recovered: boolean
  /** Absent when the record has no System that can be read. */
  readonly system: System | undefined
  /** What stands beside System: `EventData`, `UserData`, `ProcessingErrorData` …; empty when nothing does. */
  readonly payload: string
  /** The element in UserData, `CertGetCertificateChain`; empty elsewhere. */
  readonly payload_root: string
  /**
   * What the payload says, in its order; a name may stand more than once. The name of a field is that of its Data, or the
   * path of its element below the payload (below the root in UserData) with `/` in between; `@` is in front of attributes.
   * Values of a template that cannot be read are named by their number, `%1`.
   */
  readonly fields: readonly Field[]
  /** What the machine that forwarded the event made of it, `Message`, `Keywords/Keyword`. Empty in nearly all logs. */
  readonly rendering: readonly Field[]
  readonly problems: readonly Problem[]
  /** For `toXml` and `toJson`. */
  readonly source: { readonly chunk: Chunk; readonly start: number; readonly end: number }
}

export type Field = { readonly name: string; readonly type: ValueType; readonly value: Value }

/** Undefined is what the event does not say. */
export type System = {
  readonly provider_name: string | undefined
  /** As it was logged: in braces, in capitals or not. */
  readonly provider_guid: string | undefined
  readonly provider_event_source: string | undefined
  readonly event_id: number | undefined
  readonly qualifiers: number | undefined
  readonly version: number | undefined
  readonly level: number | undefined
  readonly task: number | undefined
  readonly opcode: number | undefined
  /** 64 bits. */
  readonly keywords: bigint | undefined
  /** 100 ns since 1601-01-01 UTC. */
  readonly time_created: bigint | undefined
  readonly event_record_id: bigint | undefined
  readonly activity_id: string | undefined
  readonly related_activity_id: string | undefined
  readonly process_id: number | undefined
  readonly thread_id: number | undefined
  readonly channel: string | undefined
  readonly computer: string | undefined
  readonly user_sid: string | undefined
  /** What else stands in System, `Execution@ProcessorID`. Nearly always empty. */
  readonly other: readonly Field[]
}
