import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import type { App } from '../../app.ts'
import { CountersealError } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import type { DryRun, Target } from '../../contain/index.ts'
import { dryRun, protectedBy, refusalOf, targetOf } from '../../contain/index.ts'
import type { BlockExport, BlockList } from '../../exports/index.ts'
import { blockExports } from '../../exports/index.ts'
import { networkOf, overlaps } from '../../network/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, positiveInteger, withStoreOptions } from '../command.ts'
import type { Output } from '../output.ts'
import { printable, styled, table } from '../output.ts'

type ContainOptions = StoreOptions & {
  readonly file?: readonly string[]
  readonly finding?: readonly string[]
  readonly entity: readonly string[]
  readonly reference: string
  readonly because: string
  readonly days: number
  readonly format?: readonly string[]
  readonly out?: string
}

const formatNames = blockExports.map(({ name }) => name).join(', ')

export function containCommand(): Command {
  const command = new Command('contain')
    .description('write what others block by, tried on the last week of own traffic first; nothing is applied')
    .argument('[targets...]', 'names, addresses, networks or URLs, also as hxxp://evil[.]example')
    .option('--file <path>', 'take targets from this file too, one a line, # for comments (repeatable)', collect)
    .option('--finding <id>', 'take the addresses from outside that this finding says acted (repeatable)', collect)
    .option(
      '--entity <field>',
      'of findings take what these fields name, too: destination_address, tls_server_name … (repeatable)',
      collect,
      [],
    )
    .requiredOption('--reference <text>', 'number of the case or ticket: letters, digits, - and _')
    .requiredOption('--because <text>', 'why, for whoever finds the rule later')
    .option('--days <number>', 'for how long it is to hold', positiveInteger, 14)
    .option('--format <name>', `one of ${formatNames} (repeatable; default: all)`, formatNamed)
    .option('--out <dir>', 'where the files go; without it only the trial is shown')
    .addHelpText(
      'after',
      examples(
        'counterseal contain evil[.]example 192.0.2.7 --reference CASE-17 --because "beacon of case 17"',
        'counterseal contain --finding 5d1f0a7c2b9e4c6f8a3d5e7b9c1f2a40 --reference CASE-17 --because "scanned us after a publication" --out block-17',
        'counterseal contain --file iocs.txt --reference CASE-17 --because "beacon of case 17" --format rpz --format nftables --out block-17',
      ),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<ContainOptions>(
      async ({ app, output, options, args, signal }) => {
        const list = listFor(options)
        const found = await namedByFindings(app, options)
        const texts = [...args, ...(options.file ?? []).flatMap(linesOf), ...found]
        const { targets, unreadable } = read(texts)
        const all = protectedBy(app.intel().catalogues)
        const refused = targets.flatMap(target => {
          const because = refusalOf(target, all)
          return because === undefined ? [] : [{ target: target.value, because }]
        })
        const taken = targets.filter(({ value }) => !refused.some(one => one.target === value))
        const trial = await dryRun(await app.events(), taken, signal)
        const entries = taken.map(({ kind, value }) => ({ kind, value, because: options.because }))
        const files =
          options.out === undefined || taken.length === 0
            ? []
            : await writeAll({ ...list, entries }, options.out, formatsOf(options))
        show(output, { refused, unreadable, taken, trial, files })
        return refused.length + unreadable.length > 0 ? 3 : 0
      },
      { data: defaultData },
    ),
  )
}

/** What findings say acted from outside. What is ours is isolated and not blocked, and left out here. */
async function namedByFindings(
  app: App,
  { finding: ids = [], entity: more }: ContainOptions,
): Promise<readonly string[]> {
  if (ids.length === 0) return []
  const cases = await app.cases()
  const local = app.config.localNetworks.flatMap(one => networkOf(one) ?? [])
  const isOurs = (text: string) => {
    const network = networkOf(text)
    return network !== undefined && local.some(one => overlaps(one, network))
  }
  const named: string[] = []
  for (const id of ids) {
    const found = await cases.finding(id.toLowerCase())
    if (found === undefined)
      throw new CountersealError('usage/not-found', {
        message: `No finding ${JSON.stringify(id.slice(0, 80))} was kept here.`,
        remedy: '`counterseal findings` shows them.',
      })
    for (const { kind, value } of found.entities)
      if ((kind === 'source_address' || more.includes(kind)) && !isOurs(value)) named.push(value)
  }
  return named
}

function formatNamed(value: string, before: readonly string[] | undefined): readonly string[] {
  if (!blockExports.some(({ name }) => name === value))
    throw new InvalidArgumentError(`It must be one of ${formatNames}.`)
  return collect(value, before)
}

function listFor({ reference, because, days }: ContainOptions): Omit<BlockList, 'entries'> {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(reference))
    throw new CountersealError('usage/bad-argument', {
      message: `--reference ${JSON.stringify(reference.slice(0, 80))} has something else in it than letters, digits, - and _.`,
    })
  if (because.trim() === '' || because.length > 500)
    throw new CountersealError('usage/bad-argument', { message: '--because takes 1 to 500 characters.' })
  const made_at = new Date(Math.floor(Date.now() / 1000) * 1000)
  return { reference, made_at, expires_at: new Date(made_at.getTime() + Math.min(days, 3650) * 86_400_000) }
}

const longestFile = 16 << 20
const mostTargets = 10_000

