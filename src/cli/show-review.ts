import { markdownTable, prose, quoted } from '../exports/index.ts'
import type { ReviewedFinding, TrustReview } from '../review/index.ts'

/** So many of each are told in Markdown; JSON has all. */
const most = { findings: 200, changes: 500, gaps: 50 }

/** A report for people who answer for a period: one page of Markdown, in pieces. */
export function* reviewMarkdown(review: TrustReview): Generator<string> {
  const { analytic, since, until, findings, changes, hunts, missing } = review
  const of = (state: ReviewedFinding['state']) => findings.filter(one => one.state === state)
  yield `# Review of ${prose(analytic)}, ${prose(since)} to ${prose(until)}\n\n`
  yield `${hunts.length} ${hunts.length === 1 ? 'hunt was' : 'hunts were'} kept. Text in ${quoted('this form')} comes from evidence.\n\n`
  yield markdownTable(
    ['what', 'number'],
    [
      ['findings that ask for a decision', String(of('open').length)],
      ['findings that were approved or refuted', String(of('approved').length)],
      ['findings that ask for none', String(of('told').length)],
      ['changes of trust in the ledger', changes === undefined ? 'not known' : String(changes.length)],
      [
        'of these without a finding',
        changes === undefined ? 'not known' : String(changes.filter(one => one.finding === undefined).length),
      ],
    ],
  )
  if (missing.length > 0) yield '\n**What this report could not read:**\n\n'
  for (const sentence of missing) yield `- ${prose(sentence)}\n`
  yield '\n## What stayed unexplained\n\n'
  yield* findingList(of('open'), 'Nothing asks for a decision.')
  yield '\n## What was approved, and by whom\n\n'
  yield* findingList(of('approved'), 'No finding of the period was approved or refuted.')
  yield* approvalList(review)
  yield '\n## What changed\n\n'
  yield* changeList(review)
  yield '\n## What could not be seen\n\n'
  yield* gapList(review)
  yield '\n## Hunts\n\n'
  for (const { hunt_id, started_at, findings: count, version, intel_snapshot } of hunts)
    yield `- ${started_at.toISOString().slice(0, 19)}Z, ${count} findings, version ${prose(version)}, reference data ${quoted(intel_snapshot)}, hunt ${quoted(hunt_id)}\n`
}

function* findingList(findings: readonly ReviewedFinding[], none: string): Generator<string> {
  if (findings.length === 0) yield `${none}\n`
  for (const { finding, host, before } of findings.slice(0, most.findings)) {
    const { verdict, score, title, summary, first_seen, finding_id } = finding
    const was = before.length === 0 ? '' : `, before that ${before.join(', ')}`
    yield `- **${verdict}**${was}, score ${score}, on ${quoted(host)} since ${first_seen}: ${prose(title)}\n`
    yield `  - ${quoted(summary)}\n  - finding ${quoted(finding_id)}\n`
    for (const one of finding.correlation?.approvals ?? [])
      yield `  - ${prose(one.match)}: ${prose(one.kind)} ${quoted(one.ticket)}, approved by ${quoted(one.approver)}\n`
  }
  yield* more(findings.length, most.findings)
}

function* approvalList({ approvals }: TrustReview): Generator<string> {
  if (approvals === undefined) return
  yield `\n${approvals.length} ${approvals.length === 1 ? 'approval is' : 'approvals are'} on record for the period. Names are what was entered; nobody checked them.\n\n`
  for (const { id, kind, ticket, approver, requester, binds, from, until, withdrawn } of approvals)
    yield `- ${prose(kind)} ${quoted(ticket)} (${quoted(id)}), asked for by ${quoted(requester)}, approved by ${quoted(approver)}, ${from} to ${until}: ${quoted(binds)}${withdrawn === undefined ? '' : `; WITHDRAWN ${quoted(withdrawn)}`}\n`
}

/** Out of the ledger; without one, what findings say of stores and providers. */
function* changeList({ changes, findings }: TrustReview): Generator<string> {
  if (changes !== undefined) {
    if (changes.length === 0) yield 'The ledger has no change in the period.\n'
    for (const one of changes.slice(0, most.changes)) {
      const when =
        one.changed_from === one.changed_until
          ? one.changed_from
          : `between ${one.changed_from} and ${one.changed_until}`
      const who = [one.actor_process, one.actor_user]
        .filter(text => text !== '')
        .map(quoted)
        .join(' as ')
      const judged =
        one.finding === undefined
          ? 'no finding'
          : `${one.finding.finding.verdict}, finding ${quoted(one.finding.finding.finding_id)}`
      yield `- (${one.sequence}) ${when}, ${quoted(one.host)}: ${prose(one.object_kind)} ${quoted(one.object)} ${prose(one.operation)}${who === '' ? '' : ` by ${who}`} (${prose(one.provenance)}); ${judged}\n`
    }
    yield* more(changes.length, most.changes)
    return
  }
  const told = findings.flatMap(({ finding, host }) =>
    (finding.correlation?.observations ?? [])
      .filter(one => one.class === 'certificate_store' || one.class === 'trust_provider')
      .map(one => ({ ...one, host, finding })),
  )
  if (told.length === 0) yield 'No finding of the period tells a change of a certificate store or a trust provider.\n'
  const sorted = told.toSorted((a, b) => (a.first_seen < b.first_seen ? -1 : 1))
  for (const { first_seen, host, summary, finding, event_uid } of sorted.slice(0, most.changes))
    yield `- ${first_seen}, ${quoted(host)}: ${quoted(summary)}; ${finding.verdict}, evidence ${quoted(event_uid)}\n`
  yield* more(told.length, most.changes)
}

function* gapList({ gaps }: TrustReview): Generator<string> {
  if (gaps.length === 0)
    yield 'No finding of the period names a class that could not be judged. Hosts without a finding: counterseal coverage.\n'
  for (const { title, hosts, why } of gaps.slice(0, most.gaps))
    yield `- ${prose(title)}, on ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'} (${hosts.slice(0, 5).map(quoted).join(', ')}${hosts.length > 5 ? ' and others' : ''}): ${quoted(why)}\n`
  yield* more(gaps.length, most.gaps)
}

function* more(count: number, shown: number): Generator<string> {
  if (count > shown) yield `- and ${count - shown} more: --json has them all\n`
}
