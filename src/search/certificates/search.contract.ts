import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventStore } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'
import type { CertificateFacts } from '../../pivots/index.ts'
import { certificateIdOf, nothingKnown, rfc4514 } from '../../pivots/index.ts'
import { countCertificates, facets, facetsNamed } from './facets.ts'
import type { Invented, InventedHost } from './invented.contract.ts'
import { chosen, domains, idOf, invent, start, storeInvented, words } from './invented.contract.ts'
import { knowledgeOf } from './knowledge.ts'
import { allCertificates, certificatePage } from './page.ts'
import { parseSearch } from './parse.ts'
import type { Search } from './query.ts'
import { printSearch } from './query.ts'
import { certificateMeant } from './reference.ts'

export type SearchFixture = { readonly store: EventStore; readonly directory: string; cleanUp(): Promise<void> }

const day = 86_400_000

/** What is known of a certificate, as one record. */
type Known = {
  readonly id: string
  readonly facts: CertificateFacts
  readonly from_der: boolean
  readonly hosts: readonly InventedHost[]
}

function knownOf(one: Invented): Known {
  const { bytes, descriptions, hosts } = one
  return { id: idOf(one), facts: bytes ?? Object.assign({}, ...descriptions), from_der: bytes !== undefined, hosts }
}

/** A term, and the simplest way to tell whether a certificate fits it. */
type Term = { readonly text: string; readonly fits: (known: Known) => boolean }

const term = (field: string, value: string, fits: (known: Known) => boolean, operator: ':' | '~' = ':'): Term => ({
  text: printSearch({ type: 'field', field, operator, value, column: 1 }),
  fits,
})
const normal = (text: string) => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
const has = (facts: CertificateFacts, whose: 'subject' | 'issuer', types: readonly string[], value: string) =>
  (facts[whose] ?? []).some(one => types.includes(one.type) && normal(one.value) === normal(value))
const contains = (facts: CertificateFacts, whose: 'subject' | 'issuer', text: string) =>
  rfc4514(facts[whose] ?? [])
    .replaceAll('\\', '')
    .toLowerCase()
    .includes(text.replaceAll('\\', '').toLowerCase())
const nameHas = (facts: CertificateFacts, text: string) => facts.names.some(({ value }) => value.includes(text))
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10)
const days = ({ not_before, not_after }: CertificateFacts) =>
  not_before === undefined || not_after === undefined ? Number.NaN : Math.floor((not_after - not_before + 1_000) / day)

