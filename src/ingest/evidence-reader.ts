import type { Problem } from '../base/index.ts'
import type { CutRecord, ReaderEnd } from '../formats/index.ts'
import type { Format } from '../mapping/index.ts'

/**
 * What evidence is. Sources read event logs, Event XML, hives, registry text, signed files and the text of certutil as the JSON
 * lines that are made of them, and declare those.
 */
export type EvidenceFormat =
  | Format
  | 'evtx'
  | 'event-xml'
  | 'registry-hive'
  | 'registry-text'
  | 'signed-file'
  | 'certutil-text'

/** A reader of evidence that cuts records, as ingest uses it: what `RecordReader` of `formats` is, and a little more. */
export type EvidenceReader = {
  add(bytes: Uint8Array): readonly EvidenceRecord[]
  end(mayGrow: boolean): ReaderEnd & {
    readonly records: readonly EvidenceRecord[]
    /** Records behind these, made one by one: of what is read only when all of it is there. Once. */
    readonly more?: Iterable<EvidenceRecord>
    readonly notes?: readonly Problem[]
  }
  /**
   * What tells the ledger that evidence is what was read before, up to a place: every byte up to there, or the octets of
   * its records alone, where what lies between them changes when records are added. Then the places of the ledger count
   * these octets too; quarantine has the places in the evidence either way. Default: bytes.
   */
  readonly fingerprint?: 'bytes' | 'records'
  /** What the evidence is, where the reader was not fed it: octets, and their SHA-256 in lower-case hexadecimal. */
  readonly whole?: { readonly bytes: number; readonly content_sha256: string }
}

export type EvidenceRecord = CutRecord & {
  /** What the fingerprint is over, where it is over records. Valid as long as the record is. */
  readonly octets?: Uint8Array
  /** What is wrong around here, and costs no record. A `where` is within the evidence. */
  readonly notes?: readonly Problem[]
}
