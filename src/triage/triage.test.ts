import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Facts } from './facts.ts'
import { targetsOf } from './facts.ts'
import type { MadeLists } from './made-facts.ts'
import {
  allDays,
  definition,
  end,
  madeAsset,
  madeChange,
  madeFacts,
  madeFinding,
  madeInputs,
  madePurpose,
  madeReport,
  madeSource,
  start,
} from './made-facts.ts'
import { isForLevelOne, triageOf } from './triage.ts'

const hour = 3_600_000
const day = 24 * hour

/** Every list, and nothing in it that has to do with the finding. */
const quiet: MadeLists = {
  ...{
    assets: [madeAsset()],
    changes: [],
    deployments: [],
    issuance: [],
    indicators: [],
    scanners: [],
    alerts: [],
    phishing: [],
    locations: [],
  },
}
const sanctioned = {
  ...madeFinding,
  contributions: [...madeFinding.contributions, { signal: 'sanctioned', points: -100, because: 'It was ordered.' }],
}
const verdictsOf = (facts: Facts) => triageOf(facts).answers.map(({ verdict }) => verdict)
const decisionOf = (facts: Facts) => triageOf(facts).decision.decision
const statesOf = (facts: Facts, id: string) =>
  Object.fromEntries(
    [...triageOf(facts).answers, ...triageOf(facts).decision.grounds]
      .find(one => one.id === id)
      ?.reasons.map(({ code, state }) => [code, state]) ?? [],
  )

describe('question 1', () => {
  it('is yes for a machine of the inventory, in a trusted zone, known for long, in no feed', () => {
    expect(verdictsOf(madeFacts({ inputs: madeInputs(quiet) }))[0]).toBe('yes')
  })

  it('is unknown without an inventory, with one that is too old, and with one that does not cover the network', () => {
    expect(verdictsOf(madeFacts())[0]).toBe('unknown')
    expect(verdictsOf(madeFacts({ inputs: madeInputs(quiet, ['assets']) }))[0]).toBe('unknown')
    const elsewhere = madeInputs({ ...quiet, assets: [] }, [], { covers: [] })
    expect(verdictsOf(madeFacts({ inputs: elsewhere }))[0]).toBe('unknown')
  })

  it('is no for a machine that the inventory should have', () => {
    expect(verdictsOf(madeFacts({ inputs: madeInputs({ ...quiet, assets: [] }) }))[0]).toBe('no')
  })

  it('is no for one that was first seen yesterday, and unknown where the days before were not logged', () => {
    const sources = [madeSource('10.20.14.37', { first_seen: start - day })]
    expect(verdictsOf(madeFacts({ sources, inputs: madeInputs(quiet) }))[0]).toBe('no')
    const telemetry = allDays.map(one => ({ ...one, days: new Set([...one.days].filter(text => text > '2026-02-28')) }))
    expect(verdictsOf(madeFacts({ sources, telemetry, inputs: madeInputs(quiet) }))[0]).toBe('unknown')
  })

  it('is no when somebody else uses it', () => {
    const inputs = madeInputs({ ...quiet, assets: [madeAsset({ users: ['corp\\e.berg'] })] })
    expect(verdictsOf(madeFacts({ users: ['e.berg@corp.example'], inputs }))[0]).toBe('yes')
    expect(verdictsOf(madeFacts({ users: ['corp\\m.roth'], inputs }))[0]).toBe('no')
  })

  it('is no for one from outside that scans, and for one that comes for the first time in 90 days', () => {
    const outside = { first_seen: start }
    const listed = {
      value: '203.0.113.0/24',
      source: 'censys',
      what: '',
      confidence: undefined,
      valid_from: undefined,
      valid_until: undefined,
    }
    const facts = madeFacts({
      sources: [madeSource('203.0.113.9', outside)],
      inputs: madeInputs({ ...quiet, scanners: [listed] }),
    })
    expect(statesOf(facts, 'q1').OUTSIDE_AND_SUSPECT).toBe('true')
    expect(verdictsOf(facts)[0]).toBe('no')
  })

  it('asks every source: one that is not known is enough', () => {
    const sources = [madeSource('10.20.14.37'), madeSource('10.20.14.99')]
    expect(verdictsOf(madeFacts({ sources, inputs: madeInputs(quiet) }))[0]).toBe('no')
  })
})

