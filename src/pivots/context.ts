import { isLocalAddress } from './address.ts'
import { isClaimedWidely } from './claims.ts'
import type { ContextRule } from './context-rule.ts'
import type { ContextFactor } from './edge.ts'
import { sameTime, servedWidely, tenanted } from './host-context.ts'
import { readNameText } from './name-text.ts'
import type { Pair, Side } from './pair.ts'
import { valueKey } from './pivot.ts'
import type { ValueFrequency } from './pivot-index.ts'
import { servingFactors, standApart } from './serving.ts'
import { packFactor } from './settings.ts'
import { begunApart, coincidence, endOfTime } from './time-context.ts'

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

/**
 * Hosts make the defaults of their servers under one domain, with one key or from one CA of their own: one owner group, as
 * far as names tell. Where they stand tells it: machine beside machine.
 */
const ofHost: ContextRule = ({ seed, candidate, settings, places }, value) => {
  if (seed.isPublic || candidate.isPublic) return undefined
  const addresses = [...(places.get(valueKey(value)) ?? [])]
  return addresses.length > settings.addresses_few ? servingFactors(addresses, settings) : undefined
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

/** `CN=,O=`: keytool and others write every attribute, also those for which nothing was typed. */
const emptyName: ContextRule = (_, { value }) =>
  readNameText(value).every(one => one.value.trim() === '')
    ? { name: 'empty_name', factor: 0, because: 'every attribute of it is empty' }
    : undefined

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

const typedName: readonly ContextRule[] = [repeatsHostName, unproven, begunApart, served]
const byIssuer: readonly ContextRule[] = [issuerOfAll, ofHost]

const contextRules: Readonly<Record<string, readonly ContextRule[] | undefined>> = {
  issuer_serial: [publicIssuer, shortSerial],
  spki_sha256: [ofHost],
  key_sha256: [ofHost],
  subject_key_id: [keyContradicts, ofHost],
  apex: [packed, overlapping, unproven, served],
  san_set: [packed, unproven, served],
  san_template: [packed],
  san_ip: [packed, localAddress],
  subject: [emptyName, repeatsHostName, typedByUser, unproven, begunApart, served],
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
  issuer: [issuerOfAll, issuedByItself, bothCas, ofHost],
  authority_key_id: [issuerOfAll, issuedByItself, bothCas, ofHost],
  crl_url: byIssuer,
  authority_url: byIssuer,
  cps_url: byIssuer,
  policy: [issuerOfAll, reservedPolicy, ofHost],
  sct_log_set: [publicIssuer],
  not_before: [publicIssuer, coincidence],
  not_after: [publicIssuer, endOfTime, coincidence],
  validity: [publicIssuer],
  host: [sameTime, tenanted, servedWidely],
}
