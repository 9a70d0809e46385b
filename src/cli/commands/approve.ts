import { randomUUID } from 'node:crypto'
import { Command } from 'commander'
import { CountersealError, exitCodes } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import { approvalOf, readApprovalFile } from '../approval-file.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, withStoreOptions } from '../command.ts'
import { printable } from '../output.ts'
import { listApprovals, showSuppressed, stateOf, suppressedBy } from '../show-approvals.ts'
import { approveBaselineCommand } from './approve-baseline.ts'

export function approveCommand(): Command {
  return new Command('approve')
    .description('what somebody allowed: a hunt compares it with what was done (docs/approvals.md)')
    .addCommand(addCommand())
    .addCommand(importCommand())
    .addCommand(listCommand())
    .addCommand(withdrawCommand())
    .addCommand(approveBaselineCommand())
    .addHelpText(
      'after',
      examples(
        'counterseal approve add --ticket CHG-4711 --requester e.berg --approver m.roth --host "ws-*.corp.example" --from 2026-03-02T08:00Z --until 2026-03-02T12:00Z --certificate 1f3d38f280635f275be92b87cf83e40e40458400',
        'counterseal approve import changes.csv',
        'counterseal approve list',
      ),
    )
}

const dataHelp = `the directory that holds the stores (default: ${defaultData})`
const defaults = { data: defaultData }

type AddOptions = StoreOptions & {
  readonly ticket: string
  readonly requester: string
  readonly approver: string
  readonly host: readonly string[]
  readonly from: string
  readonly until: string
  readonly expires?: string
  readonly certificate?: readonly string[]
  readonly set?: readonly string[]
  readonly writer?: readonly string[]
  readonly because?: string
  readonly rollback?: string
  readonly exercise?: boolean
}

function addCommand(): Command {
  const command = new Command('add')
    .description('record one approval')
    .requiredOption('--ticket <text>', 'number or address of the change ticket')
    .requiredOption('--requester <name>', 'who asked for it; nobody checks that they are it')
    .requiredOption('--approver <name>', 'who allowed it: somebody else')
    .requiredOption('--host <name>', 'on which hosts, * for any characters (repeatable)', collect)
    .requiredOption('--from <time>', 'from when on it may be done: 2026-03-02 or 2026-03-02T08:00:00Z (UTC)')
    .requiredOption('--until <time>', 'until when it may be done')
    .option('--expires <time>', 'from then on it approves nothing (default: 90 days after --until)')
    .option('--certificate <hash>', 'SHA-1 or SHA-256 of the DER of a certificate (repeatable)', collect)
    .option(
      '--set <field=value>',
      'another fact of the exact object, by its field of the dictionary (repeatable)',
      collect,
    )
    .option('--writer <path>', 'programs that may do it, * for any characters (repeatable; default: any)', collect)
    .option('--because <text>', 'why')
    .option('--rollback <text>', 'how it is undone')
    .option('--exercise', 'a declared exercise: what falls into it and is not approved by it says so')
    .addHelpText(
      'after',
      examples(
        'counterseal approve add --ticket CHG-12 --requester a --approver b --host ws-1 --from 2026-03-02 --until 2026-03-03 --set registry_path=... --set registry_data=1',
      ),
    )
  withStoreOptions(command, dataHelp)
  return command.action(
    action<AddOptions>(async ({ app, output, options }) => {
      const { ticket, requester, approver, host: hosts, from, until, expires, because, rollback, exercise } = options
      const made = approvalOf({
        approval_id: randomUUID(),
        ...{ ticket, requester, approver, hosts, from, until, expires, because, rollback, exercise },
        writers: options.writer ?? [],
        object: factsOf(options),
      })
      if (typeof made === 'string')
        throw new CountersealError('usage/bad-argument', {
          message: `Nothing was recorded: ${printable(made)}.`,
          remedy: 'docs/approvals.md says what an approval names.',
        })
      await (await app.cases()).recordApprovals([made])
      if (output.json) output.record({ type: 'approval', ...made })
      else output.line(`recorded ${made.approval_id}; it expires ${made.expires.slice(0, 10)}`)
      return 0
    }, defaults),
  )
}

