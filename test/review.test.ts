import { describe, expect, it } from 'vitest'
import { reviewMarkdown } from '../src/cli/show-review.ts'
import type { Finding, HuntSummary } from '../src/model/index.ts'
import type { ChangeTold, ReviewSources } from '../src/review/index.ts'
import { trustReview } from '../src/review/index.ts'

const since = '2026-03-01T00:00:00.000000Z'
const until = '2026-04-01T00:00:00.000000Z'

function huntAt(day: string, id: string): HuntSummary {
  const at = new Date(`${day}T12:00:00Z`)
  return { hunt_id: id, started_at: at, finished_at: at, paths: [], version: '0', intel_snapshot: 'x', findings: 1 }
}

function finding(changes: Partial<Finding> = {}): Finding {
  return {
    finding_id: 'a'.repeat(32),
    analytic: 'AN1246',
    detection_id: 'an1246/correlation',
    detection_version: 1,
    title: 'Windows trust was changed',
    summary: 'somebody wrote a certificate',
    verdict: 'review',
    score: 40,
    contributions: [{ signal: 's', points: 40, because: 'b' }],
    entities: [{ kind: 'host_name', value: 'WS01' }],
    techniques: [],
    first_seen: '2026-03-10T00:00:00.000000Z',
    last_seen: '2026-03-10T00:00:01.000000Z',
    event_count: 1,
    evidence: [{ event_uid: 'e'.repeat(32), file: 'f', record_number: 0 }],
    blind: [],
    would_change: ['x'],
    intel_snapshot: 'x',
    ...changes,
  }
}

const change: ChangeTold = {
  sequence: 1,
  host: 'ws01',
  object_kind: 'certificate',
  object: 'hklm\\…\\root|1f3d',
  operation: 'set',
  changed_from: '2026-03-10T00:00:00.000000Z',
  changed_until: '2026-03-10T00:00:00.000000Z',
  provenance: 'event',
  actor_process: 'C:\\Windows\\System32\\certutil.exe',
  actor_user: 'CORP\\a',
  event_uid: 'e'.repeat(32),
}

function sources(changes: Partial<ReviewSources> = {}): ReviewSources {
  const hunts = [{ hunt: huntAt('2026-04-02', 'h1'), findings: [finding()] }]
  return { analytic: 'AN1246', since, until, hunts, approvals: [], ledger: [change], ...changes }
}

const text = (changes: Partial<ReviewSources> = {}) => [...reviewMarkdown(trustReview(sources(changes)))].join('')

describe('the review of a period', () => {
  it('has findings whose events reach into it, of its analytic, and no others', () => {
    const findings = [
      finding(),
      finding({ finding_id: 'b'.repeat(32), first_seen: until, last_seen: until }),
      finding({
        finding_id: 'c'.repeat(32),
        first_seen: '2026-02-01T00:00:00.000000Z',
        last_seen: '2026-02-28T23:59:59.999999Z',
      }),
      finding({ finding_id: 'd'.repeat(32), first_seen: '2026-02-01T00:00:00.000000Z', last_seen: since }),
      finding({ finding_id: 'f'.repeat(32), analytic: 'AN1972' }),
    ]
    const review = trustReview(sources({ hunts: [{ hunt: huntAt('2026-04-02', 'h1'), findings }] }))
    expect(review.findings.map(one => one.finding.finding_id[0])).toEqual(['a', 'd'])
    expect(trustReview(sources({ host: 'ws02' })).findings).toEqual([])
  })

  it('tells a finding once, as the newest hunt has it, and what it was before', () => {
    const versions = (['approved', 'alert', 'alert', 'review'] as const).map((verdict, nth) => ({
      hunt: huntAt(`2026-04-0${5 - nth}`, `h${nth}`),
      findings: [finding({ verdict })],
    }))
    const [one, ...others] = trustReview(sources({ hunts: versions })).findings
    expect(others).toEqual([])
    expect(one).toMatchObject({ hunt_id: 'h0', state: 'approved', before: ['review', 'alert'] })
    expect(text({ hunts: versions })).toContain('**approved**, before that review, alert, score 40')
  })

  it('says what stayed unexplained: what asks for a decision and has none', () => {
    for (const [verdict, state] of [
      ['incident', 'open'],
      ['review', 'open'],
      ['unknown', 'open'],
      ['lead', 'told'],
      ['informational', 'told'],
      ['refuted', 'approved'],
    ] as const) {
      const review = trustReview(
        sources({ hunts: [{ hunt: huntAt('2026-04-02', 'h1'), findings: [finding({ verdict })] }] }),
      )
      expect(review.findings[0]?.state, verdict).toBe(state)
    }
  })

  it('joins a change of the ledger to the finding that stands on the same record of the same host', () => {
    const other = { ...change, sequence: 2, event_uid: 'f'.repeat(32) }
    const elsewhere = { ...change, sequence: 3, host: 'ws02' }
    const { changes } = trustReview(sources({ ledger: [change, other, elsewhere] }))
    expect(changes?.map(one => one.finding?.finding.finding_id)).toEqual(['a'.repeat(32), undefined, undefined])
    expect(text({ ledger: [change, other] })).toContain('| of these without a finding | 1 |')
  })

  it('says what it could not read, and claims nothing of it', () => {
    expect(trustReview(sources()).missing).toEqual([])
    const { missing, changes } = trustReview(sources({ approvals: undefined, ledger: undefined, hunts: [] }))
    expect(missing).toHaveLength(3)
    expect(changes).toBeUndefined()
    const page = text({ approvals: undefined, ledger: undefined, hunts: [] })
    expect(page).toContain('| changes of trust in the ledger | not known |')
    expect(page).toContain('No hunt was kept since')
  })

  it('says that the end of the period was not hunted through', () => {
    const hunts = [{ hunt: huntAt('2026-03-15', 'h1'), findings: [] }]
    expect(trustReview(sources({ hunts })).missing).toEqual([
      expect.stringContaining('was before the end of the period'),
    ])
  })

  it('lets no text of evidence out of its code spans', () => {
    const hostile = finding({
      summary: '`](http://evil.example) <img>\n# x',
      entities: [{ kind: 'host_name', value: 'a|`b' }],
    })
    const page = text({ hunts: [{ hunt: huntAt('2026-04-02', 'h1'), findings: [hostile] }], ledger: [] })
    expect(page).toContain('  - `` `](http://evil.example) <img>\\u000a# x ``\n')
    expect(page).toContain('on ``a|`b`` since')
  })
})
