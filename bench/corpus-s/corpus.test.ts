import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Facts, factsOf } from './facts.ts'
import { type Corpus, type CorpusCertificate, generateCorpus, type ListKeys, packs } from './index.ts'
import { packMakers } from './packs/index.ts'

const corpus = generateCorpus(7, { scale: 0.05 })
const facts = new Map<Uint8Array, Facts>()
for (const { der } of corpus.certificates) if (!facts.has(der)) facts.set(der, factsOf(der))

/** Entries of one pack by owner, with what each has that somebody else may have too. */
function valuesByOwner(of: (certificate: CorpusCertificate) => boolean): Map<string, Set<string>> {
  const byOwner = new Map<string, Set<string>>()
  const publicIssuers = new Set(
    corpus.lists.filter(({ action }) => action === 'issuer0').flatMap(({ keys }) => keys.issuer_dn ?? []),
  )
  for (const [n, certificate] of corpus.certificates.entries()) {
    const fact = facts.get(certificate.der)
    if (!of(certificate) || fact === undefined) continue
    const values = byOwner.get(certificate.owner) ?? new Set<string>()
    byOwner.set(certificate.owner, values)
    values.add(`certificate ${fact.certificate_sha256}`).add(`key ${fact.spki_sha256}`)
    if (fact.ski !== undefined) values.add(`ski ${fact.ski}`)
    for (const name of fact.names) values.add(`name ${name.replace(/^\*\./, '')}`)
    for (const { ip } of sightingsOf[n] ?? []) values.add(`address ${ip}`)
    if (publicIssuers.has(fact.issuer_dn)) continue
    values.add(`subject ${fact.subject_dn}`).add(`issuer ${fact.issuer_dn}`)
    values.add(`serial ${fact.serial}`).add(`from ${fact.notBefore}`)
  }
  return byOwner
}
const sightingsOf: { readonly ip: string }[][] = []
for (const { certificate, ip } of corpus.sightings) {
  const list = sightingsOf[certificate] ?? []
  list.push({ ip })
  sightingsOf[certificate] = list
}
const share = (a: ReadonlySet<string>, b: ReadonlySet<string>) => [...a].some(value => b.has(value))

