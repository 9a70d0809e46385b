import { isLocalAddress } from './address.ts'
import { isClaimedWidely } from './claims.ts'
import type { ContextFactor } from './edge.ts'
import type { Pair, Side } from './pair.ts'
import type { ValueFrequency } from './pivot-index.ts'
import { servingFactors, standApart, tenantFactor } from './serving.ts'
import { packFactor } from './settings.ts'

/**
 * What a shared value is worth between these two certificates, beyond how common it is. Each rule answers with a factor,
 * or with nothing where it has nothing to say (specification AN1972 §3.2 `ctx`).
 */
type ContextRule = (pair: Pair, value: ValueFrequency) => ContextFactor | readonly ContextFactor[] | undefined

/** The factors for one shared value, in a fixed order. */
export function contextOf(pair: Pair, value: ValueFrequency): readonly ContextFactor[] {
  const factors: ContextFactor[] = []
  for (const rule of contextRules[value.attribute] ?? []) {
    factors.push(...[rule(pair, value) ?? []].flat())
  }
  if (pair.snapshot.owners < pair.settings.thin_below) {
    const because = `the snapshot has ${pair.snapshot.owners} owner groups, too few to show that a value is common`
    factors.push({ name: 'thin_snapshot', factor: pair.settings.thin_factor, because })
  }
  return factors
}

/**
 * §3.3: unrelated customers stand together on the certificates of CDNs and hosts. Less of it where it is known where the
 * certificates are served, and that is no place of a host.
 */
const packed: ContextRule = pair => {
  const { seed, candidate, settings } = pair
  const apexes = Math.max(seed.certificate.apexes.length, candidate.certificate.apexes.length)
  const factor = packFactor(apexes, settings)
  if (factor === 1) return undefined
  const because = `${apexes} registrable domains stand together on one certificate`
  if (!isPackOfOwner(pair)) return { name: 'packed', factor, because }
  return {
    name: 'packed_apart',
    factor: Math.max(factor, settings.pack_apart),
    because: `${because}, which is served where no host is seen`,
  }
}

/** A public CA checked both, and what packs domains is served at few addresses that stand apart. */
function isPackOfOwner({ seed, candidate, settings }: Pair): boolean {
  if (!seed.isPublic || !candidate.isPublic) return false
  return [seed, candidate].every(({ certificate, hosts }) => {
    if (certificate.apexes.length <= settings.pack_few) return true
    const addresses = [...new Set(hosts.map(({ ip }) => ip))]
    if (certificate.apexes.length > settings.pack_some) return standApart(addresses)
    return addresses.length > 0 && servingFactors(addresses, settings).length === 0
  })
}

/**
 * §2.1 row 14: the Jaccard index of the registrable domains, weighted by how rare each is; unknown ones count as rare, and
 * those that everybody claims not at all. Nothing where a public CA checked the names of both and nobody else packed them:
 * who controls one domain had both made.
 */
const overlapping: ContextRule = pair => {
  const { seed, candidate, shared, snapshot, settings, claims } = pair
  const [ours, theirs] = [apexesOf(seed), apexesOf(candidate)]
  if (isPackOfOwner(pair)) return undefined
  const all = new Set([...ours, ...theirs])
  const copied = new Set([...all].filter(apex => isClaimedWidely(claims.get(apex), settings)))
  const onlyCopied = copied.size === all.size
  const weights = new Map<string, number>()
  for (const { attribute, value, owners } of shared)
    if (attribute === 'apex') weights.set(value, rarity(owners, snapshot.owners))
  const weigh = (apexes: Iterable<string>) => {
    let sum = 0
    for (const apex of apexes) if (onlyCopied || !copied.has(apex)) sum += weights.get(apex) ?? 1
    return sum
  }
  const common = [...ours].filter(apex => theirs.has(apex))
  const [both, any, smaller] = [weigh(common), weigh(all), Math.min(weigh(ours), weigh(theirs))]
  if (common.length === 0 || any === 0) return undefined
  const contained = smaller === 0 ? 0 : both / smaller
  const factor = (1 - settings.san_containment) * (both / any) + settings.san_containment * contained
  if (factor >= 1) return undefined
  const except = copied.size === 0 || onlyCopied ? '' : `, of which ${copied.size} are claimed by many and not counted`
  return {
    name: 'overlap',
    factor,
    because: `${common.length} of ${all.size} registrable domains stand on both${except}`,
  }
}

