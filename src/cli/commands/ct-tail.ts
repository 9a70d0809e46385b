import { Command, InvalidArgumentError } from 'commander'
import { describeProblem } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import { faultCodes } from '../../ct/index.ts'
import { tailLogs } from '../../ingest/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, withStoreOptions } from '../command.ts'
import type { LogOptions } from '../ct-logs.ts'
import { chosenLogs, logsOfLists, openLogs } from '../ct-logs.ts'
import { withLogContext } from '../log-context.ts'
import { printable } from '../output.ts'

type TailOptions = StoreOptions & LogOptions & { readonly every: number }

export function ctTailCommand(): Command {
  const command = new Command('tail')
    .description(
      'follow logs from now on, several at once, until Ctrl-C; one that was followed before goes on where it was',
    )
    .argument('[logs...]', 'parts of their descriptions or URLs (default: all that take entries)')
    .requiredOption('--log-list <file>', 'a log list v3, with its .sig beside it (repeatable)', collect)
    .option('--contact <address>', 'where operators can complain; logs treat those better who name one')
    .option('--every <seconds>', 'between two looks at the head of a log', seconds, 60)
    .addHelpText('after', examples('counterseal ct tail --log-list log_list.json --contact soc@example.org'))
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<TailOptions>(
      async ({ app, output, options, args, signal }) => {
        const listed = await logsOfLists(options, output)
        const living = listed.filter(
          ({ state, is_test }) =>
            state === 'usable' || state === 'qualified' || (is_test && state !== 'retired' && state !== 'rejected'),
        )
        const logs = openLogs(args.length === 0 ? living : chosenLogs(listed, args), options)
        output.note(`Following ${logs.length} logs; a look every ${options.every} s.`)
        await withLogContext(app, signal, async context => {
          await tailLogs(context, logs, {
            everyMs: options.every * 1000,
            onHead: ({ about }, { faults }) => {
              for (const fault of faults)
                if (output.json)
                  output.record({ type: 'ct_fault', log: about.description, log_id: about.log_id, ...fault })
                else
                  output.line(
                    `${printable(about.description)}  ${fault.code}: ${faultCodes[fault.code].means} (${printable(describeProblem(fault))})`,
                  )
            },
            onProgress: ({ about }, { size, until, fault }) => {
              if (output.json)
                output.record({
                  type: 'ct_progress',
                  log: about.description,
                  log_id: about.log_id,
                  size,
                  until,
                  ...(fault === undefined ? {} : { fault }),
                })
              else
                output.line(
                  `${printable(about.description)}  ${size} of ${until}${fault === undefined ? '' : `; ${fault.code}: ${faultCodes[fault.code].means}`}`,
                )
            },
            onUnreachable: ({ about }, error) =>
              output.note(`${printable(about.description)}: ${printable(error.message)}`),
          })
        })
        return 0
      },
      { data: defaultData },
    ),
  )
}

function seconds(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value < 1 || value > 86_400)
    throw new InvalidArgumentError('It must be a number of seconds from 1 to 86,400.')
  return value
}