/** As Map.groupBy of newer Nodes. */
function groupBy<T, K>(list: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>()
  for (const item of list) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

const operatorOf = new Map(corpus.certificates.map(({ owner, operator }) => [owner, operator]))

describe('a corpus', () => {
  it('is the same for the same seed, and another for another', () => {
    const digest = ({ certificates, sightings, lists, drawn }: Corpus) => {
      const hash = createHash('sha256').update(JSON.stringify([sightings, lists, drawn]))
      for (const { der, ...truth } of certificates) hash.update(der).update(JSON.stringify(truth))
      return hash.digest('hex')
    }
    expect(digest(generateCorpus(7, { scale: 0.05 }))).toBe(digest(corpus))
    expect(digest(generateCorpus(8, { scale: 0.05 }))).not.toBe(digest(corpus))
  })

  it('has certificates that another reader can read, keys and all', () => {
    expect(facts.size).toBeGreaterThan(5000)
  })

  it('grows in the background with the scale, and its packs do not', () => {
    const larger = generateCorpus(7, { scale: 0.1 })
    const inBackground = ({ certificates }: Corpus) => certificates.filter(({ pack }) => pack === 'background').length
    expect(inBackground(larger) / inBackground(corpus)).toBeGreaterThan(1.6)
    expect(larger.certificates.filter(({ pack }) => pack === 'mimic')).toHaveLength(
      corpus.certificates.filter(({ pack }) => pack === 'mimic').length,
    )
  })

  it('gives each owner one operator and one side', () => {
    const sides = new Map<string, string>()
    for (const { owner, operator, adversary } of corpus.certificates) {
      const side = `${operator} ${adversary}`
      expect(sides.get(owner) ?? side).toBe(side)
      sides.set(owner, side)
      if (!adversary) expect(operator).toBe(owner)
    }
  })

  it('has no sighting that ends before it begins, or of nothing, or beyond the watch', () => {
    for (const { certificate, first, last, ip } of corpus.sightings) {
      expect(first).toBeLessThanOrEqual(last)
      expect(last).toBeLessThanOrEqual(Date.UTC(2026, 8, 14))
      expect(corpus.certificates[certificate]).toBeDefined()
      expect(ip).toMatch(/^\d{1,3}(?:\.\d{1,3}){3}$/)
    }
  })

  it('keeps a record of what was drawn in each pack', () => {
    for (const pack of packs) expect(corpus.drawn[pack]?.operators, pack).toBeGreaterThan(0)
  })

  it('shows some precertificates beside their certificates, of the same serial', () => {
    const poison = Buffer.from('2b06010401d679020403', 'hex')
    const promised = corpus.certificates.filter(({ der }) => Buffer.from(der).includes(poison))
    expect(promised.length).toBeGreaterThan(50)
    const serials = new Map<string, number>()
    for (const { serial } of facts.values()) serials.set(serial, (serials.get(serial) ?? 0) + 1)
    for (const { der } of promised) expect(serials.get(facts.get(der)?.serial ?? '')).toBeGreaterThan(1)
  })
})

describe('the packs', () => {
  it('are all there', () => {
    expect(packs).toEqual(Object.keys(packMakers))
    expect([...new Set(corpus.certificates.map(({ pack }) => pack))].toSorted()).toEqual(
      ['background', ...packs].toSorted(),
    )
  })

  describe.each(packs)('%s', pack => {
    const inPack = valuesByOwner(certificate => certificate.pack === pack)
    const bad = new Set(corpus.certificates.filter(({ adversary }) => adversary).map(({ owner }) => owner))
    const sites = [...inPack].filter(([owner]) => bad.has(owner))
    const operators = groupBy(sites, ([owner]) => operatorOf.get(owner))

    it('has operators whose sites share a value of their own', () => {
      const own = valuesByOwner(
        ({ role, adversary, pack: of }) => of === pack && adversary && (role === 'own' || role === 'kit'),
      )
      const pairs = [...own].filter(([owner, values]) =>
        [...own].some(
          ([other, others]) =>
            owner < other && operatorOf.get(owner) === operatorOf.get(other) && share(values, others),
        ),
      )
      expect(pairs.length).toBeGreaterThanOrEqual(5)
    })

    it('has others who share a value with an operator and are none of his', () => {
      const pairs = sites.filter(([owner, values]) =>
        [...inPack].some(([other, others]) => operatorOf.get(owner) !== operatorOf.get(other) && share(values, others)),
      )
      expect(pairs.length).toBeGreaterThanOrEqual(2)
    })

    it('has an operator none of whose sites share anything', () => {
      const silent = [...operators.values()].filter(
        group =>
          group.length > 1 &&
          group.every(([owner, values]) => group.every(([other, others]) => owner === other || !share(values, others))),
      )
      expect(silent.length).toBeGreaterThanOrEqual(1)
    })
  })

  it('never make one operator of two by a kit', () => {
    const kits = corpus.certificates.filter(({ role }) => role === 'kit')
    const users = groupBy(kits, ({ der }) => facts.get(der)?.certificate_sha256)
    const operators = [...users.values()].map(group => new Set(group.map(({ operator }) => operator)).size)
    expect(Math.max(...operators)).toBeGreaterThan(1)
  })
})

describe('the lists', () => {
  const matching = (keys: ListKeys) =>
    corpus.certificates.filter(({ der }) => {
      const fact = facts.get(der)
      return fact !== undefined && matches(keys, fact)
    })

  it('match what they are for, and hardly ever what an operator made himself', () => {
    const roles = {
      platform: ['platform', 'default'],
      pool: ['pool'],
      device: ['device', 'pool'],
      kit: ['kit'],
    } as const
    for (const { id, action, keys } of corpus.lists) {
      if (action === 'issuer0') continue
      const found = matching(keys)
      const fitting = found.filter(({ role }) => (roles[action] as readonly string[]).includes(role))
      // A form of Go's example is a default and a kit's; Deimos users and cluster owners both fill it in.
      const honest = id.startsWith('kit-') || id.endsWith('/form') || id.endsWith('/maker')
      if (found.length > 0 && !honest) expect(fitting.length / found.length, id).toBeGreaterThan(0.9)
    }
    const named = corpus.lists.filter(({ keys }) => matching(keys).length > 0)
    expect(named.length / corpus.lists.length).toBeGreaterThan(0.75)
  })

  it('know nearly everything that is a platform, a pool or a device', () => {
    const listed = new Set(
      corpus.lists.filter(({ action }) => action !== 'issuer0').flatMap(({ keys }) => matching(keys)),
    )
    for (const role of ['pool', 'device', 'default'] as const) {
      const all = corpus.certificates.filter(certificate => certificate.role === role)
      expect(all.filter(certificate => listed.has(certificate)).length / all.length, role).toBeGreaterThan(0.95)
    }
  })

  it('give each entry an id of its own and a family to kits alone', () => {
    expect(new Set(corpus.lists.map(({ id }) => id)).size).toBe(corpus.lists.length)
    for (const { action, family } of corpus.lists) expect(family !== undefined).toBe(action === 'kit')
  })
})

function matches(keys: ListKeys, fact: Facts): boolean {
  const one = (wanted: readonly string[] | undefined, found: readonly string[]) =>
    wanted === undefined || wanted.some(value => found.includes(value))
  return (
    one(keys.subject_rdn, fact.subject_rdn) &&
    one(keys.issuer_rdn, fact.issuer_rdn) &&
    one(keys.subject_dn, [fact.subject_dn]) &&
    one(keys.issuer_dn, [fact.issuer_dn]) &&
    one(keys.spki_sha256, [fact.spki_sha256]) &&
    one(keys.certificate_sha256, [fact.certificate_sha256]) &&
    one(keys.serial, [fact.serial]) &&
    (keys.name_suffix === undefined ||
      keys.name_suffix.some(suffix =>
        fact.names.some(name => name === suffix || (suffix.startsWith('.') && name.endsWith(suffix))),
      ))
  )
}
