import type { CtLedger } from '../../model/index.ts'
import type { BundleReader } from '../bundle-reader.ts'
import type { IngestContext } from '../context.ts'
import type { InTurn } from './turns.ts'

/** What reading logs needs beside what reading evidence does. */
export type LogContext = IngestContext & {
  readonly ledger: CtLedger
  readonly reader: BundleReader
  /** Only entries with names near these domains are stored. */
  readonly watch?: readonly string[]
  /** Where several logs are read at once, what they give is stored by this. */
  readonly inTurn?: InTurn
}

/** What of a log is stored, as positions are kept by. */
export function scopeOf({ watch }: Pick<LogContext, 'watch'>): string {
  return watch === undefined ? '' : [...watch].sort().join(' ')
}
