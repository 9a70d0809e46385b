import { acmeAuthorities } from '../authorities.ts'
import { day } from '../calendar.ts'
import { type Key, makeKey } from '../keys.ts'
import { publicCertificate } from '../makers/public.ts'
import { selfSigned } from '../makers/self-signed.ts'
import { openssl } from '../makers/tools.ts'
import { type Operator, type Site, serving, type Tactic, typedDn } from '../operators.ts'
import { populate } from '../populate.ts'
import { keepCertificate } from '../renewals.ts'
import type { Scope } from '../world.ts'

/** Chains: each site shares something with the next only. Some go on into the lives of strangers. */
export function hopDecay(scope: Scope): void {
  const { random } = scope
  /** Two to four sites, a different bond at each step: the ends share nothing. */
  const chain: Tactic = {
    id: 'chain',
    run: (_scope, operator, sites) => {
      const bonds = random.shuffled(['key', 'words', 'name', 'copy'] as const)
      for (let n = 0; n + 1 < sites.length; n += 1) {
        const [a, b] = [sites[n], sites[n + 1]]
        if (a !== undefined && b !== undefined) bind(scope, operator, a, b, bonds[n % bonds.length] ?? 'key')
      }
    },
  }
  const operators = populate(scope, { tactics: [chain], operators: [12, 18], sites: [3, 4], silent: [2, 4] })
  // From half of the chains one can go on to people who have nothing to do with it.
  const drift = scope.drawShare('drifting', 0.4, 0.7)
  for (const operator of operators) {
    const end = operator.sites.at(-1)
    if (end !== undefined && random.chance(drift)) driftFrom(scope, end)
  }
}

type Bond = 'key' | 'words' | 'name' | 'copy'

/** Gives two sites one thing in common. */
function bind(scope: Scope, operator: Operator, a: Site, b: Site, bond: Bond): void {
  const { random, names } = scope
  const { tool, keyKind, authority } = operator
  const put = (site: Site, key: Key, subject = [['CN', names.word(random)]] as Operator['dn']) =>
    scope.hold(site, selfSigned(random, { tool, subject, key, made: site.started }), 'own', [site.host], serving(site))
  if (bond === 'key') {
    const key = makeKey(random, keyKind)
    put(a, key)
    put(b, key)
  } else if (bond === 'words') {
    const dn = typedDn(scope)
    put(a, makeKey(random, keyKind), dn)
    put(b, makeKey(random, keyKind), dn)
  } else if (bond === 'copy') {
    const issued = selfSigned(random, { tool, subject: typedDn(scope), key: makeKey(random, keyKind), made: a.started })
    scope.hold(a, issued, 'own', [a.host], serving(a))
    scope.hold(b, issued, 'own', [b.host], serving(b))
  } else {
    const key = makeKey(random, 'p256')
    const made = Math.max(a.started, b.started)
    scope.hold(a, publicCertificate(random, { authority, names: [a.domain, b.domain], key, made }), 'own', [a.host])
    keepCertificate(scope, b, { authority, names: [b.domain], hosts: [b.host], from: b.started, until: b.stopped })
  }
}

/**
 * A way out of a chain, real or only seeming: the address goes to the next tenant, the name is let go and taken by
 * somebody else, or a server's image with its key is sold on. The stranger there has bonds of his own with others.
 */
function driftFrom(scope: Scope, end: Site): void {
  const { random, names, calendar } = scope
  const way = random.pick(['address', 'name', 'image'] as const)
  const next = scope.stranger()
  const after = Math.min(end.stopped + random.whole(5, 40) * day, calendar.end - 12 * day)
  const key = makeKey(random, 'rsa2048')
  const host = way === 'address' ? end.host : scope.vps()
  const authority = random.pick([...acmeAuthorities])
  if (way === 'image') {
    // The seller's certificate was on the image: it is the operator's by its making, the stranger serves it.
    const left = selfSigned(random, {
      tool: openssl,
      subject: typedDn(scope),
      key: makeKey(random, 'rsa2048'),
      made: end.started,
    })
    scope.hold(end, left, 'own', [end.host], serving(end))
    scope.hold(next, left, 'decoy', [host], { start: after, end: calendar.end })
  }
  const name = way === 'name' ? end.domain : names.domain(random)
  if (way === 'name')
    keepCertificate(scope, end, {
      authority,
      names: [end.domain],
      hosts: [end.host],
      from: end.started,
      until: end.stopped,
    })
  keepCertificate(scope, next, {
    authority,
    names: [name],
    hosts: [host],
    from: after,
    until: calendar.end,
    key,
    role: 'decoy',
  })
  // A second hop: people who share the stranger's key, as he is an agency's client, or his name in a pack.
  for (let n = random.whole(1, 6); n > 0; n -= 1) {
    const other = scope.stranger()
    const otherName = names.domain(random)
    const pack = random.chance(0.4)
    const issued = publicCertificate(random, {
      authority,
      names: pack ? [otherName, name] : [otherName],
      key: pack ? makeKey(random, 'p256') : key,
      made: scope.moment(),
    })
    scope.hold(other, issued, 'decoy', [scope.vps()])
  }
}
