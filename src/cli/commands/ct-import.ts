import { Command } from 'commander'
import { defaultData } from '../../config.ts'
import { directoryTransport } from '../../ct/index.ts'
import type { LogContext, LogProgress, WatchedEntry } from '../../ingest/index.ts'
import { checkHead, entriesOnDisk, readLog, readUnverifiedTiles } from '../../ingest/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, withStoreOptions } from '../command.ts'
import type { LogOptions } from '../ct-logs.ts'
import { logOfTiles, logsOfLists, openLog } from '../ct-logs.ts'
import type { WatchOptions } from '../log-context.ts'
import { withLogContext } from '../log-context.ts'
import type { Output } from '../output.ts'
import { showLogReading } from '../show-log-reading.ts'

type ImportOptions = StoreOptions & LogOptions & WatchOptions & { readonly key?: string; readonly origin?: string }

export function ctImportCommand(): Command {
  const command = new Command('import')
    .description('read the tiles of a log from the disk, for sites that reach no log')
    .argument('<directories...>', 'as they were fetched: checkpoint, tile/data/…, tile/0/…, issuer/…')
    .option('--log-list <file>', 'a log list v3 that has the log, with its .sig beside it (repeatable)', collect)
    .option('--key <file>', 'the public key of the log, as PEM, base64 or DER, when no list has it')
    .option('--origin <name>', 'the name that its checkpoints begin with, when there is none')
    .option('--watch <domain>', 'store only names of this domain, below it, and alike (repeatable)', collect)
    .addHelpText(
      'after',
      examples(
        'counterseal ct import /media/tuscolo2026h1 --log-list log_list.json',
        'counterseal ct import ./tiles --key log.pem --origin log.example.com/2026h1',
      ),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<ImportOptions>(
      async ({ app, output, options, args, signal }) => {
        const logs = await logsOfLists(options, output)
        let exit = 0
        await withLogContext(app, { signal, ...options }, async context => {
          for (const directory of args)
            exit = Math.max(exit, await importTiles(context, directory, { logs, options, output }))
        })
        return exit
      },
      { data: defaultData },
    ),
  )
}

async function importTiles(
  context: LogContext,
  directory: string,
  {
    logs,
    options,
    output,
  }: {
    readonly logs: Awaited<ReturnType<typeof logsOfLists>>
    readonly options: ImportOptions
    readonly output: Output
  },
): Promise<number> {
  const { about, hasCheckpoint } = await logOfTiles(directory, logs, options)
  const log = openLog(about, directoryTransport(directory))
  const signal = context.signal === undefined ? {} : { signal: context.signal }
  if (!hasCheckpoint) {
    const steps = readUnverifiedTiles(context, log, await entriesOnDisk(directory))
    const { reading, last, watched } = await taken(steps)
    showLogReading(output, {
      about,
      reading,
      last,
      watched,
      because: `there is no checkpoint beside the tiles; the tree over them has the root ${reading.root}`,
    })
    return last?.fault === undefined ? 0 : 3
  }
  // Tiles on a disk grow old: how old their head is says nothing of the log.
  const checked = await checkHead(context, log, new Date(), { ...signal, mayBeOld: true })
  if (checked.head === undefined || checked.isBroken) {
    showLogReading(output, { about, faults: checked.faults, because: 'its head cannot be believed' })
    return 3
  }
  const { reading, last, watched } = await taken(readLog(context, log, checked.head, { first: 0 }))
  showLogReading(output, { about, reading, last, watched, faults: checked.faults, head: checked.head })
  return last?.fault === undefined ? 0 : 3
}

type Taken<T> = {
  readonly reading: T
  readonly last: LogProgress | undefined
  readonly watched: readonly WatchedEntry[]
}

/** All of it, and what was told last. */
async function taken<T>(steps: AsyncGenerator<LogProgress, T>): Promise<Taken<T>> {
  let last: LogProgress | undefined
  const watched: WatchedEntry[] = []
  for (;;) {
    const step = await steps.next()
    if (step.done === true) return { reading: step.value, last, watched }
    last = step.value
    watched.push(...step.value.watched)
  }
}
