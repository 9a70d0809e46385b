import { describeProblem } from '../base/index.ts'
import type { CtLog, Fault, TreeHead } from '../ct/index.ts'
import { faultCodes } from '../ct/index.ts'
import type { LogProgress, Reading, WatchedEntry } from '../ingest/index.ts'
import type { Output } from './output.ts'
import { printable, styled } from './output.ts'

export type LogReadingShown = {
  readonly about: CtLog
  readonly reading?: Reading
  readonly last?: LogProgress | undefined
  readonly head?: TreeHead
  readonly faults?: readonly Fault[]
  readonly watched?: readonly WatchedEntry[]
  /** Why nothing of it is verified. */
  readonly because?: string
}

/** What reading a log came to. */
export function showLogReading(
  output: Output,
  { about, reading, last, head, faults = [], watched = [], because }: LogReadingShown,
): void {
  const all = [...faults, ...(last?.fault === undefined ? [] : [last.fault])]
  const verified = because === undefined && last?.fault === undefined
  const told = {
    log: about.description,
    log_id: about.log_id,
    entries: reading?.records ?? 0,
    stored: reading?.stored ?? 0,
    known: reading?.known ?? 0,
    malformed: reading?.malformed ?? 0,
    ...(head === undefined
      ? {}
      : {
          tree_size: head.size,
          root: Buffer.from(head.root).toString('hex'),
          head_timestamp: new Date(head.timestamp).toISOString(),
        }),
  }
  if (output.json) {
    output.record({
      type: 'ct_reading',
      ...told,
      verified,
      ...(because === undefined ? {} : { because }),
      faults: all,
      problems: reading?.problems ?? [],
    })
    for (const one of watched)
      output.record({ type: 'ct_watched', log: about.description, log_id: about.log_id, ...one })
    return
  }
  const number = (count: number) => count.toLocaleString('en-US')
  const counts = `${number(told.entries)} entries: ${number(told.stored - told.known)} new, ${number(told.known)} known, ${number(told.malformed)} malformed`
  const state = verified ? styled(output, 'green', 'verified') : styled(output, 'yellow', 'not verified')
  output.line(`${printable(about.description)}  ${counts}; ${state}${because === undefined ? '' : `: ${because}`}`)
  if (verified && head !== undefined)
    output.line(
      `  in the tree of ${number(head.size)} entries with the root ${told.root}, signed ${told.head_timestamp}`,
    )
  for (const one of watched) output.line(`  ${watchedLine(one)}`)
  for (const fault of all)
    output.line(
      `  ${styled(output, 'red', fault.code)}  ${faultCodes[fault.code].means} (${printable(describeProblem(fault))})`,
    )
  for (const problem of reading?.problems ?? []) output.note(printable(describeProblem(problem)))
}

/** `xn--pypl-53dc.com  confusable of paypal.com  entry 12` */
export function watchedLine({ index, name, how, domain, distance }: WatchedEntry): string {
  return `${printable(name)}  ${how}${distance === undefined ? '' : ` ${distance}`} of ${domain}  entry ${index}`
}