describe('question 2', () => {
  it('is yes for what was ordered, as the detection found', () => {
    expect(
      verdictsOf(madeFacts({ finding: sanctioned, purposes: [madePurpose()], inputs: madeInputs(quiet) }))[1],
    ).toBe('yes')
  })

  it('is yes for a machine of those whose work it is, unless the finding speaks against it', () => {
    const inputs = madeInputs({ ...quiet, assets: [madeAsset({ owner: 'IT Security' })] })
    expect(verdictsOf(madeFacts({ inputs }))[1]).toBe('yes')
    const disguised = {
      ...madeFinding,
      contributions: [{ signal: 'disguised', points: 60, because: 'It says that it is a browser.' }],
    }
    expect(
      verdictsOf(
        madeFacts({ inputs, finding: disguised, purposes: [madePurpose({ keys: { network: ['10.9.9.9/32'] } })] }),
      )[1],
    ).toBe('no')
  })

  it('is no when orders are written down and none covers it', () => {
    const purposes = [madePurpose({ keys: { network: ['10.9.9.9/32'] } })]
    expect(verdictsOf(madeFacts({ purposes, inputs: madeInputs(quiet) }))[1]).toBe('no')
    const expired = [madePurpose({ expires: '2026-02-01' })]
    expect(verdictsOf(madeFacts({ purposes: expired, inputs: madeInputs(quiet) }))[1]).toBe('no')
    const unverified = [madePurpose({ last_verified: '2025-06-01' })]
    expect(verdictsOf(madeFacts({ purposes: unverified, inputs: madeInputs(quiet) }))[1]).toBe('no')
  })

  it('is unknown where no orders are written down, and the examples that ship are none', () => {
    expect(
      verdictsOf(
        madeFacts({
          purposes: [madePurpose({ source: 'an example; no such name exists' })],
          inputs: madeInputs(quiet),
        }),
      )[1],
    ).toBe('unknown')
  })

  it('is unknown when nobody can say what was searched', () => {
    const purposes = [madePurpose({ keys: { network: ['10.9.9.9/32'] } })]
    const { answers } = triageOf(madeFacts({ targets: [], purposes, inputs: madeInputs(quiet) }))
    expect(answers[1].verdict).toBe('unknown')
    expect(answers[1].missing.join()).toContain('the searched names')
  })

  it('is no when it leaves what was agreed', () => {
    const finding = {
      ...madeFinding,
      contributions: [
        ...madeFinding.contributions,
        { signal: 'out_of_profile', points: 10, because: 'There were more than was agreed.' },
      ],
    }
    expect(verdictsOf(madeFacts({ finding, purposes: [madePurpose()] }))[1]).toBe('no')
  })
})

describe('question 3', () => {
  const near = (at: number, scope: readonly string[] = ['portal.corp.example']) =>
    verdictsOf(
      madeFacts({
        targets: ['portal.corp.example'],
        inputs: madeInputs({ ...quiet, changes: [madeChange(scope, at)] }),
      }),
    )[2]

  it('is yes from 24 hours before to 72 hours after, for the name, its domain or the machine', () => {
    expect([start - 24 * hour, start, end + 72 * hour].map(at => near(at))).toEqual(['yes', 'yes', 'yes'])
    expect([start - 25 * hour, end + 73 * hour].map(at => near(at))).toEqual(['no', 'no'])
    expect(near(start, ['corp.example'])).toBe('yes')
    expect(near(start, ['10.20.14.0/24'])).toBe('yes')
    expect(near(start, ['other.example', 'corp.example.org'])).toBe('no')
  })

  it('is unknown when a list is older than a day or is missing, and when no name is known', () => {
    expect(verdictsOf(madeFacts({ inputs: madeInputs(quiet, ['changes']) }))[2]).toBe('unknown')
    const { issuance: _, ...rest } = quiet
    expect(verdictsOf(madeFacts({ inputs: madeInputs(rest) }))[2]).toBe('unknown')
    expect(verdictsOf(madeFacts({ targets: [], inputs: madeInputs(quiet) }))[2]).toBe('unknown')
  })
})

