import type { Format } from '../src/mapping/index.ts'

/** A body of evidence that is measured as one: files of one producer in one format. */
export type Subject = {
  readonly name: string
  readonly producer: 'zeek' | 'suricata'
  readonly format: Exclude<Format, 'certificates'>
  readonly files: readonly string[]
}
