import { type Authority, acmeAuthorities } from './authorities.ts'
import { day } from './calendar.ts'
import type { Dn } from './distinguished-name.ts'
import type { KeyKind } from './keys.ts'
import { type Tool, tools } from './makers/tools.ts'
import { keepCertificate } from './renewals.ts'
import type { Holder, Host, Scope } from './world.ts'

/** One thing an operator runs: a redirector, a panel, a page. */
export type Site = Holder & {
  readonly domain: string
  readonly host: Host
  /** ms since the epoch. */
  readonly started: number
  readonly stopped: number
}

/** Somebody bad, with habits. */
export type Operator = {
  readonly id: string
  readonly sites: readonly Site[]
  readonly tool: Tool
  readonly keyKind: KeyKind
  readonly authority: Authority
  /** What he types into forms. */
  readonly dn: Dn
}

/** How an operator gets certificates for some of his sites. Never fewer than two sites. */
export type Tactic = {
  readonly id: string
  run(scope: Scope, operator: Operator, sites: readonly Site[]): void
}

/**
 * @param id unique within the pack
 * @param sameServerShare chance that a site stands on the server of the one before. @default one in twenty
 */
export function raiseOperator(scope: Scope, id: string, siteCount: number, sameServerShare = 0.05): Operator {
  const { random, names, calendar, pack } = scope
  const operator = `${pack}/${id}`
  const campaign = random.whole(calendar.start - 60 * day, calendar.end - 60 * day)
  // Infrastructure comes at once or over half a year.
  const spread = random.heavy(2, 180) * day
  const sites: Site[] = []
  for (let n = 0; n < siteCount; n += 1) {
    const started = Math.min(campaign + random.whole(0, spread), calendar.end - 20 * day)
    const before = random.chance(sameServerShare) ? sites[n - 1] : undefined
    sites.push({
      owner: `${operator}/site-${n + 1}`,
      operator,
      adversary: true,
      domain: names.lureDomain(random),
      host: before?.host ?? scope.vps(),
      started,
      stopped: started + random.whole(20, 300) * day,
    })
  }
  const tool = random.pick([...tools])
  return {
    id: operator,
    sites,
    tool,
    keyKind: tool.keyKind,
    authority: random.pick([...acmeAuthorities]),
    dn: typedDn(scope),
  }
}

/** What an operator types into a form: nobody else types just this, though parts of it are common. */
export function typedDn(scope: Scope): Dn {
  const { random, names } = scope
  const [country, state, city] = names.place(random)
  const o = random.chance(0.5) ? names.company(random) : names.word(random)
  const cn = random.chance(0.4)
    ? names.domain(random)
    : `${names.word(random)} ${random.pick(['CA', 'server', 'node', 'c', 'gw'])}`
  return [
    ['C', country],
    ...(random.chance(0.6) ? ([['ST', state]] as const) : []),
    ...(random.chance(0.6) ? ([['L', city]] as const) : []),
    ['O', o],
    ...(random.chance(0.4) ? ([['OU', random.pick(['IT', 'web', 'Dev', 'ops', names.word(random)])]] as const) : []),
    ['CN', cn],
  ]
}

/** Service of a certificate on a site. */
export const serving = (site: Site) => ({ start: site.started, end: site.stopped })

/** Gives some sites an ordinary ACME certificate for their name beside what the tactic did. */
export function coverSites(scope: Scope, operator: Operator, share: number): void {
  for (const site of operator.sites) {
    if (!scope.random.chance(share)) continue
    keepCertificate(scope, site, {
      authority: operator.authority,
      names: [site.domain],
      hosts: [site.host],
      from: site.started + scope.random.whole(0, 5 * day),
      until: site.stopped,
    })
  }
}