function linesOf(path: string): readonly string[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new CountersealError('input/unreadable', { message: `${path} cannot be read.`, cause })
  }
  if (text.length > longestFile)
    throw new CountersealError('input/unreadable', { message: `${path} has more than ${longestFile} characters.` })
  return text.split('\n').flatMap(line => {
    const wanted = line.replace(/(?:^|\s)#.*$/, '').trim()
    return wanted === '' ? [] : [wanted]
  })
}

function read(texts: readonly string[]): {
  readonly targets: readonly Target[]
  readonly unreadable: readonly string[]
} {
  const targets = new Map<string, Target>()
  const unreadable: string[] = []
  for (const text of texts) {
    const target = targetOf(text)
    if (target === undefined) unreadable.push(text.slice(0, 200))
    else targets.set(target.value, target)
  }
  if (targets.size + unreadable.length === 0)
    throw new CountersealError('usage/bad-argument', { message: 'Nothing was named that could be blocked.' })
  if (targets.size > mostTargets)
    throw new CountersealError('usage/bad-argument', {
      message: `${targets.size} targets are more than ${mostTargets}: a list that long belongs to a feed.`,
    })
  return { targets: [...targets.values()].sort((a, b) => (a.value < b.value ? -1 : 1)), unreadable }
}

function formatsOf({ format }: ContainOptions): readonly BlockExport[] {
  return format === undefined ? blockExports : blockExports.filter(({ name }) => format.includes(name))
}

type Written = {
  readonly format: string
  readonly file: string
  readonly sha256: string
  readonly entries: number
  readonly left_out: number
  readonly apply: string
  readonly undo: string
}

/** Nothing that is there is written over: somebody may have applied it. */
async function writeAll(
  list: BlockList,
  directory: string,
  formats: readonly BlockExport[],
): Promise<readonly Written[]> {
  await mkdir(directory, { recursive: true })
  const planned = formats.flatMap(one => [one.file, ...(one.rollback === undefined ? [] : [`rollback-${one.file}`])])
  const there = planned.find(file => existsSync(join(directory, file)))
  if (there !== undefined)
    throw new CountersealError('usage/bad-argument', {
      message: `${join(directory, there)} is there already, and may have been applied.`,
      remedy: 'Name another directory with --out.',
    })
  const written: Written[] = []
  for (const one of formats) {
    const own = list.entries.filter(({ kind }) => one.takes.includes(kind))
    const sha256 = await writeFile(join(directory, one.file), one.write({ ...list, entries: own }))
    if (one.rollback !== undefined)
      await writeFile(join(directory, `rollback-${one.file}`), one.rollback({ ...list, entries: own }))
    const { name: format, file, apply, undo } = one
    written.push({ format, file, sha256, entries: own.length, left_out: list.entries.length - own.length, apply, undo })
  }
  return written
}

async function writeFile(path: string, pieces: Iterable<string>): Promise<string> {
  const digest = createHash('sha256')
  const file = await open(path, 'wx')
  try {
    for (const piece of pieces) {
      digest.update(piece)
      await file.writeFile(piece)
    }
  } finally {
    await file.close()
  }
  return digest.digest('hex')
}

type Shown = {
  readonly refused: readonly { readonly target: string; readonly because: string }[]
  readonly unreadable: readonly string[]
  readonly taken: readonly Target[]
  readonly trial: DryRun
  readonly files: readonly Written[]
}

function show(output: Output, { refused, unreadable, taken, trial, files }: Shown): void {
  if (output.json) {
    for (const one of refused) output.record({ type: 'block_refused', ...one })
    for (const text of unreadable) output.record({ type: 'block_unreadable', text })
    for (const { kind, value } of taken) output.record({ type: 'block_target', kind, target: value })
    for (const one of trial.blocked) output.record({ type: 'block_trial', ...one })
    output.record({ type: 'block_trial_range', from: trial.from ?? null, until: trial.until ?? null, seen: trial.seen })
    for (const one of files) output.record({ type: 'block_file', ...one })
    return
  }
  for (const { target, because } of refused) output.line(`${styled(output, 'red', 'refused')}  ${target}: ${because}`)
  for (const text of unreadable) output.line(`${styled(output, 'yellow', 'no target')}  ${printable(text)}`)
  output.line(`${taken.length} targets can be blocked.`)
  showTrial(output, trial)
  for (const { file, entries, left_out, apply, undo } of files) {
    output.line(`${file}  ${entries} entries${left_out === 0 ? '' : `; ${left_out} that it cannot say are left out`}`)
    output.line(`  apply: ${apply}`)
    output.line(`  undo:  ${undo}`)
  }
}

function showTrial(output: Output, { from, until, seen, blocked }: DryRun): void {
  if (from === undefined) {
    output.line('Nobody can say what it would have stopped: there is no traffic in the store.')
    return
  }
  const kinds = Object.entries(seen)
  const silent = kinds.filter(([, events]) => events === 0).map(([kind]) => kind)
  output.line(
    `In the week from ${from} to ${until} it would have stopped${blocked.length === 0 ? ' nothing that was logged.' : ':'}`,
  )
  if (blocked.length > 0)
    for (const line of table(
      ['target', 'in', 'events', 'hosts', 'first', 'last'],
      blocked.map(one => [one.target, one.kind, String(one.events), String(one.hosts), one.first_seen, one.last_seen]),
      44,
    ))
      output.line(line)
  if (silent.length > 0)
    output.line(
      `Of ${silent.join(', ')} there is no record in that week: what would have been stopped there is not known.`,
    )
}