function apexesOf({ values }: Side): ReadonlySet<string> {
  return values.get('apex') ?? new Set()
}

/** 1 for a domain of one owner, towards 0 for one that everybody has. */
function rarity(owners: number, all: number): number {
  return Math.log(1 + Math.max(1, all) / Math.max(1, owners)) / Math.log(1 + Math.max(1, all))
}

/**
 * What no public CA checked, anybody can write: copied names, a victim's domain. A name that its owner has certificates
 * for, and that many others claim, ties nobody together, unless the copies were made alike.
 */
const unproven: ContextRule = (pair, { attribute, value }) => {
  const { seed, candidate, settings, claims } = pair
  if (seed.isPublic && candidate.isPublic) return undefined
  const copied = sharedApexes(pair, attribute, value).find(apex => isClaimedWidely(claims.get(apex), settings))
  if (copied !== undefined) {
    const claimants = claims.get(copied)?.claimants.size
    const told = `a public CA knows an owner of ${copied}, and ${claimants} other keys claim it`
    return madeAlike(pair)
      ? { name: 'same_hand', factor: settings.same_hand, because: `${told}; these two were made in the same way` }
      : { name: 'claimed_widely', factor: settings.claimed_widely, because: told }
  }
  if (seed.isPublic === candidate.isPublic) return undefined
  const because = 'a public CA issued only one of them; anybody can write this into the other'
  return { name: 'unproven', factor: settings.unproven, because }
}

/** A domain that nobody checked has no owner to count: a default name stands wherever the product does. */
const served: ContextRule = (pair, { attribute, value }) => {
  const { seed, candidate, settings, claims } = pair
  if (seed.isPublic || candidate.isPublic) return undefined
  const addresses = sharedApexes(pair, attribute, value).map(apex => [...(claims.get(apex)?.addresses ?? [])])
  const [most = []] = addresses.toSorted((a, b) => b.length - a.length)
  return servingFactors(most, settings)
}

/** For a domain itself, and otherwise all that both have. */
function sharedApexes({ seed, candidate }: Pair, attribute: string, value: string): readonly string[] {
  return attribute === 'apex' ? [value] : [...apexesOf(seed)].filter(apex => apexesOf(candidate).has(apex))
}

/** Neither is of a public CA, and both have the same extensions in the same order and the same kind of key. */
function madeAlike({ seed, candidate }: Pair): boolean {
  if (seed.isPublic || candidate.isPublic) return false
  return ['extension_shape', 'key_shape'].every(attribute => {
    const [ours, theirs] = [seed.values.get(attribute), candidate.values.get(attribute)]
    return ours !== undefined && theirs !== undefined && [...ours].every(value => theirs.has(value))
  })
}

/** §2.1 row 10 means self-signed certificates, whose subject their user typed. */
const typedByUser: ContextRule = ({ seed, candidate, settings }) => {
  if (seed.certificate.self_issued !== false && candidate.certificate.self_issued !== false) return undefined
  const because = 'a CA issued at least one of them'
  return { name: 'not_self_issued', factor: settings.subject_not_self_issued, because }
}

/** A name that is only a host name was counted with the host names. */
const repeatsHostName: ContextRule = ({ seed, candidate }, { attribute, value }) => {
  const name = attribute === 'subject_cn' ? value : /^cn=([^,\\]+)$/.exec(value)?.[1]
  if (name === undefined || !seed.certificate.names.includes(name) || !candidate.certificate.names.includes(name))
    return undefined
  return { name: 'repeats_host_name', factor: 0, because: 'it is a host name of both, which counts by itself' }
}

