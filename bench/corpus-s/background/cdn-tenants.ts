import { frontTenants, listCdn, type Tenant } from '../cdns.ts'
import type { Scope } from '../world.ts'

/** Sites behind CDNs. They share certificates, keys and addresses, and nothing else. */
export function cdnTenants(scope: Scope): void {
  const { random, names, furniture, scale } = scope
  let tenant = 0
  for (const cdn of furniture.cdns) {
    listCdn(scope, cdn)
    // Some hundred tenants over all; the largest has most.
    const count = Math.round(random.heavy(30, 330) * scale)
    const tenants = Array.from({ length: count }, (): Tenant => {
      const id = `cdn-tenant-${++tenant}`
      return {
        holder: { owner: id, operator: id, adversary: false },
        domain: names.domain(random),
        joined: scope.moment(),
      }
    })
    frontTenants(scope, cdn, tenants)
  }
  scope.note('tenants', tenant)
}
