import { day } from '../calendar.ts'
import { edgeOf, frontTenants, listCdn, raiseCdn, type Tenant } from '../cdns.ts'
import { inventCdn } from '../furniture.ts'
import { makeKey } from '../keys.ts'
import { publicCertificate } from '../makers/public.ts'
import { selfSigned } from '../makers/self-signed.ts'
import { serving, type Tactic } from '../operators.ts'
import { populate } from '../populate.ts'
import type { Scope } from '../world.ts'

/**
 * Operators behind CDNs that pack strangers together. What the CDN serves joins nobody; some have origins that answer
 * to a scanner, or upload a certificate of their own.
 */
export function cdn(scope: Scope): void {
  const { random, names, calendar } = scope
  // From one small regional CDN to a market of several.
  const cdns = Array.from({ length: scope.draw('cdns', 3, 5) }, (_, n) => {
    // One in four gives each zone its own; the rest pack.
    const plan = inventCdn(random, names, n)
    return raiseCdn(random, scope.network('cdn', random.heavy(12, 200)), calendar.start - 30 * day, {
      ...plan,
      id: `pack-${plan.id}`,
    })
  })
  const tenants = new Map(cdns.map(front => [front.id, [] as Tenant[]]))
  const join = (tenant: Tenant) => random.some([...tenants.values()])?.push(tenant)

  const frontOnly: Tactic = {
    id: 'front_only',
    run: (_scope, _operator, sites) => {
      for (const site of sites) join({ holder: site, domain: site.domain, joined: site.started })
    },
  }
  const openOrigins: Tactic = {
    id: 'open_origins',
    run: (inner, operator, sites) => {
      frontOnly.run(inner, operator, sites)
      const key = makeKey(random, operator.keyKind)
      // The same image on all origins, or the same script: key, words, or both.
      const habit = random.pick(['key', 'words', 'both'] as const)
      for (const site of sites) {
        const issued = selfSigned(random, {
          tool: operator.tool,
          subject: habit === 'key' ? [['CN', site.domain]] : operator.dn,
          key: habit === 'words' ? makeKey(random, operator.keyKind) : key,
          made: site.started,
        })
        // One origin in five is well closed.
        if (random.chance(0.8)) scope.hold(site, issued, 'own', [site.host], serving(site))
      }
    },
  }
  const uploaded: Tactic = {
    id: 'uploaded',
    run: (_scope, operator, sites) => {
      const key = makeKey(random, 'p256')
      for (const site of sites) {
        const front = random.some(cdns)
        const { authority } = operator
        const issued = publicCertificate(random, { authority, names: [site.domain], key, made: site.started })
        if (front !== undefined) scope.hold(site, issued, 'own', [edgeOf(random, front)])
      }
    },
  }
  populate(scope, { tactics: [openOrigins, openOrigins, uploaded, frontOnly], operators: [7, 11] })
  // Enough strangers to fill some packs with one operator's site at most in each.
  for (let n = scope.draw('strangers', 120, 260); n > 0; n -= 1) {
    join({ holder: scope.stranger(), domain: names.domain(random), joined: scope.moment() })
  }
  for (const front of cdns) {
    frontTenants(scope, front, random.shuffled(tenants.get(front.id) ?? []))
    listCdn(scope, front)
  }
}