function termArbitrary(everyone: readonly Known[]): fc.Arbitrary<Term> {
  const word = fc.constantFrom(...words)
  const domain = fc.constantFrom(...domains)
  const someone = fc.constantFrom(...everyone)
  const date = fc.integer({ min: 0, max: 60 }).map(n => start + n * 10 * day)
  const seen = fc.integer({ min: 0, max: 520 }).map(n => start + n * day)
  const flags = [
    ['self_signed', 'self_issued'],
    ['ca', 'is_ca'],
    ['precertificate', 'is_precertificate'],
  ] as const
  return fc.oneof(
    domain.map(name => term('san', name, ({ facts }) => facts.names.some(({ value }) => value === name))),
    domain.map(name =>
      term('san', `www.${name}`.toUpperCase(), ({ facts }) => facts.names.some(({ value }) => value === `www.${name}`)),
    ),
    domain.map(name =>
      term('san', `*.${name}`, ({ facts }) => facts.names.some(({ value }) => value.endsWith(`.${name}`))),
    ),
    fc
      .constantFrom('login', '*.', '%', '_', 'shop.example', 'n--b')
      .map(text => term('san', text, ({ facts }) => nameHas(facts, text), '~')),
    fc
      .constantFrom('192.0.2.7', '2001:DB8:0::7')
      .map(ip => term('ip', ip, ({ facts }) => facts.names.some(({ value }) => value === ip.replace('DB8:0', 'db8')))),
    domain.map(name =>
      term('apex', name.replace(/^b\./, ''), ({ facts }) => facts.apexes.includes(name.replace(/^b\./, ''))),
    ),
    word.map(value => term('subject.o', value, ({ facts }) => has(facts, 'subject', ['O'], value))),
    word.map(value =>
      term('subject.cn', value.replace('example', 'EXAMPLE'), ({ facts }) => has(facts, 'subject', ['CN'], value)),
    ),
    word.map(value => term('subject', value, ({ facts }) => has(facts, 'subject', ['C', 'O', 'CN'], value))),
    word.map(value => term('subject', value, ({ facts }) => contains(facts, 'subject', value), '~')),
    word.map(value => term('issuer.o', value, ({ facts }) => has(facts, 'issuer', ['O'], value))),
    word.map(value =>
      term('issuer.cn', value.replace('example', 'EXAMPLE'), ({ facts }) => has(facts, 'issuer', ['CN'], value)),
    ),
    word.map(value => term('issuer', value, ({ facts }) => has(facts, 'issuer', ['C', 'O', 'CN'], value))),
    word.map(value => term('issuer', value, ({ facts }) => contains(facts, 'issuer', value), '~')),
    fc
      .constantFrom('DE', 'fr')
      .map(value => term('issuer.c', value, ({ facts }) => has(facts, 'issuer', ['C'], value))),
    someone.map(({ facts: { sha256 = 'f'.repeat(64) } }) =>
      term('sha256', sha256.slice(0, 12), ({ facts }) => facts.sha256 === sha256),
    ),
    someone.map(({ facts: { sha1 = 'f'.repeat(40) } }) =>
      term('sha1', sha1.toUpperCase(), ({ facts }) => facts.sha1 === sha1),
    ),
    someone.map(({ facts: { md5 = 'f'.repeat(32) } }) =>
      term('md5', md5.slice(0, 8), ({ facts }) => facts.md5 === md5),
    ),
    someone.map(({ facts: { spki_sha256 = 'f'.repeat(64) } }) =>
      term('spki', spki_sha256, ({ facts }) => facts.spki_sha256 === spki_sha256),
    ),
    someone.map(({ facts: { subject_key_id = 'f'.repeat(40) } }) =>
      term('ski', subject_key_id, ({ facts }) => facts.subject_key_id === subject_key_id),
    ),
    fc
      .constantFrom(
        ['1', '01'],
        ['0x8bb00ee', '08BB00EE'],
        ['08:bb:00:ee', '08BB00EE'],
        ['-5', '-05'],
        ['16534', '4096'],
      )
      .map(([typed = '', stored]) => term('serial', typed, ({ facts }) => facts.serial === stored)),
    date.map(from =>
      term('not_before', `${iso(from)}..`, ({ facts: { not_before = Number.NaN } }) => not_before >= from),
    ),
    date.map(from =>
      term('not_before', `<=${iso(from)}`, ({ facts: { not_before = Number.NaN } }) => not_before < from + day),
    ),
    fc
      .constantFrom(2024, 2025)
      .map(year =>
        term(
          'not_after',
          String(year),
          ({ facts: { not_after } }) => not_after !== undefined && new Date(not_after).getUTCFullYear() === year,
        ),
      ),
    fc.constantFrom(90, 365, 398).map(n => term('validity', `${n}d`, ({ facts }) => days(facts) === n)),
    fc.constantFrom(90, 397, 398).map(n => term('validity', `>${n}`, ({ facts }) => days(facts) > n)),
    fc.constantFrom('rsa', 'ec', 'ed25519').map(kind => term('key', kind, ({ facts }) => facts.key_algorithm === kind)),
    fc.constant(term('key', 'P-256', ({ facts }) => facts.key_curve === 'P-256')),
    fc.constant(term('key', 'rsa-1024', ({ facts }) => facts.key_algorithm === 'rsa' && facts.key_bits === 1024)),
    fc.constant(term('key', '<2048', ({ facts }) => facts.key_algorithm === 'rsa' && (facts.key_bits ?? 9999) < 2048)),
    fc.constant(term('key', 'ec<=256', ({ facts }) => facts.key_algorithm === 'ec' && (facts.key_bits ?? 9999) <= 256)),
    fc.constant(term('signature', 'SHA1', ({ facts }) => (facts.signature_algorithm ?? '').includes('sha1'), '~')),
    fc.constant(
      term('signature', 'ECDSA-with-SHA256', ({ facts }) => facts.signature_algorithm === 'ecdsa-with-SHA256'),
    ),
    fc
      .tuple(fc.constantFrom(...flags), fc.constantFrom('true', 'false', 'unknown'))
      .map(([[field, key], value]) => term(field, value, ({ facts }) => String(facts[key] ?? 'unknown') === value)),
    fc.constantFrom(true, false).map(value => term('der', String(value), ({ from_der }) => from_der === value)),
    fc
      .constantFrom('name/empty', 'time/offset')
      .map(code => term('problem', code, ({ facts }) => facts.problems.includes(code))),
    fc.constant(term('problem', 'name/*', ({ facts }) => facts.problems.some(code => code.startsWith('name/')))),
    fc.constant(term('problem', 'any', ({ facts }) => facts.problems.length > 0)),
    fc
      .constantFrom('198.51.100.7', '2001:db8::1')
      .map(ip => term('host', ip, ({ hosts }) => hosts.some(one => one.ip === ip))),
    fc
      .constantFrom('198.51.100.7', '2001:db8::1')
      .map(ip => term('pivot.host', ip, ({ hosts }) => hosts.some(one => one.ip === ip))),
    fc.constant(term('host', '198.51.100.128/25', ({ hosts }) => hosts.some(({ ip }) => ip === '198.51.100.200'))),
    fc.constant(term('host', '2001:db8::/32', ({ hosts }) => hosts.some(({ ip }) => ip.startsWith('2001:db8:')))),
    fc.constant(term('port', '8000..9000', ({ hosts }) => hosts.some(({ port }) => port === 8443))),
    seen.map(from =>
      term(
        'first_seen',
        `>=${iso(from)}`,
        ({ hosts }) => hosts.length > 0 && Math.min(...hosts.map(({ first }) => first)) >= from,
      ),
    ),
    seen.map(from =>
      term(
        'first_seen',
        iso(from).slice(0, 7),
        ({ hosts }) =>
          hosts.length > 0 && iso(Math.min(...hosts.map(({ first }) => first))).startsWith(iso(from).slice(0, 7)),
      ),
    ),
    seen.map(from =>
      term(
        'last_seen',
        `<${iso(from)}`,
        ({ hosts }) => hosts.length > 0 && Math.max(...hosts.map(({ last }) => last)) < from,
      ),
    ),
    word.map(value => ({
      text: printSearch({ type: 'phrase', text: value, column: 1 }),
      fits: ({ facts }: Known) => nameHas(facts, value.toLowerCase()) || contains(facts, 'subject', value),
    })),
    someone.map(({ facts: { sha1 = '0'.repeat(40) } }) => ({
      text: sha1,
      fits: ({ facts }: Known) => facts.sha1 === sha1,
    })),
    fc.constant({ text: '192.0.2.7', fits: ({ facts }: Known) => nameHas(facts, '192.0.2.7') }),
    fc.constant({ text: '*.shop.example', fits: ({ facts }: Known) => nameHas(facts, '.shop.example') }),
  )
}

