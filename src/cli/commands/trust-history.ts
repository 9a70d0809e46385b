import { Command, InvalidArgumentError } from 'commander'
import { CountersealError } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import type { TrustEntry, TrustQuestion } from '../../model/index.ts'
import { byTime, entriesOf } from '../../trust/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, positiveInteger, withStoreOptions } from '../command.ts'
import { grouped, type Output } from '../output.ts'
import { showChange } from '../show-trust.ts'

type HistoryOptions = StoreOptions & {
  readonly certificate?: string
  readonly slot?: string
  readonly host?: string
  readonly since?: string
  readonly until?: string
  readonly limit: number
}

/** Entries that are put in the order of time for people; of more the rest is not looked at, and that is said. */
const mostEntries = 100_000

export function trustHistoryCommand(): Command {
  const command = new Command('history')
    .description('who changed a certificate, a slot or a policy, when and from where: by the ledger alone')
    .option('--certificate <sha1>', 'of this certificate: SHA-1 in hexadecimal digits', thumbprint)
    .option('--slot <text>', 'of slots, policies and stores whose name has this text, in any case')
    .option('--host <name>', 'on this host: its whole name')
    .option('--since <time>', 'what may have happened at this time or after: ISO 8601', momentText)
    .option('--until <time>', 'what may have happened before this time', momentText)
    .option(
      '--limit <n>',
      'show at most this many, the newest; --json has all, as they were recorded',
      positiveInteger,
      50,
    )
    .addHelpText(
      'after',
      examples(
        'counterseal trust history --certificate 1f3d38f280635f275be92b87cf83e40e40458400',
        'counterseal trust history --slot finalpolicy --since 2026-05-01 --json',
      ),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<HistoryOptions>(
      async ({ app, output, options, signal }) => {
        const { certificate, slot, limit } = options
        if (certificate !== undefined && slot !== undefined)
          throw new CountersealError('usage/bad-argument', {
            message: 'Ask for a certificate or for a slot, not for both.',
          })
        const found = entriesOf(await app.cases(), question(options), signal)
        if (output.json) for await (const entry of found) output.record({ type: 'trust_entry', ...entry })
        else await show(output, found, limit)
        return 0
      },
      { data: defaultData },
    ),
  )
}

async function show(output: Output, found: AsyncIterable<TrustEntry>, limit: number): Promise<void> {
  const entries: TrustEntry[] = []
  let cut = false
  for await (const entry of found) {
    cut = entries.length === mostEntries
    if (cut) break
    entries.push(entry)
  }
  entries.sort(byTime)
  for (const entry of entries.slice(-limit)) showChange(output, entry)
  if (entries.length === 0) output.line('The ledger tells of no such change.')
  if (entries.length > limit)
    output.line(`and ${grouped(entries.length - limit)} older: --limit ${entries.length}, or --json`)
  if (cut)
    output.note(
      `Only the first ${grouped(mostEntries)} entries were looked at; ask for less time, one host, or --json.`,
    )
}

function question({ certificate, slot, host, since, until }: HistoryOptions): Omit<TrustQuestion, 'after' | 'limit'> {
  const object = certificate === undefined ? slot : `|${certificate}`
  return {
    ...(object === undefined ? {} : { object }),
    ...(host === undefined ? {} : { host }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(certificate === undefined ? {} : { kind: 'certificate' as const }),
  }
}

function thumbprint(text: string): string {
  const digits = text.replaceAll(/[ :]/g, '').toLowerCase()
  if (!/^[0-9a-f]{40}$/.test(digits)) throw new InvalidArgumentError('It must be a SHA-1: 40 hexadecimal digits.')
  return digits
}

/** A time without a zone is UTC. */
export function momentText(text: string): string {
  const zoned = /(?:Z|[+-]\d\d:\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`
  const time = new Date(zoned)
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It must be a time as in ISO 8601: 2026-05-01 or 2026-05-01T08:00:00Z.')
  return time.toISOString()
}
