import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { basename, join, resolve, sep } from 'node:path'
import { z } from 'zod'
import { CountersealError } from '../base/index.ts'
import { parseDefinition, readDefinitionText } from '../definitions/index.ts'
import type { Network } from '../network/index.ts'
import { networkOf } from '../network/index.ts'
import { rowsOfCalendar } from './calendar.ts'
import { reportRow, rowsOfDocument } from './foreign.ts'
import type { Location, LocationReader } from './locations.ts'
import { locationReader } from './locations.ts'
import type { ListRow } from './rows.ts'
import { rowsOfList } from './rows.ts'
import type { Asset, Indicator, Issuance, Planned, Registration, Report, Resolution, SharedNetwork } from './shapes.ts'
import { asset, indicator, issuance, planned, registration, report, resolution, sharedNetwork } from './shapes.ts'

/** Kinds of lists, and for how many hours one is believed unless its owner says otherwise (specification T1596.003 §4.3, §4.5). */
export const inputKinds = {
  assets: { shape: asset, fresh_hours: 720, says: 'the inventory of machines' },
  changes: { shape: planned, fresh_hours: 24, says: 'the calendar of changes' },
  deployments: { shape: planned, fresh_hours: 24, says: 'the deployments that were made' },
  issuance: { shape: issuance, fresh_hours: 168, says: 'the certificates that may be issued' },
  indicators: { shape: indicator, fresh_hours: 168, says: 'a feed of threats' },
  scanners: { shape: indicator, fresh_hours: 720, says: 'a feed of those who scan the Internet' },
  alerts: { shape: report, fresh_hours: 24, says: 'alerts of other systems' },
  phishing: { shape: report, fresh_hours: 24, says: 'phishing that was reported' },
  passive_dns: { shape: resolution, fresh_hours: 168, says: 'what names resolved to, as seen outside (passive DNS)' },
  registrations: { shape: registration, fresh_hours: 720, says: 'when domains were registered (RDAP)' },
  shared_networks: { shape: sharedNetwork, fresh_hours: 2160, says: 'networks that many strangers share' },
} as const

export type InputKind = keyof typeof inputKinds | 'locations'

type Shapes = {
  readonly assets: Asset
  readonly changes: Planned
  readonly deployments: Planned
  readonly issuance: Issuance
  readonly indicators: Indicator
  readonly scanners: Indicator
  readonly alerts: Report
  readonly phishing: Report
  readonly passive_dns: Resolution
  readonly registrations: Registration
  readonly shared_networks: SharedNetwork
}

const networks = z.array(z.string()).transform((all, context) =>
  all.flatMap(one => {
    const network = networkOf(one)
    if (network === undefined) context.addIssue(`${JSON.stringify(one)} is no network in CIDR notation`)
    return network === undefined ? [] : [network]
  }),
)

const words = z.array(
  z
    .string()
    .min(1)
    .transform(one => one.toLowerCase()),
)

const oneInput = z.strictObject({
  input: z.enum([
    'assets',
    'changes',
    'deployments',
    'issuance',
    'indicators',
    'scanners',
    'alerts',
    'phishing',
    'passive_dns',
    'registrations',
    'shared_networks',
    'locations',
  ]),
  /** In the directory of the manifest. */
  file: z
    .string()
    .min(1)
    .refine(name => basename(name) === name, 'is no name of a file beside inputs.yaml'),
  /** Who answers for it. */
  owner: z.string().min(1),
  /** When it was true; without it, when the file was last changed. */
  as_of: z.iso.datetime({ offset: true }).optional(),
  fresh_hours: z.number().positive().optional(),
  /** Our column: theirs. */
  columns: z.record(z.string(), z.string()).default({}),
  /** assets: every machine of these networks is in it. Without, nothing is said of one that is not. */
  covers: networks.default([]),
  /** assets: zones whose machines are trusted. */
  trusted_zones: words.default([]),
  /** scanners: research, commercial, mass or malicious. */
  tier: z.enum(['research', 'commercial', 'mass', 'malicious']).default('mass'),
  /** locations: what is a high risk here. */
  high_risk: z
    .strictObject({
      countries: z
        .array(
          z
            .string()
            .length(2)
            .transform(one => one.toUpperCase()),
        )
        .default([]),
      systems: z.array(z.number().int().positive()).default([]),
      traits: words.default(['anonymous', 'tor', 'vpn', 'proxy', 'hosting']),
    })
    .default({ countries: [], systems: [], traits: ['anonymous', 'tor', 'vpn', 'proxy', 'hosting'] }),
})

