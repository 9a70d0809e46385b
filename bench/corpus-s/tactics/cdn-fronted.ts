import { frontTenants } from '../cdns.ts'
import type { Tactic } from '../operators.ts'

/** Each site behind a CDN that gives zones certificates of their own: keys, names and addresses are the CDN's. */
export const cdnFronted: Tactic = {
  id: 'cdn_fronted',
  run(scope, _operator, sites) {
    for (const site of sites) {
      const cdn = scope.random.some(scope.furniture.cdns.filter(({ packSize }) => packSize === 1))
      if (cdn !== undefined) frontTenants(scope, cdn, [{ holder: site, domain: site.domain, joined: site.started }])
    }
  },
}
