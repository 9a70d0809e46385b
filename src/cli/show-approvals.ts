import type { Finding, KeptApproval } from '../model/index.ts'
import type { Output } from './output.ts'
import { grouped, printable, styled, table } from './output.ts'

/** Of a case; `--json` has the rest. */
const shown = { approvals: 5, differences: 4 }

const matchWords = {
  exact: 'approved by',
  partial: 'NOT WHAT WAS APPROVED BY',
  expired: 'approved once, and expired:',
  refused: 'nobody can approve this, not even',
} as const

/** What approvals say of a case, and what it would have been without them. */
export function showApprovals(output: Output, { verdict, score, correlation }: Finding): void {
  const { approvals = [], without_approval: without, exercises = [] } = correlation ?? {}
  for (const ticket of exercises.slice(0, shown.approvals))
    output.line(`    falls into the exercise ${printable(ticket)}; it approves only what it names`)
  for (const { match, ticket, kind, approver, because, differs } of approvals.slice(0, shown.approvals)) {
    const who = kind === 'baseline' ? `baseline ${ticket}` : ticket
    const line = `    ${matchWords[match]} ${printable(who)} (${printable(approver)})${because === '' ? '' : `: ${printable(because)}`}`
    output.line(match === 'partial' ? styled(output, 'red', line) : line)
    for (const { what, approved, actual } of differs.slice(0, shown.differences))
      output.line(`      ${what}: approved ${printable(approved)}, and it was ${printable(actual)}`)
  }
  if (approvals.length > shown.approvals) output.line(`    and ${approvals.length - shown.approvals} more approvals`)
  if (without === undefined) return
  const left = without.verdict === verdict ? 'what is not approved leaves it so' : `it is ${verdict} because of them`
  output.line(
    `    would have been ${without.verdict} ${without.score} without the approvals; ${left}, and keeps its score ${score}`,
  )
}

/** How many cases each approval made less urgent, so that none does it unseen. */
export function showSuppressed(output: Output, findings: readonly Finding[]): void {
  for (const { ticket, cases } of suppressedBy(findings))
    output.line(`  ${printable(ticket)} made ${grouped(cases)} ${cases === 1 ? 'case' : 'cases'} less urgent`)
}

/** By ticket, the most first. */
export function suppressedBy(
  findings: readonly Finding[],
): readonly { readonly ticket: string; readonly cases: number }[] {
  const counts = new Map<string, number>()
  for (const { verdict, correlation } of findings) {
    const without = correlation?.without_approval
    if (without === undefined || without.verdict === verdict) continue
    const exact = (correlation?.approvals ?? []).filter(({ match }) => match === 'exact')
    for (const ticket of new Set(exact.map(one => one.ticket))) counts.set(ticket, (counts.get(ticket) ?? 0) + 1)
  }
  return [...counts]
    .map(([ticket, cases]) => ({ ticket, cases }))
    .sort((a, b) => b.cases - a.cases || (a.ticket < b.ticket ? -1 : 1))
}

export function stateOf({ approval, withdrawn }: KeptApproval, now: string): 'withdrawn' | 'expired' | 'in force' {
  if (withdrawn !== undefined) return 'withdrawn'
  return approval.expires <= now ? 'expired' : 'in force'
}

export function listApprovals(output: Output, kept: readonly KeptApproval[], now: string): void {
  if (kept.length === 0) output.line('No approval is kept here.')
  else {
    const rows = kept.map(one => {
      const { approval_id, ticket, approver, hosts, until, expires, object } = one.approval
      const what = Object.entries(object).map(([kind, values]) => `${kind}=${values.join('|')}`)
      const word = stateOf(one, now)
      return [
        approval_id,
        word,
        ticket,
        approver,
        hosts.join('|'),
        until.slice(0, 10),
        expires.slice(0, 10),
        what.join(' '),
      ]
    })
    const header = ['approval', 'state', 'ticket', 'approver', 'hosts', 'until', 'expires', 'object']
    for (const line of table(header, rows)) output.line(line)
  }
}