const manifest = z.strictObject({ inputs: z.array(oneInput).min(1).max(200) })

/** Where a list comes from and how old it is. */
export type InputFile = {
  readonly input: InputKind
  readonly file: string
  readonly owner: string
  /** Milliseconds since the epoch. */
  readonly as_of: number
  readonly fresh_hours: number
  /** First 16 hexadecimal digits of SHA-256 over the file. */
  readonly version: string
  readonly rows: number
  /** Rows that could not be read: at most 20 are told. */
  readonly refused: number
  readonly refusals: readonly string[]
  readonly covers: readonly Network[]
  readonly trusted_zones: readonly string[]
  readonly tier: string
  readonly high_risk: {
    readonly countries: readonly string[]
    readonly systems: readonly number[]
    readonly traits: readonly string[]
  }
}

/** A row with the way back to where it stands. `row` counts from 1, without the header. */
export type InputRow<T> = { readonly value: T; readonly from: InputFile; readonly row: number }

export type SiteInputs = {
  readonly files: readonly InputFile[]
  readonly rows: { readonly [Kind in keyof Shapes]: readonly InputRow<Shapes[Kind]>[] }
  /** What the databases of places say of an address, each with its file. */
  readonly locate: (address: string) => readonly { readonly location: Location; readonly from: InputFile }[]
}

/** A list is read whole into memory: so long at most, in bytes and in rows; a database of places may be longer. */
const most = { bytes: 64 << 20, rows: 500_000, places: 512 << 20, refusals: 20 }

export const noInputs: SiteInputs = {
  files: [],
  rows: {
    assets: [],
    changes: [],
    deployments: [],
    issuance: [],
    indicators: [],
    scanners: [],
    alerts: [],
    phishing: [],
    passive_dns: [],
    registrations: [],
    shared_networks: [],
  },
  locate: () => [],
}

/**
 * Everything that `inputs.yaml` of a directory names (docs/triage.md). A row that cannot be read costs itself and is counted; a file that
 * is not there or too long throws `input/unreadable`, a manifest that is none `data/bad-definition`.
 */
export function loadSiteInputs(directory: string): SiteInputs {
  const path = join(directory, 'inputs.yaml')
  const { inputs } = parseDefinition('list of inputs', path, readDefinitionText(path), manifest)
  const files: InputFile[] = []
  const rows: Record<string, InputRow<unknown>[]> = {}
  const places: { readonly read: LocationReader; readonly from: InputFile }[] = []
  for (const one of inputs) {
    const file = resolve(directory, one.file)
    if (!file.startsWith(resolve(directory) + sep))
      throw unreadable(one.file, 'it lies outside the directory of inputs.yaml')
    if (one.input === 'locations') {
      const { read, bytes, built } = openPlaces(file)
      const from = fileOf(one, bytes, one.as_of === undefined ? built.getTime() : Date.parse(one.as_of), 0, [])
      files.push(from)
      places.push({ read, from })
      continue
    }
    const { bytes, changed } = contents(file, most.bytes)
    const { shape } = inputKinds[one.input]
    const good: { value: unknown; row: number }[] = []
    const refused: string[] = []
    const all = rowsOf(bytes, one)
    if (all.length > most.rows)
      throw unreadable(one.file, `it has ${all.length} rows, and at most ${most.rows} are read`)
    for (const [nth, told] of all.entries()) {
      const row = typeof told === 'string' ? told : renamed(told, one.columns)
      const checked = typeof row === 'string' ? undefined : shape.safeParse(row)
      if (checked?.success === true) good.push({ value: checked.data, row: nth + 1 })
      else refused.push(`row ${nth + 1}: ${typeof row === 'string' ? row.slice(0, 200) : issueOf(checked?.error)}`)
    }
    const from = fileOf(one, bytes, one.as_of === undefined ? changed : Date.parse(one.as_of), good.length, refused)
    files.push(from)
    rows[one.input] = [...(rows[one.input] ?? []), ...good.map(({ value, row }) => ({ value, row, from }))]
  }
  return {
    files,
    rows: { ...noInputs.rows, ...rows } as SiteInputs['rows'], // each kind's rows went through its own shape
    locate: address =>
      places.flatMap(({ read, from }) => {
        const location = read(address)
        return location === undefined ? [] : [{ location, from }]
      }),
  }
}

