import { networkOf } from './address.ts'
import type { ContextFactor } from './edge.ts'
import type { HostSighting, IndexedCertificate } from './pivot-index.ts'
import type { Settings } from './settings.ts'

/**
 * How likely those who serve the same are one, by where they are: more addresses than an operator has, and addresses that
 * stand close together, are a product's or a host's.
 */
export function servingFactors(
  addresses: readonly string[],
  { addresses_few, density_few }: Pick<Settings, 'addresses_few' | 'density_few'>,
): readonly ContextFactor[] {
  const { length } = addresses
  const factors: ContextFactor[] = []
  if (length > addresses_few)
    factors.push({ name: 'addresses', factor: addresses_few / length, because: `${length} addresses serve it` })
  const networks = networksOf(addresses)
  const density = length / networks
  if (density > density_few) {
    const because = `${length} addresses in ${networks} ${networks === 1 ? 'network' : 'networks'} serve it, as a host's do`
    factors.push({ name: 'dense', factor: (density_few / density) ** 2, because })
  }
  return factors
}

export function productOfFactors(factors: readonly ContextFactor[]): number {
  return factors.reduce((product, { factor }) => product * factor, 1)
}

/** Several addresses, most of them in networks of their own: somebody chose them, and no host has them. */
export function standApart(addresses: readonly string[]): boolean {
  const networks = networksOf(addresses)
  return networks > 1 && addresses.length / networks <= mostDensityApart
}

const mostDensityApart = 1.5

function networksOf(addresses: readonly string[]): number {
  return Math.max(1, new Set(addresses.flatMap(address => networkOf(address) ?? [])).size)
}

/** §2.1 row 28: who shares an address with many shares it with strangers. */
export function tenantFactor(tenants: number, { tenants_few }: Settings): ContextFactor | undefined {
  if (tenants <= tenants_few) return undefined
  const because = `${tenants} owner groups were met at the address`
  return { name: 'tenants', factor: (tenants_few / tenants) ** 2, because }
}

const day = 86_400_000

/**
 * Who installs a server makes its certificate then. One that new machines begin to serve long after it was made came with
 * what was installed: a tool, an image, a product (specification AN1972 §4: that of Cobalt Strike is the same on everybody's
 * servers, years after it was made). Only machines that came while somebody looked tell of this: who begins to look today
 * sees everything for the first time.
 */
export function lateFactor(
  { not_before }: Pick<IndexedCertificate, 'not_before'>,
  hosts: readonly HostSighting[],
  { served_late, served_late_days, served_late_apart_days }: Settings,
): ContextFactor | undefined {
  const begun = new Map<string, number>()
  for (const { ip, first_seen } of hosts) {
    const at = Date.parse(first_seen)
    if (Number.isFinite(at)) begun.set(ip, Math.min(begun.get(ip) ?? at, at))
  }
  if (not_before === undefined || begun.size < 2) return undefined
  const sorted = [...begun.values()].sort((a, b) => a - b)
  const [first = 0, last = 0] = [sorted[0], sorted.at(-1)]
  const age = (first - not_before) / day
  if (age < served_late_days || last - first < served_late_apart_days * day) return undefined
  const because = `machines began to serve it one after another when it was ${Math.floor(age)} days old and more, as what comes with a product`
  return { name: 'served_late', factor: served_late, because }
}
