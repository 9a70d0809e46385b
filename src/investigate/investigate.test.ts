import { describe, expect, it } from 'vitest'
import { usualTimes } from '../corroborate/index.ts'
import type { InputFile, SiteInputs } from '../inputs/index.ts'
import { noInputs } from '../inputs/index.ts'
import type { IndexedCertificate } from '../pivots/index.ts'
import type { Contact } from './contact.ts'
import { judgeContacts } from './contact.ts'
import { gapsOf } from './gap.ts'
import { lineageStart } from './lineage.ts'
import type { Subject } from './subject.ts'
import { enriched } from './subject.ts'

const start = Date.parse('2026-03-02T09:00:00Z')
const day = 86_400_000

const subject: Subject = {
  ...{
    certificate_id: 'ab'.repeat(16),
    is_seed: false,
    confidence: 0.8,
    subject: 'CN=c2.example',
    issuer: '',
    serial: '',
    because: 'SAME_KEY',
  },
  ...{
    hashes: ['cd'.repeat(32)],
    names: ['c2.example', '*.c2.example'],
    addresses: [{ ip: '203.0.113.9', from: start, until: start + 5 * day }],
  },
  validity: { from: start - 10 * day, until: start + 80 * day },
}

const contact = (change: Partial<Contact>): Contact => ({
  ...{
    family: 'tls',
    asset: '10.0.0.7',
    name: '',
    address: '',
    hash: '',
    answers: [],
    records: 1,
    from: start + day,
    until: start + day,
  },
  ...{ completed: 1, answered: 0, octets_out: 0, octets_in: 0, packet: '', event_uid: 'ef'.repeat(16) },
  ...change,
})

const gradesOf = (contacts: readonly Contact[], isShared: (address: string) => boolean = () => false) =>
  judgeContacts(subject, contacts, { isShared, times: usualTimes }).map(({ item, grade }) => `${item.family} E${grade}`)

describe('contacts with a lead', () => {
  it('are graded by what they share with it', () => {
    expect(
      gradesOf([
        contact({ hash: 'cd'.repeat(32), address: '198.51.100.1' }),
        contact({ name: 'www.c2.example', address: '203.0.113.9' }),
        contact({ family: 'web', name: 'c2.example', address: '198.51.100.1' }),
        contact({ family: 'flow', address: '203.0.113.9' }),
        contact({ family: 'dns', name: 'c2.example' }),
        contact({ name: 'other.example', address: '198.51.100.1' }),
        contact({ family: 'dns', name: 'xc2.example' }),
      ]),
    ).toEqual(['tls E5', 'tls E4', 'web E3', 'flow E3', 'dns E1'])
  })

  it('by an address that strangers share are next to nothing', () => {
    expect(gradesOf([contact({ family: 'flow', address: '203.0.113.9' })], () => true)).toEqual(['flow E1'])
  })

  it('of DNS count more when the same machine connects to what it was told, within an hour', () => {
    const asked = contact({ family: 'dns', name: 'c2.example', answers: ['203.0.113.9'] })
    const connection = (minutes: number, asset = '10.0.0.7') =>
      contact({
        family: 'flow',
        address: '203.0.113.9',
        asset,
        from: start + day + minutes * 60_000,
        until: start + day + minutes * 60_000,
      })
    expect(gradesOf([asked, connection(1)])).toContain('dns E2')
    expect(gradesOf([asked, connection(70)])).toContain('dns E1')
    expect(gradesOf([asked, connection(1, '10.0.0.8')])).toContain('dns E1')
    expect(gradesOf([asked, connection(-1)])).toContain('dns E1')
  })
})