type OneInput = z.output<typeof oneInput>

function fileOf(one: OneInput, bytes: Buffer, as_of: number, rows: number, refused: readonly string[]): InputFile {
  const { input, file, owner, covers, trusted_zones, tier, high_risk } = one
  return {
    ...{ input, file, owner, as_of, rows, covers, trusted_zones, tier, high_risk },
    fresh_hours: one.fresh_hours ?? (input === 'locations' ? 24 * 90 : inputKinds[input].fresh_hours),
    version: createHash('sha256').update(bytes).digest('hex').slice(0, 16),
    refused: refused.length,
    refusals: refused.slice(0, most.refusals),
  }
}

function rowsOf(bytes: Buffer, { input, file }: OneInput): readonly ListRow[] {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  const start = text.trimStart().slice(0, 32)
  if (start.toUpperCase().startsWith('BEGIN:VCALENDAR')) return rowsOfCalendar(text)
  const document = start.startsWith('{') || start.startsWith('[') ? whole(text) : undefined
  const known = document === undefined ? undefined : rowsOfDocument(document)
  if (known !== undefined) return input === 'shared_networks' ? known.map(asNetwork) : known
  const isList = input === 'indicators' || input === 'scanners'
  if (isList && document === undefined && !start.startsWith('{') && !headed(text)) return rowsOfText(text, file)
  const rows = rowsOfList(bytes)
  return input === 'alerts' || input === 'phishing' ? rows.map(reportRow) : rows
}

/** A row of a feed, such as a warning list of MISP, as a network that is shared. */
function asNetwork(row: ListRow): ListRow {
  return typeof row === 'string' ? row : { networks: row.value, owner: row.source, what: row.what }
}

function whole(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // one object a line, perhaps
  }
}

/** A list of bare values has none of our columns in its first line. */
function headed(text: string): boolean {
  const first = text.split('\n').find(line => line.trim() !== '' && !line.startsWith('#')) ?? ''
  return /[,;\t]/.test(first) || first.trim().toLowerCase() === 'value'
}

function rowsOfText(text: string, source: string): readonly ListRow[] {
  return text.split('\n').flatMap(line => {
    const [value = '', ...told] = line.split('#').map(one => one.trim())
    return value === '' ? [] : [{ value, source, what: told.join(' ') }]
  })
}

function renamed(
  row: Readonly<Record<string, unknown>>,
  columns: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const own: Record<string, unknown> = { ...row }
  for (const [ours, theirs] of Object.entries(columns)) own[ours] = row[theirs]
  return own
}

function issueOf(error: z.ZodError | undefined): string {
  const issue = error?.issues[0]
  return `${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'cannot be read'}`.slice(0, 300)
}

function contents(path: string, longest: number): { readonly bytes: Buffer; readonly changed: number } {
  try {
    const { size, mtimeMs } = statSync(path)
    if (size > longest) throw new Error(`it has ${size} bytes, and at most ${longest} are read`)
    return { bytes: readFileSync(path), changed: mtimeMs }
  } catch (cause) {
    throw unreadable(basename(path), cause instanceof Error ? cause.message : String(cause), cause)
  }
}

function openPlaces(path: string): ReturnType<typeof locationReader> {
  try {
    const { size } = statSync(path)
    if (size > most.places) throw new Error(`it has ${size} bytes, and at most ${most.places} are read`)
    return locationReader(path)
  } catch (cause) {
    throw unreadable(
      basename(path),
      `it is no MaxMind DB: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    )
  }
}

function unreadable(file: string, why: string, cause?: unknown): CountersealError {
  return new CountersealError('input/unreadable', {
    message: `The input ${file} could not be read: ${why}.`,
    ...(cause === undefined ? {} : { cause }),
  })
}
