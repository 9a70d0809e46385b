import { Command } from 'commander'
import { defaultData } from '../../config.ts'
import type { LogProgress, WatchedEntry } from '../../ingest/index.ts'
import { checkHead, readLog } from '../../ingest/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, wholeNumber, withStoreOptions } from '../command.ts'
import type { LogOptions } from '../ct-logs.ts'
import { chosenLogs, logsOfLists, openLogs } from '../ct-logs.ts'
import type { WatchOptions } from '../log-context.ts'
import { withLogContext } from '../log-context.ts'
import { LogProgressLine } from '../log-progress.ts'
import { showLogReading } from '../show-log-reading.ts'

type BackfillOptions = StoreOptions & LogOptions & WatchOptions & { readonly from: number; readonly to?: number }

export function ctBackfillCommand(): Command {
  const command = new Command('backfill')
    .description('read a log from an entry on, up to its newest; goes on where it was when it is run again')
    .argument('<logs...>', 'parts of their descriptions or URLs, or the beginnings of their ids')
    .requiredOption(
      '--log-list <file>',
      'a log list v3, a file or an https URL, with its .sig beside it (repeatable)',
      collect,
    )
    .option('--contact <address>', 'where operators can complain; logs treat those better who name one')
    .option('--from <index>', 'the first entry', wholeNumber, 0)
    .option('--to <index>', 'up to this entry, without it (default: the newest)', wholeNumber)
    .option('--watch <domain>', 'store only names of this domain, below it, and alike (repeatable)', collect)
    .addHelpText(
      'after',
      examples(
        'counterseal ct backfill tuscolo2026h1 --log-list log_list.json --contact soc@example.org',
        'counterseal ct backfill argon2026h2 --log-list log_list.json --from 1000000 --to 2000000',
      ),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<BackfillOptions>(
      async ({ app, output, options, args, signal }) => {
        const logs = chosenLogs(await logsOfLists(options, output), args)
        let exit = 0
        await withLogContext(app, { signal, ...options }, async context => {
          for (const log of openLogs(logs, options)) {
            const checked = await checkHead(context, log, new Date(), { signal })
            if (checked.head === undefined || checked.isBroken) {
              showLogReading(output, {
                about: log.about,
                faults: checked.faults,
                because: 'its head cannot be believed',
              })
              exit = 3
              continue
            }
            const progress = new LogProgressLine(log.about.description, options.from)
            const range = { first: options.from, ...(options.to === undefined ? {} : { until: options.to }) }
            const steps = readLog(context, log, checked.head, range)
            let last: LogProgress | undefined
            const watched: WatchedEntry[] = []
            for (;;) {
              const step = await steps.next()
              if (step.done === true) {
                progress.end()
                showLogReading(output, {
                  about: log.about,
                  reading: step.value,
                  last,
                  watched,
                  faults: checked.faults,
                  head: checked.head,
                })
                break
              }
              last = step.value
              watched.push(...step.value.watched)
              progress.update(step.value)
            }
            if (last?.fault !== undefined) exit = 3
          }
        })
        return exit
      },
      { data: defaultData },
    ),
  )
}
