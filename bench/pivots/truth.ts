import type { UngroupedCertificate } from '../../src/pivots/index.ts'
import type { Entry, World } from './world.ts'

/**
 * What an analyst could find out, told from the truth.
 *
 * A pair is a seed and another owner of the seed's operator. It is `direct` when a certificate of that owner shares an
 * observed value with the seed, `within` when a chain of at most so many steps does, over certificates of the same
 * operator. `own` is a direct pair that is joined by something of the operator's: a value of his own certificates, or
 * one that nobody else has. What joins the others is a tool's or a platform's, and taking it for the operator's is an error.
 */
export type SeedTruth = {
  readonly seed: Entry
  /** Other owners of the operator. */
  readonly others: ReadonlySet<string>
  readonly direct: ReadonlySet<string>
  readonly within: ReadonlySet<string>
  readonly own: ReadonlySet<string>
}

/** Attributes that are observed values whoever issued the certificate. */
const always = new Set(['spki_sha256', 'key_sha256', 'subject_key_id', 'apex', 'san_ip', 'email'])

/**
 * Attributes that count where no public CA issued: what their users or their own CAs wrote. Countries, places, shapes and
 * lifetimes join half the world, and are no observation of anybody.
 */
const typed = new Set([
  'subject',
  'subject_cn',
  'subject_o',
  'subject_ou',
  'subject_email',
  'subject_serial',
  'subject_street',
  'issuer',
  'authority_key_id',
  'not_before',
])

/**
 * The observed values of a certificate, as keys. The serial number alone is one, though the product has no such attribute.
 * @param isPublic a public CA issued it, in truth
 */
export function observedValues(certificate: UngroupedCertificate, isPublic: boolean): readonly string[] {
  const values = certificate.values
    .filter(({ attribute }) => always.has(attribute) || (!isPublic && typed.has(attribute)))
    .map(({ attribute, value }) => `${attribute}\0${value}`)
  return isPublic ? values : [...values, `serial\0${certificate.serial}`]
}

/** Truth about every seed: each entry of an adversary, whatever its role. In the order of the entries. */
export function truthOf({ certificates, entries, lists }: World, hops: number): readonly SeedTruth[] {
  const publicIssuers = new Set(
    lists.filter(({ action }) => action === 'issuer0').flatMap(({ keys }) => (keys.issuer_dn ?? []).map(sortedDn)),
  )
  const byId = new Map(certificates.map(one => [one.certificate_id, one]))
  const valuesOf = (entry: Entry): readonly string[] => {
    const certificate = byId.get(entry.ids[0] ?? '')
    if (certificate === undefined) return []
    const isPublic = publicIssuers.has(sortedDn(certificate.issuer))
    const addresses = entry.addresses.map(ip => `host\0${ip}`)
    return [`certificate\0${entry.issuance}`, ...observedValues(certificate, isPublic), ...addresses]
  }
  const operatorsOf = new Map<string, Set<string>>()
  const byOperator = new Map<string, { readonly entry: Entry; readonly values: ReadonlySet<string> }[]>()
  for (const entry of entries) {
    const values = new Set(valuesOf(entry))
    for (const value of values) operatorsOf.set(value, (operatorsOf.get(value) ?? new Set()).add(entry.operator))
    if (!entry.adversary) continue
    const of = byOperator.get(entry.operator) ?? []
    byOperator.set(entry.operator, of)
    of.push({ entry, values })
  }
  const truths: SeedTruth[] = []
  for (const mine of byOperator.values()) {
    const joined = mine.map(a => mine.filter(b => a !== b && intersect(a.values, b.values)))
    for (const [n, { entry: seed, values }] of mine.entries()) {
      const others = new Set(mine.map(({ entry }) => entry.owner).filter(owner => owner !== seed.owner))
      const direct = (joined[n] ?? []).filter(({ entry }) => entry.owner !== seed.owner)
      const isOwn = ({ entry, values: theirs }: (typeof direct)[number]) =>
        (seed.role === 'own' && entry.role === 'own') ||
        [...values].some(value => theirs.has(value) && operatorsOf.get(value)?.size === 1)
      truths.push({
        seed,
        others,
        direct: new Set(direct.map(({ entry }) => entry.owner)),
        own: new Set(direct.filter(isOwn).map(({ entry }) => entry.owner)),
        within: withinHops(n, mine, joined, hops),
      })
    }
  }
  return truths
}

type Held = { readonly entry: Entry; readonly values: ReadonlySet<string> }

/** Owners of certificates at most so many steps from the one at `start`. */
function withinHops(
  start: number,
  all: readonly Held[],
  joined: readonly (readonly Held[])[],
  hops: number,
): Set<string> {
  const position = new Map(all.map((held, n) => [held, n]))
  const reached = new Set([start])
  let frontier = [start]
  for (let hop = 0; hop < hops; hop += 1) {
    const next: number[] = []
    for (const n of frontier)
      for (const held of joined[n] ?? []) {
        const at = position.get(held) ?? start
        if (reached.has(at)) continue
        reached.add(at)
        next.push(at)
      }
    frontier = next
  }
  const own = all[start]?.entry.owner
  return new Set([...reached].flatMap(n => all[n]?.entry.owner ?? []).filter(owner => owner !== own))
}

function intersect(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const value of a) if (b.has(value)) return true
  return false
}

/** Names are written in two orders; their parts are the same. */
export function sortedDn(text: string): string {
  return text.split(/,\s*/).sort().join(',')
}
