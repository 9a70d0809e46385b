import { Argument, Command, InvalidArgumentError } from 'commander'
import { defaultData } from '../../config.ts'
import type { CaseStore, KeptApproval } from '../../model/index.ts'
import type { ApprovalTold, ChangeTold, KeptHunt } from '../../review/index.ts'
import { trustReview } from '../../review/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, withStoreOptions } from '../command.ts'
import { reviewMarkdown } from '../show-review.ts'

type ReviewOptions = StoreOptions & { readonly since: Date; readonly until?: Date; readonly host?: string }

const analytics = { an1246: 'AN1246' } as const

export function reviewCommand(): Command {
  const command = new Command('review')
    .description('what changed in trust in a period, who approved it, what nobody explained: Markdown, or --json')
    .addArgument(new Argument('<analytic>', 'of which analytic').choices(Object.keys(analytics)))
    .requiredOption('--since <time>', 'from this moment on: 2026-03-01 or 2026-03-01T00:00:00Z (UTC)', moment)
    .option('--until <time>', 'up to this moment, and not with it (default: now)', moment)
    .option('--host <name>', 'only this host: its whole name')
    .addHelpText(
      'after',
      examples(
        'counterseal review an1246 --since 2026-03-01 --until 2026-04-01 > march.md',
        'counterseal review an1246 --since 2026-03-01 --json',
      ),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<ReviewOptions>(
      async ({ app, output, options, args }) => {
        const { since, until = new Date(), host } = options
        const store = await app.cases()
        const review = trustReview({
          analytic: args[0] === 'an1246' ? analytics.an1246 : '',
          since: micros(since),
          until: micros(until),
          hunts: await huntsSince(store, since),
          approvals: approvalsIn(await store.approvals(), micros(since), micros(until)),
          ledger: await ledgerOf(store, micros(since), micros(until)),
          ...(host === undefined ? {} : { host: host.toLowerCase() }),
        })
        if (output.json) {
          const { findings, changes, hunts, ...rest } = review
          output.record({
            type: 'review',
            ...rest,
            hunts: hunts.length,
            findings: findings.length,
            changes: changes?.length ?? null,
          })
          for (const one of hunts) output.record({ type: 'hunt', ...one })
          for (const one of findings) output.record({ type: 'reviewed_finding', ...one })
          for (const { finding, ...change } of changes ?? [])
            output.record({ type: 'trust_change', ...change, finding_id: finding?.finding.finding_id ?? null })
        } else output.line([...reviewMarkdown(review)].join('').trimEnd())
        return 0
      },
      { data: defaultData },
    ),
  )
}

/** What a hunt before the period found is not of the period; the newest first. */
async function huntsSince(store: CaseStore, since: Date): Promise<readonly KeptHunt[]> {
  const kept: KeptHunt[] = []
  for (const hunt of await store.hunts())
    if (hunt.finished_at >= since) kept.push({ hunt, findings: await store.findings(hunt.hunt_id) })
  return kept
}

/** Those whose window reaches into the period, also withdrawn ones. */
function approvalsIn(kept: readonly KeptApproval[], since: string, until: string): readonly ApprovalTold[] {
  return kept
    .filter(({ approval }) => approval.until >= since && approval.from < until)
    .map(
      ({ approval: { approval_id: id, kind, ticket, approver, requester, object, from, until: end }, withdrawn }) => ({
        id,
        kind,
        ticket,
        approver,
        requester,
        binds: Object.entries(object)
          .map(([field, values]) => `${field} ${values.join(' or ')}`)
          .join(', '),
        from,
        until: end,
        ...(withdrawn === undefined ? {} : { withdrawn: `by ${withdrawn.by}: ${withdrawn.because}` }),
      }),
    )
}

/** So many entries are asked for at once. */
const page = 1_000

/** Undefined for a ledger that nothing was ever written into. */
async function ledgerOf(store: CaseStore, since: string, until: string): Promise<readonly ChangeTold[] | undefined> {
  if ((await store.trustHead()) === undefined) return undefined
  const changes: ChangeTold[] = []
  let after = 0
  for (;;) {
    const entries = await store.trustEntries({ after, limit: page, since, until })
    for (const entry of entries) changes.push(toldOf(entry))
    if (entries.length < page) return changes
    after = entries.at(-1)?.sequence ?? after
  }
}

function toldOf({ sequence, host, object_kind, object, operation, ...entry }: ChangeTold): ChangeTold {
  const { changed_from, changed_until, provenance, actor_process, actor_user, event_uid } = entry
  const when = { changed_from, changed_until, provenance }
  return { sequence, host, object_kind, object, operation, ...when, actor_process, actor_user, event_uid }
}

/** A day, or a moment in UTC. */
function moment(text: string): Date {
  const isWhole = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?Z)?$/.test(text)
  const time = new Date(text)
  if (!isWhole || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It is a day (2026-03-01) or a moment in UTC (2026-03-01T12:00:00Z).')
  return time
}

function micros(time: Date): string {
  return time.toISOString().replace('Z', '000Z')
}
