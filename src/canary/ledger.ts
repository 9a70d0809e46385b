import type { CaseLogEntry, KeptEntry } from '../model/index.ts'

/** A canary as its ledger tells it. Times ISO 8601. */
export type Canary = {
  readonly id: string
  readonly fqdn: string
  /** Its twin: a name of the same form, in DNS and in no certificate. */
  readonly control_fqdn: string
  readonly apex: string
  readonly lure: string
  readonly sensor_addresses: readonly string[]
  readonly allowed: readonly string[]
  readonly created_at: string
  readonly created_by: string
  /** The earliest promise of a log in its certificate, or the first entry a log had of it. */
  readonly published_at?: string
  readonly certificate_sha256?: string
  readonly retired_at?: string
}

/** What was laid out, from the entries in their order. An entry of something that was never created is left out. */
export function canariesOf(entries: readonly KeptEntry<'canary'>[]): readonly Canary[] {
  const all = new Map<string, Canary>()
  for (const { subject, recorded_at, entry } of entries) {
    const before = all.get(subject)
    const at = recorded_at.toISOString()
    if (entry.action === 'created') all.set(subject, before ?? created(subject, at, entry))
    else if (before === undefined) continue
    else if (entry.action === 'retired') all.set(subject, { ...before, retired_at: at })
    else all.set(subject, { ...before, ...publication(before, entry) })
  }
  return [...all.values()]
}

function created(
  id: string,
  created_at: string,
  { fqdn, control_fqdn, lure, sensor_addresses, allowed, by }: CaseLogEntry<'canary'>,
): Canary {
  const apex = fqdn.split('.').slice(1).join('.')
  return { id, fqdn, control_fqdn, apex, lure, sensor_addresses, allowed, created_at, created_by: by }
}

/** Of several certificates the first one published the name. */
function publication(
  { published_at: before }: Canary,
  { published_at, certificate_sha256 }: CaseLogEntry<'canary'>,
): Partial<Canary> {
  if (published_at === undefined || (before !== undefined && before <= published_at)) return {}
  return { published_at, ...(certificate_sha256 === undefined ? {} : { certificate_sha256 }) }
}

/** An entry of reference data for each, as detections look them up (catalogue `certificate-canaries`). */
export function canaryEntries(canaries: readonly Canary[]) {
  return canaries.map(one => ({
    id: one.id,
    keys: { canary: [one.fqdn], twin: [one.control_fqdn] },
    attributes: {
      apex: one.apex,
      published_at: one.published_at?.replace('T', ' ').replace('Z', '') ?? '',
      networks: one.allowed.filter(isNetwork).join(','),
      agents: one.allowed.filter(text => !isNetwork(text)).join('\n'),
    },
    source: `laid out by ${one.created_by}`,
    verified: true,
    first_verified: one.created_at.slice(0, 10),
    last_verified: one.created_at.slice(0, 10),
    expires: '2099-12-31',
  }))
}

function isNetwork(text: string): boolean {
  return /^[0-9a-fA-F:.]+(?:\/\d{1,3})?$/.test(text)
}
