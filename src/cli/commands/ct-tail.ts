import { Command, InvalidArgumentError } from 'commander'
import type { App } from '../../app.ts'
import { describeProblem } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import type { CtLog, Fault } from '../../ct/index.ts'
import { faultCodes } from '../../ct/index.ts'
import { tailLogs } from '../../ingest/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, withStoreOptions } from '../command.ts'
import type { LogOptions } from '../ct-logs.ts'
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
    .requiredOption('--log-list <file>', 'a log list v3, with its .sig beside it (repeatable)', collect)
    .option('--contact <address>', 'where operators can complain; logs treat those better who name one')
    .option('--every <seconds>', 'between two looks at the head of a log', seconds, 60)
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
  const listed = await logsOfLists(options, output)
  const logs = openLogs(names.length === 0 ? listed.filter(takesEntries) : chosenLogs(listed, names), options)
  output.note(`Following ${logs.length} logs; a look every ${options.every} s.`)
  await withLogContext(app, { signal, watch }, context =>
    tailLogs(context, logs, {
      everyMs: options.every * 1000,
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
      onUnreachable: ({ about }, error) => output.note(`${printable(about.description)}: ${printable(error.message)}`),
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

/** Of test logs those that are not over. */
function takesEntries({ state, is_test }: CtLog): boolean {
  return state === 'usable' || state === 'qualified' || (is_test && state !== 'retired' && state !== 'rejected')
}

function seconds(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value < 1 || value > 86_400)
    throw new InvalidArgumentError('It must be a number of seconds from 1 to 86,400.')
  return value
}