/** §2.1 row 7. */
const keyContradicts: ContextRule = ({ seed, candidate, settings }) => {
  const known = (side: Side) => side.values.has('spki_sha256')
  if (!known(seed) || !known(candidate)) return undefined
  for (const attribute of ['spki_sha256', 'key_sha256'])
    for (const value of seed.values.get(attribute) ?? [])
      if (candidate.values.get(attribute)?.has(value)) return undefined
  const because = 'both keys are known and differ, so this was forged or is a constant'
  return { name: 'key_contradicts', factor: settings.key_contradiction, because }
}

/** §2.1 row 3. */
const shortSerial: ContextRule = ({ settings }, { value }) => {
  const digits = value.slice(0, value.indexOf(' ')).replace('-', '')
  if (digits.length > settings.short_serial_octets * 2) return undefined
  return { name: 'short_serial', factor: settings.short_serial, because: 'so short a serial number somebody chose' }
}

/** The issuer is the certificate itself: its key was counted as such, its name as the subject. */
const issuedByItself: ContextRule = ({ seed, candidate }) => {
  if (seed.certificate.self_issued !== true || candidate.certificate.self_issued !== true) return undefined
  return { name: 'self_issued', factor: 0, because: 'both issued themselves, so this repeats the subject' }
}

/** A publicly trusted CA, known by SCTs where its name is on no list. */
const publicIssuer: ContextRule = ({ seed, candidate }) => {
  if (!seed.isPublic || !candidate.isPublic) return undefined
  return { name: 'public_issuer', factor: 0, because: 'a public CA decides it, for everybody alike' }
}

/** Who the issuer is: where one certificate shows that it issues for everybody, the other is of the same. */
const issuerOfAll: ContextRule = ({ seed, candidate }) => {
  if (![seed, candidate].some(side => side.isPublic || assertsPublicPolicy(side))) return undefined
  return { name: 'public_issuer', factor: 0, because: 'a public CA decides it, for everybody alike' }
}

/** A policy of the CA/Browser Forum for servers or code (2.23.140.1). Private CAs have no use for it. */
function assertsPublicPolicy({ values }: Side): boolean {
  return [...(values.get('policy') ?? [])].some(policy => policy.startsWith('2.23.140.1.'))
}

/** A root has subordinates of many organizations. */
const bothCas: ContextRule = ({ seed, candidate, settings }) => {
  if (seed.certificate.is_ca !== true || candidate.certificate.is_ca !== true) return undefined
  return { name: 'both_cas', factor: settings.both_cas, because: 'both are CAs, and one CA signs those of many' }
}

/** Every network has a 192.168.1.1. */
const localAddress: ContextRule = (_, { value }) =>
  isLocalAddress(value) ? { name: 'local_address', factor: 0, because: 'every network has this address' } : undefined

/** RFC 2606, RFC 6761: names of nobody, that tests and tutorials write everywhere. */
const reservedName: ContextRule = (_, { value }) => {
  const name = value.slice(value.indexOf('@') + 1)
  return /(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost|local)$/.test(name)
    ? { name: 'reserved_name', factor: 0, because: 'the name is reserved for tests and documentation, and is nobody’s' }
    : undefined
}

/** Policies that every CA may write: those of the CA/Browser Forum (2.23.140), and anyPolicy (RFC 5280 §4.2.1.4). */
const reservedPolicy: ContextRule = (_, { value }) =>
  value.startsWith('2.23.140.') || value === '2.5.29.32.0'
    ? { name: 'reserved_policy', factor: 0, because: 'every CA may write this policy' }
    : undefined

const day = 86_400

/** How many seconds a tool that writes round times lets fall together. */
const roundings: readonly (readonly [seconds: number, called: string])[] = [
  [day, 'a day'],
  [3600, 'an hour'],
  [60, 'a minute'],
]

