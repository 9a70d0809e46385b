import { networkOf } from './address.ts'
import type { ContextFactor } from './edge.ts'
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
