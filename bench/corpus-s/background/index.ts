import { acmeSites } from './acme-sites.ts'
import { cdnTenants } from './cdn-tenants.ts'
import { companies } from './companies.ts'
import { devices } from './devices.ts'
import { hostingDefaults } from './hosting-defaults.ts'
import { installations } from './installations.ts'
import { privateCas } from './private-cas.ts'
import { publicIssuers } from './public-issuers.ts'

/** Everybody who lives in the world and means no harm. */
export const background = {
  acme_sites: acmeSites,
  companies,
  cdn_tenants: cdnTenants,
  hosting_defaults: hostingDefaults,
  devices,
  installations,
  private_cas: privateCas,
  public_issuers: publicIssuers,
}