describe('what others saw', () => {
  const row = <T>(value: T) => ({ value, from: { file: 'x' } as InputFile, row: 1 })
  const inputs = (change: Partial<SiteInputs['rows']>): SiteInputs => ({
    ...noInputs,
    rows: { ...noInputs.rows, ...change },
  })

  it('of its names adds addresses, and makes one interval of several', () => {
    const resolved = (rrname: string, ip: string, from: number, until: number) =>
      row({ rrname, rrtype: 'a', rdata: [ip], time_first: from, time_last: until, source: '' })
    const passive_dns = [
      resolved('c2.example', '203.0.113.9', start - day, start + day),
      resolved('www.c2.example', '203.0.113.10', start, start),
      resolved('xc2.example', '203.0.113.11', start, start),
    ]
    expect(enriched(subject, inputs({ passive_dns })).addresses).toEqual([
      { ip: '203.0.113.9', from: start - day, until: start + 5 * day },
      { ip: '203.0.113.10', from: start, until: start },
    ])
  })

  it('of its domains dates contacts before their registration to somebody else', () => {
    const registrations = [row({ domain: 'c2.example', registered: start, registrar: '', source: '' })]
    const told = enriched(subject, inputs({ registrations }))
    const early = contact({ name: 'c2.example', from: start - day, until: start - day })
    expect(
      judgeContacts(told, [early], { isShared: () => false, times: usualTimes }).map(({ time }) => time.class),
    ).toEqual(['PRE_REGISTRATION'])
    expect(
      enriched({ ...subject, names: ['c2.example', 'other.example'] }, inputs({ registrations })).registered,
    ).toBeUndefined()
  })
})

describe('a line of renewals', () => {
  const certificate = (from: number, days: number, change: Partial<IndexedCertificate> = {}): IndexedCertificate => ({
    ...{
      certificate_id: String(from),
      issuance: '',
      sha256: undefined,
      sha1: undefined,
      subject: '',
      issuer: '',
      serial: '',
    },
    ...{
      not_before: start + from * day,
      not_after: start + (from + days) * day,
      names: ['a.example', 'b.example'],
      apexes: [],
      owner: 'a.example',
      owner_group: 'a.example',
    },
    ...{ self_issued: false, is_ca: false, values: [] },
    ...change,
  })
  const since = (others: readonly IndexedCertificate[]) =>
    ((lineageStart(certificate(0, 47), others) ?? 0) - start) / day

  it('begins with the first that has nearly its names, with no longer a gap than a lifetime', () => {
    expect(since([certificate(-40, 47), certificate(-80, 47), certificate(-174, 47)])).toBe(-174)
    expect(since([certificate(-40, 47), certificate(-200, 47)])).toBe(-40)
  })

  it('goes on over another name with the same key, and stops at other owners', () => {
    const key = { values: [{ attribute: 'spki_sha256', value: 'ab' }] as IndexedCertificate['values'] }
    const own = certificate(0, 47, key)
    expect(lineageStart(own, [certificate(-300, 47, { ...key, names: ['c.example'] })])).toBe(start - 300 * day)
    expect(lineageStart(own, [certificate(-300, 47, { ...key, owner_group: 'other.example' })])).toBe(start)
    expect(since([certificate(-40, 47, { names: ['a.example'] })])).toBe(0)
  })
})

describe('gaps', () => {
  const days = (kinds: readonly string[], count: number) =>
    new Map(
      kinds.map(kind => [
        kind,
        new Set(Array.from({ length: count }, (_, nth) => new Date(start - nth * day).toISOString().slice(0, 10))),
      ]),
    )
  const statesOf = (of: ReadonlyMap<string, ReadonlySet<string>>) =>
    Object.fromEntries(gapsOf(of, start - 9 * day, start).map(({ id, state, share }) => [id, `${state} ${share}`]))

  it('are told for each question, by what it needs', () => {
    expect(statesOf(days(['dns_query', 'tls_session'], 10))).toMatchObject({
      Q1: 'covered 1',
      Q2: 'covered 1',
      Q3: 'unanswerable 0',
      Q4: 'unanswerable 0',
    })
    expect(statesOf(days(['dns_query'], 4))).toMatchObject({ Q1: 'partial 0.4', Q2: 'unanswerable 0' })
  })

  it('say which days are missing', () => {
    const [first] = gapsOf(days(['dns_query'], 4), start - 9 * day, start)
    expect(first?.missing).toBe('6 of 10 days, from 2026-02-21 to 2026-02-26')
  })
})
