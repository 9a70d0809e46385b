import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import type { Problem } from '../../base/index.ts'
import { CountersealError, describeProblem } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import type { CtLog } from '../../ct/index.ts'
import { directoryTransport } from '../../ct/index.ts'
import type { LogContext, LogProgress, SavedAnswers, WatchedEntry } from '../../ingest/index.ts'
import {
  checkHead,
  entriesOnDisk,
  layOutSavedLogs,
  readLog,
  readSavedAnswers,
  readUnverifiedTiles,
} from '../../ingest/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, withStoreOptions } from '../command.ts'
import type { LogOptions } from '../ct-logs.ts'
import { holdsTiles, logOfAnswers, logOfTiles, logsOfLists, openLog } from '../ct-logs.ts'
import type { WatchOptions } from '../log-context.ts'
import { withLogContext } from '../log-context.ts'
import type { Output } from '../output.ts'
import { printable } from '../output.ts'
import { showLogReading } from '../show-log-reading.ts'

type ImportOptions = StoreOptions &
  LogOptions &
  WatchOptions & { readonly log?: string; readonly key?: string; readonly origin?: string }

export function ctImportCommand(): Command {
  const command = new Command('import')
    .description('read what somebody fetched from logs, from the disk, for sites that reach no log')
    .argument(
      '<paths...>',
      'tiles as a log has them (checkpoint, tile/data/…, issuer/…), or answers of get-sth and get-entries; directories, files or archives',
    )
    .option('--log-list <file>', 'a log list v3 that has the log, with its .sig beside it (repeatable)', collect)
    .option('--log <name>', 'which log of the list the answers are of: a part of its description or URL')
    .option('--key <file>', 'the public key of the log, as PEM, base64 or DER, when no list has it')
    .option('--origin <name>', 'the name that its checkpoints begin with, when there is none')
    .option('--watch <domain>', 'store only names of this domain, below it, and alike (repeatable)', collect)
    .addHelpText(
      'after',
      examples(
        'counterseal ct import /media/tuscolo2026h1 --log-list log_list.json',
        'counterseal ct import ./tiles --key log.pem --origin log.example.com/2026h1',
        'counterseal ct import entries.tar.gz --log-list log_list.json --log argon2026h1',
      ),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<ImportOptions>(
      async ({ app, output, options, args, signal }) => {
        const logs = await logsOfLists(options, output)
        let exit = 0
        await withLogContext(app, { signal, ...options }, async context => {
          for (const path of args) exit = Math.max(exit, await importPath(context, path, { logs, options, output }))
        })
        return exit
      },
      { data: defaultData },
    ),
  )
}

type Importing = { readonly logs: readonly CtLog[]; readonly options: ImportOptions; readonly output: Output }

/** A directory of tiles is read where it lies; everything else is laid out first, because logs are not read in the order of archives. */
async function importPath(context: LogContext, path: string, importing: Importing): Promise<number> {
  if (await holdsTiles(path)) return await importTiles(context, path, importing)
  const directory = await mkdtemp(join(context.tmp, 'ct-import-'))
  const problems: Problem[] = []
  try {
    const { tiles, heads, runs } = await layOutSavedLogs(path, directory, problems, context.signal)
    for (const problem of problems) importing.output.note(printable(describeProblem(problem)))
    if (tiles.length === 0 && runs.length === 0)
      throw new CountersealError('input/unreadable', {
        message: `${path} holds no tiles of a log, and no answers of get-entries.`,
        remedy: 'See docs/ct.md for what can be imported.',
      })
    let exit = 0
    for (const root of tiles) exit = Math.max(exit, await importTiles(context, root, importing))
    for (const log_id of new Set(runs.map(run => run.log_id))) {
      const about = await logOfAnswers(log_id, importing.logs, importing.options)
      const own = runs.filter(run => run.log_id === log_id)
      exit = Math.max(exit, await importAnswers(context, about, { heads, runs: own }, importing))
    }
    return exit
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function importAnswers(
  context: LogContext,
  about: CtLog,
  answers: SavedAnswers,
  { output }: Importing,
): Promise<number> {
  const { reading: result, last, watched } = await taken(readSavedAnswers(context, about, answers))
  const { behind, ...shown } = result
  showLogReading(output, { about, last, watched, ...shown })
  if (behind > 0) output.note(`${behind} entries behind the last head were left: no head has them yet.`)
  return last?.fault === undefined && result.faults.length === 0 ? 0 : 3
}

async function importTiles(
  context: LogContext,
  directory: string,
  { logs, options, output }: Importing,
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