describe('the decision', () => {
  const known = { finding: sanctioned, purposes: [madePurpose()] }

  it('is to close only what is known, ordered, alone, and from no risky place', () => {
    expect(decisionOf(madeFacts({ ...known, inputs: madeInputs(quiet) }))).toBe('close')
  })

  it('is to escalate a known machine without a purpose, by the runbook’s letter', () => {
    expect(
      decisionOf(
        madeFacts({ purposes: [madePurpose({ keys: { network: ['10.9.9.9/32'] } })], inputs: madeInputs(quiet) }),
      ),
    ).toBe('escalate')
  })

  it('is to watch what is known and has a purpose, where nobody can say what else there was', () => {
    const { alerts: _, ...rest } = quiet
    const { decision } = triageOf(madeFacts({ ...known, inputs: madeInputs(rest) }))
    expect(decision).toMatchObject({ decision: 'monitor', until: '2026-03-05T09:30:00.000Z' })
  })

  it.each([
    ['an alert of medium severity about the machine', { alerts: [madeReport(['10.20.14.37'], 'medium')] }, 'escalate'],
    ['an alert about somebody else', { alerts: [madeReport(['10.20.14.99'], 'critical')] }, 'close'],
    ['an alert of low severity', { alerts: [madeReport(['10.20.14.37'], 'low')] }, 'close'],
    ['an alert of two days before', { alerts: [madeReport(['10.20.14.37'], 'high', start - 48 * hour)] }, 'close'],
    ['phishing that names the domain', { phishing: [madeReport(['login.corp.example'], 'low')] }, 'escalate'],
  ] as const)('with %s is as it should be', (_, more, wanted) => {
    expect(decisionOf(madeFacts({ ...known, inputs: madeInputs({ ...quiet, ...more }) }))).toBe(wanted)
  })

  it.each([
    ['certificate-recon/visited-after-publication', 'INBOUND_SCAN'],
    ['certificate-authority/name-of-another-requested', 'PKI_ANOMALY'],
    ['certificate-recon/search-then-probe', 'SEARCH_THEN_PROBE'],
  ])('is to escalate beside a finding of %s', (detection_id, code) => {
    const other = { ...madeFinding, finding_id: 'ef'.repeat(16), detection_id }
    const facts = madeFacts({ ...known, others: [other], inputs: madeInputs(quiet) })
    expect(statesOf(facts, 'e2')[code]).toBe('true')
    expect(decisionOf(facts)).toBe('escalate')
    const elsewhere = { ...other, entities: [{ kind: 'source_address', value: '10.7.7.7' }] }
    expect(decisionOf(madeFacts({ ...known, others: [elsewhere], inputs: madeInputs(quiet) }))).toBe('close')
  })

  it.each([
    ['of the domain it is about', {}, 0, 'true'],
    ['of another domain of ours', { names: ['www.other.example'] }, 0, 'false'],
    ['that is sanctioned', { state: 'sanctioned' }, 0, 'false'],
    ['of two days later', {}, 48 * hour, 'false'],
  ] as const)('counts a new certificate that nobody let be issued, %s, as it should', (_, change, later, wanted) => {
    const certificate = {
      names: ['www.corp.example'],
      not_before: start + later,
      state: 'unsanctioned',
      verdict: 'unknown_owner',
      because: 'no row has it',
      certificate: '01',
      ...change,
    } as const
    const issued = { certificates: [certificate], missing: '' }
    expect(statesOf(madeFacts({ ...known, issued, inputs: madeInputs(quiet) }), 'e2').UNSANCTIONED_CERTIFICATE).toBe(
      wanted,
    )
  })

  it('takes a certificate soon after an order to be its, and knows nothing without the logs or the list', () => {
    const finding = { ...madeFinding, detection_id: 'certificate-recon/authority-from-unusual-place' }
    const certificate = (not_before: number) =>
      ({
        names: ['www.other.example'],
        not_before,
        state: 'unsanctioned',
        verdict: 'unknown_owner',
        because: 'no row has it',
        certificate: '01',
      }) as const
    const state = (issued: Facts['issued'], telemetry = allDays) =>
      statesOf(madeFacts({ finding, issued, telemetry, inputs: madeInputs(quiet) }), 'e2').UNSANCTIONED_CERTIFICATE
    expect(state({ certificates: [certificate(end + hour)], missing: '' })).toBe('true')
    expect(state({ certificates: [certificate(end + 3 * hour)], missing: '' })).toBe('false')
    expect(state({ certificates: [], missing: 'the certificates that may be issued' })).toBe('unknown')
    expect(state({ certificates: [], missing: '' }, [])).toBe('unknown')
  })

  it('is to escalate what comes from a place of high risk, and to watch what comes through a VPN', () => {
    const inputs = {
      ...madeInputs(quiet),
      locate: () =>
        madeInputs(quiet).files.flatMap(from =>
          from.input === 'locations' ? [{ from, location: { country: 'XX', asn: 1, as_name: 'x', traits: [] } }] : [],
        ),
    }
    expect(statesOf(madeFacts({ sources: [madeSource('203.0.113.9')], inputs }), 'e3')).toEqual({
      HIGH_RISK_PLACE: 'true',
    })
    const vpn = madeInputs({ ...quiet, assets: [madeAsset({ role: 'VPN pool' })] })
    expect(decisionOf(madeFacts({ ...known, inputs: vpn }))).toBe('monitor')
  })

  it('puts off an unknown one below a score that the site set, and says so', () => {
    const facts = madeFacts({
      definition: { ...definition, defer_unknown_below: 70 },
      inputs: madeInputs({ ...quiet, indicators: [] }, ['assets']),
    })
    expect(triageOf(facts).decision).toMatchObject({ decision: 'monitor', deferred_by: 'defer_unknown_below: 70' })
    expect(decisionOf({ ...facts, definition })).toBe('escalate')
    // What is answered with no is not unknown.
    expect(decisionOf({ ...facts, inputs: madeInputs({ ...quiet, assets: [] }) })).toBe('escalate')
  })

  it('follows what a person answered, and keeps what was computed', () => {
    const facts = madeFacts({ inputs: madeInputs(quiet) })
    const made = triageOf(facts, [{ question: 'q2', verdict: 'yes', by: 'e.berg', because: 'asked the owner' }])
    expect(made.decision.decision).toBe('close')
    expect(made.answers[1].reasons[0]?.text).toBe('e.berg answered yes (computed: unknown): asked the owner')
  })
})

