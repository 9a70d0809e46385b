import { Command, Option } from 'commander'
import { CountersealError } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import type { CaseStore, Finding, HuntSummary, Urgency } from '../../model/index.ts'
import { urgencies, urgency } from '../../model/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, positiveInteger, withStoreOptions } from '../command.ts'
import type { Output } from '../output.ts'
import { grouped, styled, table } from '../output.ts'

type FindingsOptions = StoreOptions & { readonly hunt?: string; readonly least: Urgency; readonly limit: number }

export function findingsCommand(): Command {
  const command = new Command('findings')
    .description('list what the last hunt found, the newest first')
    .option('--hunt <id>', 'of this hunt instead of the last one')
    .addOption(new Option('--least <verdict>', 'only what is at least this').choices(urgencies).default('lead'))
    .option('--limit <n>', 'show at most this many; --json has all', positiveInteger, 50)
    .addHelpText('after', examples('counterseal findings', 'counterseal findings --least review --json'))
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<FindingsOptions>(
      async ({ app, output, options }) => {
        const store = await app.cases()
        const hunt = await huntMeant(store, options.hunt)
        const found = await store.findings(hunt.hunt_id)
        const wanted = found.filter(one => isWanted(one, options.least)).sort(newestFirst)
        if (output.json)
          for (const finding of wanted) output.record({ type: 'finding', hunt: hunt.hunt_id, ...finding })
        else show(output, hunt, wanted, found.length, options)
        return 0
      },
      { data: defaultData },
    ),
  )
}

/** Throws `usage/not-found`. */
async function huntMeant(store: CaseStore, id: string | undefined): Promise<HuntSummary> {
  const hunts = await store.hunts(id === undefined ? { limit: 1 } : {})
  const hunt = id === undefined ? hunts[0] : hunts.find(({ hunt_id }) => hunt_id === id.toLowerCase())
  if (hunt !== undefined) return hunt
  throw new CountersealError('usage/not-found', {
    message: id === undefined ? 'No hunt was kept here yet.' : `No hunt ${id} was kept here.`,
    remedy: 'Hunt first, and keep it: `counterseal hunt PATH --data DIR`.',
  })
}

/** What lies beside the scale, such as `approved`, is always wanted: somebody decided it. */
function isWanted({ verdict }: Finding, least: Urgency): boolean {
  return urgency(verdict) === -1 || urgency(verdict) >= urgency(least)
}

function newestFirst(a: Finding, b: Finding): number {
  return a.last_seen === b.last_seen ? (a.finding_id < b.finding_id ? -1 : 1) : a.last_seen < b.last_seen ? 1 : -1
}

function show(
  output: Output,
  hunt: HuntSummary,
  findings: readonly Finding[],
  all: number,
  { least, limit }: FindingsOptions,
): void {
  output.line(
    styled(
      output,
      'bold',
      `${grouped(findings.length)} of ${grouped(all)} findings of the hunt of ${hunt.started_at.toISOString().slice(0, 19)}Z`,
    ),
  )
  const rows = findings
    .slice(0, limit)
    .map(({ finding_id, verdict, score, last_seen, title, entities }) => [
      finding_id,
      verdict,
      String(score),
      `${last_seen.slice(0, 19)}Z`,
      entities.find(({ kind }) => kind === 'host_name')?.value ?? '',
      title,
    ])
  if (rows.length > 0)
    for (const line of table(['finding', 'verdict', 'score', 'last seen', 'host', 'what'], rows, 70)) output.line(line)
  if (findings.length > limit)
    output.line(`and ${grouped(findings.length - limit)} more: --limit ${findings.length}, or --json`)
  if (findings.length < all)
    output.line(styled(output, 'dim', `less than ${least} is not shown: --least informational`))
  if (rows.length > 0) output.line(styled(output, 'dim', 'one of them whole: counterseal finding FINDING'))
}
