import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describeProblem } from '../../base/index.ts'
import type { CtLog, Fault } from '../../ct/index.ts'
import { faultCodes } from '../../ct/index.ts'
import type { CtLedger } from '../../model/index.ts'
import type { IngestContext } from '../context.ts'
import { ingestFile } from '../ingest.ts'

export type FaultSeen = {
  readonly about: CtLog
  readonly fault: Fault
  /** What tells it from others of its kind: the same fault at the same place is one, however often it is seen. */
  readonly place: string
  readonly seenAt: Date
  /** All that is needed to show it to others. */
  readonly proof: Readonly<Record<string, unknown>>
}

/**
 * Keeps what a log did that no log may do: as a record that findings stand on, in a file of the spool, and in the case store with its proof. Says whether it
 * is new. After a death in between the record may be there twice, and is one.
 */
export async function keepFault(
  context: IngestContext & { readonly ledger: CtLedger },
  { about, fault, place, seenAt, proof }: FaultSeen,
): Promise<boolean> {
  const { log_id } = about
  const known = await context.ledger.ctFaults()
  if (known.some(one => one.log_id === log_id && one.code === fault.code && one.key === place)) return false
  const whole = { ...fault, ...proof }
  const record = {
    ct_log: about.monitoring_url,
    ct_log_id: log_id,
    ct_fault: fault.code,
    by_log: faultCodes[fault.code].by_log,
    place,
    message: describeProblem(fault),
    seen_at: seenAt.toISOString(),
    proof: JSON.stringify(whole),
  }
  const file = join(context.spool, 'ct-faults.ndjson')
  await mkdir(context.spool, { recursive: true })
  await appendFile(file, `${JSON.stringify(record)}\n`)
  await ingestFile(context, file)
  return await context.ledger.keepCtFault({ log_id, code: fault.code, key: place, seen_at: seenAt, proof: whole })
}