/** Facts of every kind: lists there, stale or missing, with and without what matters in them; sources inside, outside and none. */
const anyFacts: fc.Arbitrary<Facts> = fc
  .record({
    kinds: fc.subarray(Object.keys(quiet)),
    stale: fc.subarray(Object.keys(quiet)),
    assets: fc.constantFrom(
      [],
      [madeAsset()],
      [madeAsset({ owner: 'soc' })],
      [madeAsset({ zone: 'guest', users: ['e.berg'] })],
      [madeAsset({ role: 'vpn' })],
    ),
    changes: fc.constantFrom(
      [],
      [madeChange(['corp.example'], start)],
      [madeChange(['10.20.14.37'], start - 90 * day)],
    ),
    alerts: fc.constantFrom([], [madeReport(['10.20.14.37'], 'high')]),
    sources: fc.constantFrom(
      [],
      [madeSource('10.20.14.37')],
      [madeSource('ws-1')],
      [madeSource('203.0.113.9', { first_seen: start })],
      [madeSource('10.20.14.37', { first_seen: start - day }), madeSource('10.3.3.3')],
    ),
    users: fc.constantFrom([], ['e.berg'], ['m.roth']),
    targets: fc.constantFrom([], ['corp.example']),
    purposes: fc.constantFrom(
      [],
      [madePurpose()],
      [madePurpose({ expires: '2026-02-01' })],
      [madePurpose({ keys: { user: ['m.roth'] } })],
    ),
    finding: fc.constantFrom(madeFinding, sanctioned),
    telemetry: fc.constantFrom([], allDays, allDays.slice(2, 4)),
    covers: fc.boolean(),
  })
  .map(({ kinds, stale, assets, changes, alerts, covers, ...rest }) => {
    const lists = Object.fromEntries(
      Object.entries({ ...quiet, assets, changes, alerts }).filter(([kind]) => kinds.includes(kind)),
    )
    return madeFacts({ ...rest, inputs: madeInputs(lists, stale, covers ? {} : { covers: [], trusted_zones: [] }) })
  })

