import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Asset, Indicator, InputFile, InputRow, Issuance, Planned, Report, SiteInputs } from '../inputs/index.ts'
import { noInputs } from '../inputs/index.ts'
import type { Finding } from '../model/index.ts'
import { networkOf } from '../network/index.ts'
import { loadTriage } from './definition.ts'
import type { Facts, ReferenceEntry, Source } from './facts.ts'

/** Facts that are made up, for tests: one laptop that searched for names of ours on 2 March, everything logged. */
const uid = 'ab'.repeat(16)
export const start = Date.parse('2026-03-02T09:00:00Z')
export const end = Date.parse('2026-03-02T09:30:00Z')
const day = 86_400_000

export const madeFinding: Finding = {
  finding_id: 'cd'.repeat(16),
  analytic: 'T1596.003',
  detection_id: 'certificate-recon/lookup-service-contacted',
  detection_version: 1,
  title: 'Certificate lookup services contacted from inside',
  summary: '10.20.14.37 contacted crt.sh',
  verdict: 'review',
  score: 60,
  contributions: [{ signal: 'connected', points: 60, because: 'A lookup service was contacted.' }],
  entities: [
    { kind: 'source_address', value: '10.20.14.37' },
    { kind: 'http_query', value: '%.corp.example' },
  ],
  techniques: [],
  first_seen: '2026-03-02T09:00:00.000000Z',
  last_seen: '2026-03-02T09:30:00.000000Z',
  event_count: 2,
  evidence: [{ event_uid: uid, file: 'dns.log', record_number: 1 }],
  blind: [],
  would_change: ['x'],
  intel_snapshot: '',
}

/** A source of ours that is known for long. */
export function madeSource(value: string, change: Partial<Source> = {}): Source {
  const network = networkOf(value)
  return {
    ...{
      kind: network === undefined ? 'host' : 'address',
      value,
      is_ours: value.startsWith('10.') || network === undefined,
    },
    ...(network === undefined ? {} : { network }),
    ...{ first_seen: start - 100 * day, last_seen: end, event_uid: uid },
    ...change,
  }
}

export const definition = loadTriage(join(fileURLToPath(new URL('../../analytics', import.meta.url)), 't1596-003'))

/** Every kind of records on every one of the 100 days before. */
export const allDays: Facts['telemetry'] = [
  ...['network_flow', 'tls_session', 'dns_query', 'http_request', 'windows_event'],
  ...['certificate_authority', 'inbound', 'certificate_sighting'],
].map(kind => ({
  kind,
  days: new Set(Array.from({ length: 101 }, (_, nth) => new Date(start - nth * day).toISOString().slice(0, 10))),
}))

export function madeFacts(change: Partial<Facts> = {}): Facts {
  return {
    ...{
      definition,
      finding: madeFinding,
      from: start,
      until: end,
      telemetry: allDays,
      inputs: noInputs,
      issued: { certificates: [], missing: '' },
    },
    ...{
      sources: [madeSource('10.20.14.37')],
      users: [],
      targets: ['corp.example'],
      others: [],
      purposes: [],
      segments: [],
    },
    ...change,
  }
}

type Rows = {
  readonly assets: Asset
  readonly changes: Planned
  readonly deployments: Planned
  readonly issuance: Issuance
  readonly indicators: Indicator
  readonly scanners: Indicator
  readonly alerts: Report
  readonly phishing: Report
}

export type MadeLists = { readonly [Kind in keyof Rows]?: readonly Rows[Kind][] } & {
  readonly locations?: readonly never[]
}

/** Lists of the site, each fresh, unless it is among the `stale`. */
export function madeInputs(
  lists: MadeLists,
  stale: readonly string[] = [],
  change: Partial<InputFile> = {},
): SiteInputs {
  const files = Object.keys(lists).map(
    (input): InputFile => ({
      ...{
        input: input as InputFile['input'],
        file: `${input}.csv`,
        owner: 'the team',
        fresh_hours: 24,
        version: '0123456789abcdef',
      },
      ...{ as_of: stale.includes(input) ? start - 400 * day : end + day, rows: 0, refused: 0, refusals: [] },
      ...{ covers: [networkOf('10.0.0.0/8')].flatMap(one => one ?? []), trusted_zones: ['office'], tier: 'mass' },
      high_risk: { countries: ['XX'], systems: [], traits: ['tor'] },
      ...change,
    }),
  )
  const rows = Object.fromEntries(
    Object.entries(lists).map(([input, values]) => {
      const from = files.find(one => one.input === input)
      return [input, values.map((value, nth) => ({ value, row: nth + 1, from }) as InputRow<unknown>)] as const
    }),
  )
  const places = files.filter(({ input }) => input === 'locations')
  return {
    files,
    rows: { ...noInputs.rows, ...rows },
    locate: () =>
      places.map(from => ({ from, location: { country: 'DE', asn: 64500, as_name: 'Example', traits: [] } })),
  }
}

export const madeAsset = (change: Partial<Asset> = {}): Asset => ({
  ...{
    names: ['lap-37'],
    addresses: [networkOf('10.20.14.37')].flatMap(one => one ?? []),
    role: 'laptop',
    zone: 'office',
    site: '',
    owner: 'Sales',
  },
  ...{ criticality: '', users: [], internet_facing: false, valid_from: undefined, valid_until: undefined },
  ...change,
})

export const madeChange = (scope: readonly string[], at: number, change: Partial<Planned> = {}): Planned => ({
  ...{ start: at, end: undefined, scope: [...scope], ticket: 'CHG-1', summary: 'a new portal', owner: '' },
  ...change,
})

export const madeReport = (entities: readonly string[], severity: Report['severity'], at = start): Report => ({
  ...{ time: at, severity, title: 'something', source: 'a product', entities: [...entities] },
})

export const madePurpose = (change: Partial<ReferenceEntry> = {}): ReferenceEntry => ({
  ...{
    catalogue: 'certificate-lookup-purposes',
    id: 'monitor',
    keys: { network: ['10.20.14.37/32'] },
    source: 'order of 2026-01-01',
  },
  attributes: { services: '*', purpose: 'watches our names', owner: 'soc', ticket: 'CHG-9' },
  ...{ last_verified: '2026-01-01', expires: '2026-06-01' },
  ...change,
})
