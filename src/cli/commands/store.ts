import { resolve } from 'node:path'
import { Command } from 'commander'
import { CountersealError } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import type { RetentionRule } from '../../upkeep/index.ts'
import {
  backUp,
  checkBackup,
  clearUnfinishedRestore,
  restore,
  retain,
  ruleByKind,
  statusOf,
} from '../../upkeep/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples } from '../command.ts'
import type { Output } from '../output.ts'
import { grouped } from '../output.ts'
import { restoreElsewhere } from '../restore-elsewhere.ts'
import { showStatus, sized } from '../show-status.ts'
import { version } from '../version.ts'

export function storeCommand(): Command {
  return new Command('store')
    .description('look after the stores: sizes, schema, backup, restore, retention')
    .addCommand(statusCommand())
    .addCommand(migrateCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand())
    .addCommand(retainCommand())
    .addHelpText(
      'after',
      examples(
        'counterseal store status',
        'counterseal store backup /backup/monday --verify',
        'counterseal store retain --kind dns_query --older-than 90d --dry-run',
      ),
    )
}

const withData = (command: Command): Command =>
  command
    .option('--data <dir>', `the directory that holds the stores (default: ${defaultData})`)
    .option('--json', 'one JSON object a line, for machines')

const defaults = { data: defaultData }

function statusCommand(): Command {
  const command = new Command('status')
    .description('show engines, schema, sizes, age of events and free disk; changes nothing')
    .addHelpText('after', examples('counterseal store status --data /srv/counterseal --json'))
  return withData(command).action(
    action(async ({ app, output }) => {
      const status = await statusOf(await app.existingStores(), app.data)
      if (status.stores.length === 0)
        throw new CountersealError('usage/not-found', {
          message: `There are no stores in ${app.data} yet.`,
          remedy: 'Check --data, or read evidence first: `counterseal ingest PATH`.',
        })
      showStatus(output, status, app.data)
      return 0
    }, defaults),
  )
}

function migrateCommand(): Command {
  const command = new Command('migrate')
    .description('bring both stores to the schema of this version; safe to repeat')
    .addHelpText('after', examples('counterseal store migrate --data /srv/counterseal'))
  return withData(command).action(
    action(async ({ app, output }) => {
      app.refuseUnfinished()
      const { events, cases } = await app.stores()
      for (const [store, migrations] of [
        ['events', await events.migrate()],
        ['cases', await cases.migrate()],
      ] as const) {
        if (output.json) output.record({ type: 'migration', store, applied: migrations })
        else output.line(`${store}: ${migrations.length === 0 ? 'is up to date' : `applied ${migrations.join(', ')}`}`)
      }
      return 0
    }, defaults),
  )
}

function backupCommand(): Command {
  const command = new Command('backup')
    .description('copy both stores into a new directory, while they are in use')
    .argument('<dir>', 'the directory to make')
    .option('--verify', 'restore the copy into a temporary directory beside it, and compare every table')
    .addHelpText('after', examples('counterseal store backup /backup/monday --verify'))
  return withData(command).action(
    action<StoreOptions & { readonly verify?: boolean }>(async ({ app, output, options, args, signal }) => {
      const directory = resolve(args[0] ?? '')
      app.refuseUnfinished()
      const stores = await app.stores()
      await stores.events.migrate()
      await stores.cases.migrate()
      const backup = await backUp(stores, directory, { version, signal, onStep: stepOn(output) })
      const rows = [...backup.events.tables, ...backup.cases.tables].reduce((sum, table) => sum + table.rows, 0)
      const bytes = [...backup.events.tables, backup.cases, ...backup.spool].reduce((sum, file) => sum + file.bytes, 0)
      const verified = options.verify === true
      if (verified) {
        output.note('restoring the copy to compare it')
        await restoreElsewhere(directory, signal)
      }
      if (output.json) output.record({ type: 'backup', directory, rows, bytes, spooled: backup.spool.length, verified })
      else
        output.line(
          `${directory}: ${grouped(rows)} rows, ${sized(bytes)}${verified ? ', restored and compared: every table is the same' : ''}`,
        )
      return 0
    }, defaults),
  )
}

function restoreCommand(): Command {
  const command = new Command('restore')
    .description('put a backup into empty stores, and compare every table')
    .argument('<dir>', 'what `counterseal store backup` has written')
    .addHelpText('after', examples('counterseal store restore /backup/monday --data /srv/new'))
  return withData(command).action(
    action(async ({ app, output, args, signal }) => {
      const directory = resolve(args[0] ?? '')
      const options = { signal, onStep: stepOn(output) }
      const backup = await checkBackup(directory, options)
      await clearUnfinishedRestore(app.data)
      const { rows, compared } = await restore(await app.stores(), app.data, directory, backup, options)
      if (output.json) output.record({ type: 'restored', directory, rows, compared, spooled: backup.spool.length })
      else
        output.line(
          `${grouped(rows)} rows are in ${app.data} again; ${compared === 'digests' ? 'every table is as it was backed up' : 'every table has as many rows as were backed up (the schema is newer, so they were not compared further)'}`,
        )
      return 0
    }, defaults),
  )
}

function retainCommand(): Command {
  const rules: RetentionRule[] = []
  let waiting: string[] = []
  const command = new Command('retain')
    .description('forget events by kind and age; what a finding or case stands on stays')
    .option('--kind <kind>', 'a kind of event, or all (repeatable; --older-than follows)', kind => {
      waiting.push(kind)
      return waiting
    })
    .option('--older-than <age>', 'such as 12h, 90d, 52w: for each --kind before it', age => {
      for (const kind of waiting) rules.push({ kind: kind as RetentionRule['kind'], olderThan: age }) // ruleByKind refuses others
      if (waiting.length === 0)
        throw new CountersealError('usage/bad-argument', { message: 'Name a --kind before --older-than.' })
      waiting = []
      return age
    })
    .option('--dry-run', 'only say what would go')
    .addHelpText(
      'after',
      examples(
        'counterseal store retain --kind all --older-than 365d --kind dns_query --kind network_flow --older-than 90d',
        'counterseal store retain --kind dns_query --older-than 90d --dry-run',
      ),
    )
  return withData(command).action(
    action<StoreOptions & { readonly dryRun?: boolean }>(async ({ app, output, options, signal }) => {
      if (rules.length === 0 || waiting.length > 0)
        throw new CountersealError('usage/bad-argument', {
          message:
            waiting.length > 0
              ? `--kind ${waiting.join(', ')} has no --older-than.`
              : 'There is no rule: name --kind and --older-than.',
        })
      ruleByKind(rules)
      app.refuseUnfinished()
      const stores = await app.stores()
      await stores.events.migrate()
      await stores.cases.migrate()
      const dryRun = options.dryRun === true
      for await (const one of retain(stores, rules, { now: new Date(), dryRun, signal })) {
        if (output.json) output.record({ type: 'retention', ...one, dry_run: dryRun })
        else
          output.line(
            `${one.kind}: ${grouped(one.forgotten)} ${dryRun ? 'would go' : 'gone'}, read and happened before ${one.before}; ${grouped(one.kept_because_cited)} older ones stay because they are cited`,
          )
      }
      return 0
    }, defaults),
  )
}

function stepOn(output: Output): (step: string) => void {
  return step => output.note(step)
}