describe('of any facts', () => {
  it('every clause that is known stands on something, and every one that is not says what would tell', () => {
    fc.assert(
      fc.property(anyFacts, facts => {
        const { answers, decision } = triageOf(facts)
        const reasons = [...answers, ...decision.grounds.filter(({ id }) => id !== 'e1')].flatMap(one => one.reasons)
        expect(reasons.filter(({ state, evidence }) => state !== 'unknown' && evidence.length === 0)).toEqual([])
        expect(answers.filter(({ verdict, missing }) => verdict === 'unknown' && missing.length === 0)).toEqual([])
        expect(decision.grounds.filter(({ state, missing }) => state === 'unknown' && missing.length === 0)).toEqual([])
      }),
      { numRuns: 3000 },
    )
  })

  it('is escalated exactly when one of the runbook’s three reasons holds', () => {
    fc.assert(
      fc.property(anyFacts, facts => {
        const { answers, decision } = triageOf(facts)
        const [e1, e2, e3] = decision.grounds.map(({ state }) => state)
        expect(e1 === 'true').toBe(!(answers[0].verdict === 'yes' && answers[1].verdict === 'yes'))
        expect(decision.decision === 'escalate').toBe([e1, e2, e3].includes('true'))
        expect(decision.decision === 'close').toBe([e1, e2, e3].every(state => state === 'false'))
      }),
      { numRuns: 3000 },
    )
  })

  it('is answered no only by lists that are fresh and logs that are whole', () => {
    fc.assert(
      fc.property(anyFacts, facts => {
        for (const { verdict, reasons } of triageOf(facts).answers) {
          if (verdict !== 'no') continue
          const refs = reasons.flatMap(({ state, evidence }) => (state === 'unknown' ? [] : evidence))
          const stale = facts.inputs.files
            .filter(one => one.as_of < facts.until - one.fresh_hours * hour)
            .map(({ file }) => file)
          expect(refs.filter(ref => ref.source === 'input' && ref.row === 0 && stale.includes(ref.file))).toEqual([])
          expect(
            reasons.filter(
              ({ state, evidence }) =>
                state !== 'unknown' && evidence.some(ref => ref.source === 'telemetry' && ref.days_seen < ref.days),
            ),
          ).toEqual([])
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('loses nothing but certainty when a list is taken away', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom(...Object.keys(quiet)), (facts, kind) => {
        const { inputs } = facts
        const less = {
          ...inputs,
          files: inputs.files.filter(({ input }) => input !== kind),
          rows: { ...inputs.rows, [kind]: [] },
        }
        const [before, after] = [verdictsOf(facts), verdictsOf({ ...facts, inputs: less })]
        // An inventory also says who owns a machine: without it another reason may decide, but never the opposite.
        for (const [nth, verdict] of after.entries())
          if (before[nth] !== verdict && before[nth] === 'unknown') expect(verdict).toBe('unknown')
      }),
      { numRuns: 3000 },
    )
  })
})

describe('what is for level 1', () => {
  it('is a lead and more, and every rate that was left', () => {
    expect(isForLevelOne(definition, { ...madeFinding, verdict: 'lead' })).toBe(true)
    expect(isForLevelOne(definition, { ...madeFinding, verdict: 'informational' })).toBe(false)
    expect(
      isForLevelOne(definition, {
        ...madeFinding,
        verdict: 'informational',
        detection_id: 'certificate-recon/lookups-above-usual',
      }),
    ).toBe(true)
    expect(isForLevelOne(definition, { ...madeFinding, analytic: 'AN1246' })).toBe(false)
  })

  it('takes names out of what was searched, and nothing else', () => {
    const entities = [
      { kind: 'http_query', value: 'q=%25.corp.example&output=json %.shop.example' },
      {
        kind: 'database_statement',
        value: "SELECT name FROM identities WHERE reverse(lower(value)) LIKE '%.vpn.corp.example'",
      },
      { kind: 'tls_server_name', value: 'crt.sh' },
      { kind: 'certificate_names', value: '*.listed.example' },
    ]
    expect(targetsOf(definition, { ...madeFinding, entities })).toEqual(
      expect.arrayContaining(['shop.example', 'vpn.corp.example', 'listed.example']),
    )
    expect(targetsOf(definition, { ...madeFinding, entities })).not.toContain('crt.sh')
  })
})