/**
 * §3.2: exp(-λ), where λ is how many certificates would share the second by chance: those among which it could happen,
 * over the seconds of some years. The issuer's where both have one, else all of the snapshot.
 */
const coincidence: ContextRule = ({ shared, snapshot, settings }, { value }) => {
  const issuer = shared.find(({ attribute }) => attribute === 'issuer')
  const population = issuer === undefined ? snapshot.certificates : Math.max(1, issuer.certificates)
  const seconds = Date.parse(value) / 1000
  const [window, called] = roundings.find(([window]) => seconds % window === 0) ?? [1, 'a second']
  const chance = (population / (settings.time_days * day)) * window
  const factor = Math.exp(-chance)
  if (factor > 0.999) return undefined
  const among = issuer === undefined ? 'certificates' : 'certificates of this issuer'
  return {
    name: 'coincidence',
    factor,
    because: `by chance ${chance.toPrecision(2)} of ${population} ${among} begin or end within ${called}`,
  }
}

/** §2.1 row 19: the last instant of .NET, and "no end" in RFC 5280. */
const endOfTime: ContextRule = (_, { value }) =>
  value.startsWith('9999-12-31') ? { name: 'no_end', factor: 0, because: 'it means that there is no end' } : undefined

/** §2.1 row 28, §3.2: at the same time, or how long apart. */
const sameTime: ContextRule = ({ seed, candidate, settings }, { value }) => {
  const [ours, theirs] = [intervalAt(seed, value), intervalAt(candidate, value)]
  if (ours === undefined || theirs === undefined) {
    const because = 'it is not known when one of them was met there'
    return { name: 'time_unknown', factor: settings.host_unknown, because }
  }
  const apart = Math.max(0, ours.first - theirs.last, theirs.first - ours.last) / (day * 1000)
  if (apart === 0) return undefined
  const factor = 0.5 ** (apart / settings.host_half_life_days)
  return { name: 'apart', factor, because: `they were met there ${Math.ceil(apart)} days apart` }
}

/** §2.1 row 28. */
const tenanted: ContextRule = ({ settings }, { owners }) => tenantFactor(owners, settings)

function intervalAt({ hosts }: Side, address: string): { readonly first: number; readonly last: number } | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { ip, first_seen, last_seen } of hosts) {
    if (ip !== address) continue
    first = Math.min(first, Date.parse(first_seen))
    last = Math.max(last, Date.parse(last_seen))
  }
  return first <= last ? { first, last } : undefined
}

const typedName: readonly ContextRule[] = [repeatsHostName, unproven, served]
const byIssuer: readonly ContextRule[] = [issuerOfAll]

const contextRules: Readonly<Record<string, readonly ContextRule[] | undefined>> = {
  issuer_serial: [publicIssuer, shortSerial],
  subject_key_id: [keyContradicts],
  apex: [packed, overlapping, unproven, served],
  san_set: [packed, unproven, served],
  san_template: [packed],
  san_ip: [packed, localAddress],
  subject: [repeatsHostName, typedByUser, unproven, served],
  subject_cn: typedName,
  subject_o: typedName,
  subject_ou: typedName,
  subject_l: typedName,
  subject_st: typedName,
  subject_c: typedName,
  subject_email: [reservedName, ...typedName],
  subject_serial: typedName,
  subject_street: typedName,
  subject_postal_code: typedName,
  email: [reservedName, ...typedName],
  issuer: [issuerOfAll, issuedByItself, bothCas],
  authority_key_id: [issuerOfAll, issuedByItself, bothCas],
  crl_url: byIssuer,
  authority_url: byIssuer,
  cps_url: byIssuer,
  policy: [issuerOfAll, reservedPolicy],
  sct_log_set: [publicIssuer],
  not_before: [publicIssuer, coincidence],
  not_after: [publicIssuer, endOfTime, coincidence],
  validity: [publicIssuer],
  host: [sameTime, tenanted],
}