/** Terms joined at random. */
function searchArbitrary(everyone: readonly Known[]): fc.Arbitrary<Term> {
  const leaf = termArbitrary(everyone)
  const { tree } = fc.letrec<{ tree: Term }>(tie => ({
    tree: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      { weight: 3, arbitrary: leaf },
      {
        weight: 2,
        arbitrary: fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => ({
          text: `(${one.text} ${other.text})`,
          fits: (known: Known) => one.fits(known) && other.fits(known),
        })),
      },
      {
        weight: 2,
        arbitrary: fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => ({
          text: `(${one.text} OR ${other.text})`,
          fits: (known: Known) => one.fits(known) || other.fits(known),
        })),
      },
      {
        weight: 1,
        arbitrary: tie('tree').map(one => ({ text: `-${one.text}`, fits: (known: Known) => !one.fits(known) })),
      },
    ),
  }))
  return tree
}

/** What a search for certificates owes on whatever store. */
export function searchContract(adapter: string, open: () => Promise<SearchFixture>, runs: number): void {
  describe(`searching certificates on ${adapter}`, () => {
    let fixture: SearchFixture
    let store: EventStore
    const cases = chosen()
    const invented = [...Object.values(cases), ...invent(20261122, 150)]
    const everyone = invented.map(knownOf)

    beforeAll(async () => {
      fixture = await open()
      store = fixture.store
      await store.migrate()
      for (const table of ['certificate', 'certificate_host'])
        await rowsOf(store, { name: 'test', text: `SYSTEM STOP MERGES ${table}` }).catch(() => []) // only makes it harder
      await storeInvented(store, fixture.directory, invented)
      await storeInvented(store, fixture.directory, invented.slice(0, 60))
    })
    afterAll(async () => {
      await store.close()
      await fixture.cleanUp()
    })

    const found = async (search: Search, options: { readonly order?: 'newest' | 'id' } = {}) => {
      const ids: string[] = []
      for await (const { certificate_id } of allCertificates(store, search, options)) ids.push(certificate_id)
      return ids
    }
    const paged = async (search: Search, limit: number, between: (page: number) => Promise<void> = async () => {}) => {
      const ids: string[] = []
      let after: string | undefined
      for (let page = 0; ; page += 1) {
        const { certificates, next } = await certificatePage(store, search, {
          limit,
          ...(after === undefined ? {} : { after }),
        })
        expect(certificates.length).toBeLessThanOrEqual(limit)
        ids.push(...certificates.map(one => one.certificate_id))
        if (next === undefined) return ids
        expect(certificates).toHaveLength(limit)
        after = next
        await between(page)
      }
    }

    it('finds what the simplest reading of the facts finds, whatever the search', async () => {
      await fc.assert(
        fc.asyncProperty(searchArbitrary(everyone), async ({ text, fits }) => {
          const expected = everyone.filter(fits).map(({ id }) => id)
          expect((await found(parseSearch(text))).sort(), text).toEqual([...new Set(expected)].sort())
        }),
        { seed: 20261122, numRuns: runs, endOnFailure: true },
      )
    })

    it('counts what it finds, and divides it into facets that find their part again', async () => {
      await fc.assert(
        fc.asyncProperty(
          searchArbitrary(everyone),
          fc.shuffledSubarray([...facets], { minLength: 1, maxLength: 3 }),
          async ({ text }, some) => {
            const search = parseSearch(text)
            const counts = await countCertificates(store, search, some, { top: 3 })
            expect(counts.certificates, text).toBe((await found(search)).length)
            expect(counts.issuances).toBeLessThanOrEqual(counts.certificates)
            for (const { values, distinct } of counts.facets) {
              expect(values.length).toBe(Math.min(distinct, 3))
              const [value] = values
              if (value?.search === undefined) continue
              const narrowed = await countCertificates(store, parseSearch(value.search), [])
              expect(narrowed.issuances, value.search).toBe(value.issuances)
            }
          },
        ),
        { seed: 20261122, numRuns: Math.ceil(runs / 5), endOnFailure: true },
      )
    })

    it('pages have every certificate exactly once and in order, also when rows are added again and merged between pages', async () => {
      const search = parseSearch('')
      const all = await found(search)
      expect(new Set(all).size).toBe(everyone.length)
      const order = (id: string) => everyone.find(one => one.id === id)?.facts.not_before ?? Number.NEGATIVE_INFINITY
      const sorted = [...all].sort((a, b) => order(b) - order(a) || (a < b ? -1 : 1))
      expect(all).toEqual(sorted)
      const pages = await paged(search, 17, async page => {
        if (page === 2) await storeInvented(store, fixture.directory, invented.slice(40, 90))
        if (page !== 5) return
        await rowsOf(store, { name: 'test', text: 'SYSTEM START MERGES certificate' }).catch(() => [])
        await rowsOf(store, { name: 'test', text: 'OPTIMIZE TABLE certificate FINAL' }).catch(() => [])
      })
      expect(pages).toEqual(all)
      expect([...(await found(search, { order: 'id' }))]).toEqual([...all].sort())
      expect(await paged(parseSearch('der:false san~login'), 5)).toEqual(
        await found(parseSearch('der:false san~login')),
      )
    })

    it('a hash in any form leads to its certificate, also where it was first known by that hash alone', async () => {
      const { certificate, precertificate } = cases
      const [id, sha1 = ''] = [idOf(certificate), certificate.bytes?.sha1]
      const pasted = (sha1.toUpperCase().match(/../g) ?? []).join(':')
      for (const text of [
        id,
        id.slice(0, 8),
        `${certificate.bytes?.sha256}`,
        sha1,
        sha1.slice(0, 9),
        pasted,
        ` ${pasted.slice(0, 32)} `,
      ])
        expect(await certificateMeant(store, text), text).toBe(id)
      const provisional = certificateIdOf(certificate.descriptions[0] ?? nothingKnown) ?? ''
      expect(provisional).not.toBe(id)
      expect(await certificateMeant(store, provisional)).toBe(id)
      expect(await certificateMeant(store, `${precertificate.bytes?.sha256}`)).toBe(idOf(precertificate))
      for (const one of invented
        .filter(({ bytes, descriptions }) => bytes !== undefined && descriptions.length > 0)
        .slice(0, 12)) {
        const [described] = one.descriptions
        expect(await certificateMeant(store, described?.sha1 ?? described?.md5 ?? idOf(one))).toBe(idOf(one))
      }
    })

    it('what is no fingerprint, stands for several or is not there is refused', async () => {
      await expect(certificateMeant(store, 'abcdef1')).rejects.toMatchObject({ code: 'usage/bad-argument' })
      await expect(certificateMeant(store, 'login.example')).rejects.toMatchObject({ code: 'usage/bad-argument' })
      await expect(certificateMeant(store, 'f'.repeat(65))).rejects.toMatchObject({ code: 'usage/bad-argument' })
      await expect(certificateMeant(store, 'f'.repeat(64))).rejects.toMatchObject({ code: 'usage/not-found' })
      const { sha256 = '' } = cases.certificate.bytes ?? {}
      await expect(
        certificateMeant(store, `${sha256.slice(0, 63)}${sha256.endsWith('0') ? '1' : '0'}`),
      ).rejects.toMatchObject({
        code: 'usage/not-found',
      })
    })

    it('tells of a certificate where it was met, also under the name it had before, and what is of its issuance', async () => {
      const { certificate, precertificate, either } = cases
      const known = await knowledgeOf(store, idOf(certificate))
      expect(known).toMatchObject({
        places: 1,
        met: [{ address: '198.51.100.200', port: 993, first_seen: '2024-01-01T00:00:00.000000Z' }],
        twins: [{ certificate_id: idOf(precertificate), is_precertificate: true }],
        key_use: { certificates: 2 },
      })
      expect(known?.known_as).toHaveLength(1)
      expect(Buffer.from(known?.der ?? [])).toEqual(Buffer.from(certificate.der ?? []))
      expect(known?.values).toContainEqual({ attribute: 'issuer_serial', value: '0A0A cn=chosen ca' })
      expect(await knowledgeOf(store, idOf(precertificate))).toMatchObject({ places: 0, known_as: [] })
      expect(await knowledgeOf(store, idOf(either))).toMatchObject({
        places: 1,
        der: undefined,
        known_as: [],
        twins: [],
      })
      expect(await knowledgeOf(store, 'f'.repeat(32))).toBeUndefined()
    })

    it('of issuer and serial alone a certificate is taken for its bytes, unless several issuances have them', async () => {
      const serial = async (text: string) => (await found(parseSearch(text))).sort()
      const ids = (...some: readonly Invented[]) => some.map(idOf).sort()
      expect(await serial('serial:0A0A')).toEqual(ids(cases.precertificate, cases.certificate))
      expect(await serial('serial:0A0A port:993')).toEqual(ids(cases.certificate))
      expect(await serial('serial:0B0B')).toEqual(ids(cases.first, cases.second, cases.either))
      expect(await serial('serial:0B0B port:993')).toEqual(ids(cases.either))
    })

    it('a cursor belongs to its search and order', async () => {
      const { next = '' } = await certificatePage(store, parseSearch('der:true'), { limit: 2 })
      const refused = { code: 'usage/bad-search' }
      await expect(certificatePage(store, parseSearch('der:false'), { limit: 2, after: next })).rejects.toMatchObject(
        refused,
      )
      await expect(
        certificatePage(store, parseSearch('der:true'), { limit: 2, after: next, order: 'id' }),
      ).rejects.toMatchObject(refused)
      for (const after of ['', 'nonsense', '../../x', 'A'.repeat(100_000)])
        await expect(certificatePage(store, parseSearch('der:true'), { limit: 2, after })).rejects.toMatchObject(
          refused,
        )
    })

    it('a facet that does not exist is refused with those that do', () => {
      expect(() => facetsNamed(['issuer', 'nonsense'])).toThrow('no facet "nonsense"')
    })

    it('whatever is sought is data', async () => {
      const hostile = [
        `'); DROP TABLE certificate; --`,
        '{p0:String}',
        `\\' OR 1 = 1`,
        '\0',
        '%',
        '(?i)(a+)+$',
        '\ud83d',
        `${'(a|a)*'.repeat(80)}b`,
      ]
      for (const value of hostile)
        for (const field of [
          'san',
          'subject',
          'subject.cn',
          'issuer',
          'issuer.cn',
          'signature',
          'owner',
          'pivot.subject_o',
        ]) {
          for (const operator of [':', '~'] as const) {
            const text = printSearch({ type: 'field', field, operator, value, column: 1 })
            const search = (() => {
              try {
                return parseSearch(text)
              } catch {
                return undefined // the field has no `~`
              }
            })()
            if (search !== undefined)
              expect((await certificatePage(store, search, { limit: 3 })).certificates, text).toBeDefined()
          }
        }
      expect(await found(parseSearch(''))).toHaveLength(everyone.length)
    })
  })
}