function factsOf({ certificate = [], set = [] }: AddOptions): Record<string, string[]> {
  const facts = new Map<string, string[]>()
  const add = (kind: string, value: string) => facts.set(kind, [...(facts.get(kind) ?? []), value])
  for (const hash of certificate) {
    const bare = hash.replaceAll(':', '').replaceAll(' ', '')
    add(bare.length === 64 ? 'certificate_sha256' : 'certificate_sha1', bare)
  }
  for (const one of set) {
    const at = one.indexOf('=')
    if (at < 1)
      throw new CountersealError('usage/bad-argument', { message: `--set ${printable(one)} is not FIELD=VALUE.` })
    add(one.slice(0, at), one.slice(at + 1))
  }
  return Object.fromEntries(facts)
}

function importCommand(): Command {
  const command = new Command('import')
    .description('record the approvals of a CSV or JSON file; a row that is none is told and costs only itself')
    .argument('<file>', 'CSV with a header, a JSON array, or one JSON object a line')
    .addHelpText('after', examples('counterseal approve import changes.csv'))
  withStoreOptions(command, dataHelp)
  return command.action(
    action<StoreOptions>(async ({ app, output, args }) => {
      const { approvals, refused } = readApprovalFile(args[0] ?? '')
      const added = approvals.length === 0 ? 0 : await (await app.cases()).recordApprovals(approvals)
      const known = approvals.length - added
      for (const { where, why } of refused) output.note(`not an approval  ${printable(where)}: ${printable(why)}`)
      if (output.json) output.record({ type: 'approvals_imported', added, known, refused })
      else output.line(`${added} approvals recorded, ${known} were there already, ${refused.length} rows refused`)
      return refused.length > 0 ? exitCodes.findings : 0
    }, defaults),
  )
}

function listCommand(): Command {
  const command = new Command('list')
    .description('every approval that is kept, also those that expired or were withdrawn')
    .option('--suppressed', 'instead: how many cases of the last hunt each of them made less urgent')
    .addHelpText('after', examples('counterseal approve list', 'counterseal approve list --suppressed'))
  withStoreOptions(command, dataHelp)
  return command.action(
    action<StoreOptions & { readonly suppressed?: boolean }>(async ({ app, output, options }) => {
      const store = await app.cases()
      const now = new Date().toISOString().replace('Z', '000Z')
      if (options.suppressed === true) {
        const [last] = await store.hunts()
        const findings = last === undefined ? [] : await store.findings(last.hunt_id)
        const all = suppressedBy(findings)
        if (output.json) for (const one of all) output.record({ type: 'suppressed', ...one })
        else if (all.length === 0) output.line('No approval made a case of the last hunt less urgent.')
        else showSuppressed(output, findings)
        return 0
      }
      const kept = await store.approvals()
      if (output.json)
        for (const { approval, recorded_at, withdrawn } of kept)
          output.record({
            type: 'approval',
            ...approval,
            recorded_at,
            state: stateOf({ approval, recorded_at, ...(withdrawn === undefined ? {} : { withdrawn }) }, now),
            ...(withdrawn === undefined ? {} : { withdrawn }),
          })
      else listApprovals(output, kept, now)
      return 0
    }, defaults),
  )
}

function withdrawCommand(): Command {
  const command = new Command('withdraw')
    .description('take an approval back; it stays in the list')
    .argument('<approval>', 'its id, as `counterseal approve list` shows it')
    .requiredOption('--by <name>', 'who takes it back')
    .option('--because <text>', 'why', '')
    .addHelpText('after', examples('counterseal approve withdraw 5b1f6c1e-0d0b-4a53-9d0e-8f2f6f3a0001 --by m.roth'))
  withStoreOptions(command, dataHelp)
  return command.action(
    action<StoreOptions & { readonly by: string; readonly because: string }>(async ({ app, output, options, args }) => {
      const id = (args[0] ?? '').toLowerCase()
      const by = options.by.slice(0, 500)
      const isDone = await (await app.cases()).withdrawApproval(id, by, options.because.slice(0, 2000))
      if (!isDone)
        throw new CountersealError('usage/not-found', {
          message: `No approval ${printable(id.slice(0, 80))} is in force in ${app.data}.`,
          remedy: 'List them with `counterseal approve list`.',
        })
      if (output.json) output.record({ type: 'approval_withdrawn', approval_id: id, by })
      else output.line(`withdrew ${id}`)
      return 0
    }, defaults),
  )
}
