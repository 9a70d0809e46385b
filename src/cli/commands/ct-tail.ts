import { Command, InvalidArgumentError } from 'commander'
import type { App } from '../../app.ts'
import { describeProblem } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import type { CtLog, Fault, Log } from '../../ct/index.ts'
import { faultCodes } from '../../ct/index.ts'
import { tailLogs } from '../../ingest/index.ts'
import type { CtPosition } from '../../model/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, withStoreOptions } from '../command.ts'
import type { LogOptions, Turnstiles } from '../ct-logs.ts'
import { chosenLogs, logsOfLists, openLogs } from '../ct-logs.ts'
import { withLogContext } from '../log-context.ts'
import type { Output } from '../output.ts'
import { printable } from '../output.ts'
import { watchedLine } from '../show-log-reading.ts'

type TailOptions = StoreOptions & LogOptions & { readonly every: number; readonly log?: readonly string[] }

export function ctTailCommand(): Command {
  const command = new Command('tail')
    .description('follow logs from now on, several at once, until Ctrl-C; one that was followed goes on where it was')
    .argument('[logs...]', 'parts of their descriptions or URLs (default: all that take entries)')
    .addHelpText('after', examples('counterseal ct tail --log-list log_list.json --contact soc@example.org'))
  return withTailOptions(command).action(
    action<TailOptions>(
      async ({ app, output, options, args, signal }) => {
        await followLogs(app, output, { options, names: args, signal })
        return 0
      },
      { data: defaultData },
    ),
  )
}

export function ctWatchCommand(): Command {
  const command = new Command('watch')
    .description(
      'follow logs, and store only certificates for these domains, for names below them, and for names that look like them',
    )
    .argument('<domains...>', 'such as example.com; look-alikes are of its registered part')
    .option(
      '--log <name>',
      'only this log: a part of its description or URL (repeatable; default: all that take entries)',
      collect,
    )
    .addHelpText(
      'after',
      examples('counterseal ct watch example.com example.org --log-list log_list.json --contact soc@example.org'),
    )
  return withTailOptions(command).action(
    action<TailOptions>(
      async ({ app, output, options, args, signal }) => {
        await followLogs(app, output, { options, names: options.log ?? [], watch: args, signal })
        return 0
      },
      { data: defaultData },
    ),
  )
}

function withTailOptions(command: Command): Command {
  command
    .requiredOption(
      '--log-list <file>',
      'a log list v3, a file or an https URL, with its .sig beside it; read again every hour (repeatable)',
      collect,
    )
    .option('--contact <address>', 'where operators can complain; logs treat those better who name one')
    .option('--every <seconds>', 'between two looks at the head of a log', seconds, 300)
  return withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
}

type Following = {
  readonly options: TailOptions
  /** Of logs; none for all that take entries. */
  readonly names: readonly string[]
  readonly watch?: readonly string[]
  readonly signal: AbortSignal
}

async function followLogs(app: App, output: Output, { options, names, watch = [], signal }: Following): Promise<void> {
  const turnstiles: Turnstiles = new Map()
  const wanted = async () => {
    const listed = await logsOfLists(options, output)
    const positions = await (await app.cases()).ctPositions()
    const isFollowed = (log: CtLog) => takesEntries(log, new Date()) || isUnfinished(log, positions)
    const chosen = names.length === 0 ? listed.filter(isFollowed) : chosenLogs(listed, names)
    return openLogs(chosen, { ...options, turnstiles })
  }
  const logs = await wanted()
  output.note(`Following ${logs.length} logs; a look every ${options.every} s.`)
  const nameOf = ({ about }: Log) => printable(about.description)
  await withLogContext(app, { signal, watch }, context =>
    tailLogs(context, logs, {
      everyMs: options.every * 1000,
      relist: wanted,
      onHead: ({ about }, { faults }) => {
        for (const fault of faults) showFault(output, about, fault)
      },
      onProgress: ({ about }, { size, until, fault, watched }) => {
        const told = { log: about.description, log_id: about.log_id }
        for (const one of watched)
          if (output.json) output.record({ type: 'ct_watched', ...told, ...one })
          else output.line(`${watchedLine(one)}  ${printable(about.description)}`)
        if (output.json) output.record({ type: 'ct_progress', ...told, size, until })
        else if (watch.length === 0) output.line(`${printable(about.description)}  ${size} of ${until}`)
        if (fault !== undefined) showFault(output, about, fault)
      },
      onUnreachable: (log, error) => output.note(`${nameOf(log)}: ${printable(error.message)}`),
      onRelist: ({ added, gone }) => {
        for (const log of added) output.note(`${nameOf(log)} is followed from now on: the list has it.`)
        for (const log of gone)
          output.note(`${nameOf(log)} is not followed any more: the list does not have it, or it takes no entries.`)
      },
      onRelistFailed: error => output.note(`The list of logs could not be read again: ${printable(error.message)}`),
    }),
  )
}

function showFault(output: Output, { description, log_id }: CtLog, fault: Fault): void {
  if (output.json) output.record({ type: 'ct_fault', log: description, log_id, ...fault })
  else
    output.line(
      `${printable(description)}  ${fault.code}: ${faultCodes[fault.code].means} (${printable(describeProblem(fault))})`,
    )
}

/** Logs that get new entries: of test logs those that are not over, and no shard whose certificates have all expired. */
function takesEntries({ state, is_test, not_after_until }: CtLog, now: Date): boolean {
  if (not_after_until !== undefined && Date.parse(not_after_until) < now.getTime()) return false
  return state === 'usable' || state === 'qualified' || (is_test && state !== 'retired' && state !== 'rejected')
}

/** Read-only now, and followed before: it is read to its end. */
function isUnfinished({ log_id, state, final_size = 0 }: CtLog, positions: readonly CtPosition[]): boolean {
  const own = positions.filter(one => one.log_id === log_id)
  return state === 'readonly' && own.length > 0 && own.every(({ size }) => size < final_size)
}

function seconds(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value < 1 || value > 86_400)
    throw new InvalidArgumentError('It must be a number of seconds from 1 to 86,400.')
  return value
}
