import { createHash, randomUUID } from 'node:crypto'
import { Command } from 'commander'
import type { App } from '../../app.ts'
import { CountersealError } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import type { Proposal } from '../../correlate/index.ts'
import { isOpen, proposedBaselines } from '../../correlate/index.ts'
import { approvalOf, daysAfter } from '../approval-file.ts'
import { approvalsInForce } from '../approvals-in-force.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, positiveInteger, withStoreOptions } from '../command.ts'
import { huntThrough } from '../hunt-through.ts'
import type { Output } from '../output.ts'
import { printable } from '../output.ts'

/** Nothing is usual for longer than half a year without somebody saying so again (specification AN1246 §2.5). */
const mostDays = 180

export function approveBaselineCommand(): Command {
  return new Command('baseline')
    .description('what is usual here: learned from what is stored, and accepted by two people')
    .addCommand(proposeCommand())
    .addCommand(acceptCommand())
    .addHelpText('after', examples('counterseal approve baseline propose --hosts 5'))
}

const dataHelp = `the directory that holds the stores (default: ${defaultData})`
const defaults = { data: defaultData }

type LearnOptions = StoreOptions & { readonly hosts?: number }

function proposeCommand(): Command {
  const command = new Command('propose')
    .description('print what several hosts without an open case have alike; stores nothing')
    .option('--hosts <count>', 'on so many hosts at least (default: 3)', positiveInteger)
  withStoreOptions(command, dataHelp)
  return command.action(
    action<LearnOptions>(async ({ app, output, options, signal }) => {
      const proposals = await proposalsOf(app, output, options.hosts, signal)
      for (const one of proposals)
        if (output.json) output.record({ type: 'baseline_proposal', proposal: nameOf(one), ...one })
        else {
          output.line(`${nameOf(one)}  ${one.hosts.length} hosts: ${printable(one.summary)}`)
          output.line(`  by ${printable(one.writer)}, ${one.first_seen.slice(0, 10)} to ${one.last_seen.slice(0, 10)}`)
          for (const [kind, values] of Object.entries(one.object))
            output.line(`  ${kind} ${printable(values.join(' | '))}`)
        }
      if (!output.json && proposals.length === 0) output.line('Nothing is alike on enough hosts without an open case.')
      return 0
    }, defaults),
  )
}

type AcceptOptions = LearnOptions & {
  readonly owner: string
  readonly approver: string
  readonly days: number
  readonly host?: readonly string[]
}

function acceptCommand(): Command {
  const command = new Command('accept')
    .description('take a proposal for usual, from its first event until it expires')
    .argument('<proposal>', '12 hexadecimal digits, as `propose` shows them')
    .requiredOption('--owner <name>', 'who answers for it')
    .requiredOption('--approver <name>', 'who allowed it: somebody else')
    .option('--days <count>', `for so many days, at most ${mostDays}`, positiveInteger, mostDays)
    .option('--hosts <count>', 'as with propose (default: 3)', positiveInteger)
    .option(
      '--host <name>',
      'on which hosts, * for any characters (repeatable; default: where it was learned)',
      collect,
    )
  withStoreOptions(command, dataHelp)
  return command.action(
    action<AcceptOptions>(async ({ app, output, options, args, signal }) => {
      const { owner: requester, approver, days, host, hosts: needed } = options
      if (days > mostDays)
        throw new CountersealError('usage/bad-argument', {
          message: `A baseline is for at most ${mostDays} days, and ${days} were asked for.`,
        })
      const proposals = await proposalsOf(app, output, needed, signal)
      const found = proposals.find(one => nameOf(one) === (args[0] ?? '').toLowerCase())
      if (found === undefined)
        throw new CountersealError('usage/not-found', {
          message: `Nothing that is stored makes the proposal ${printable((args[0] ?? '').slice(0, 80))} now.`,
          remedy: 'List them with `counterseal approve baseline propose`.',
        })
      const ends = daysAfter(new Date().toISOString(), days)
      const made = approvalOf({
        approval_id: randomUUID(),
        kind: 'baseline',
        ticket: `baseline ${nameOf(found)}`,
        ...{ requester, approver, from: found.first_seen, until: ends, expires: ends },
        because: `alike on ${found.hosts.length} hosts without an open case`,
        hosts: host ?? found.hosts,
        writers: [found.writer],
        object: found.object,
      })
      if (typeof made === 'string')
        throw new CountersealError('usage/bad-argument', { message: `Nothing was recorded: ${printable(made)}.` })
      await (await app.cases()).recordApprovals([made])
      if (output.json) output.record({ type: 'approval', ...made })
      else output.line(`recorded ${made.approval_id}; it expires ${made.expires.slice(0, 10)}`)
      return 0
    }, defaults),
  )
}

async function proposalsOf(
  app: App,
  output: Output,
  hosts: number | undefined,
  signal: AbortSignal,
): Promise<readonly Proposal[]> {
  const { answers, cases } = await huntThrough(app, signal, undefined, await approvalsInForce(app, output))
  // Any analytic's case counts: a host with a question open teaches nothing.
  const open = [...answers, ...cases].flatMap(({ findings }) => findings).filter(({ verdict }) => isOpen(verdict))
  const named = open.flatMap(({ entities }) => entities.filter(({ kind }) => kind === 'host_name'))
  const openHosts = new Set([
    ...named.map(({ value }) => value.toLowerCase()),
    ...cases.flatMap(one => [...one.openHosts]),
  ])
  return app.correlations().flatMap(({ analytic, approvals: { content } }) => {
    const own = answers.filter(({ detection }) => detection.analytic === analytic)
    const observations = own.flatMap(one => one.observations)
    return proposedBaselines(observations, { openHosts, content, ...(hosts === undefined ? {} : { hosts }) })
  })
}

/** The same while the content and the writer are the same. */
function nameOf({ class: name, object, writer }: Proposal): string {
  const text = JSON.stringify([name, writer, object]).toLowerCase()
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
