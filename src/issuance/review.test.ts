import { describe, expect, it } from 'vitest'
import { watchFor } from '../hostname/index.ts'
import type { InputFile, InputRow, Issuance } from '../inputs/index.ts'
import type { IssuedCertificate, ReviewContext } from './review.ts'
import { oncePerIssuance, reviewCertificate } from './review.ts'

const start = Date.parse('2026-03-02T09:00:00Z')
const day = 86_400_000
const key = 'ab'.repeat(32)

const issued = (change: Partial<IssuedCertificate> = {}): IssuedCertificate => ({
  ...{
    id: '01',
    sha256: 'cd'.repeat(32),
    issuer: "CN=R3,O=Let's Encrypt,C=US",
    serial: '01',
    spki_sha256: key,
    not_before: start,
    not_after: start + 90 * day,
  },
  ...{
    names: ['www.corp.example'],
    key_algorithm: 'ec',
    key_bits: 256,
    signature_algorithm: 'ecdsa-with-SHA256',
    is_precertificate: false,
    promises: 2,
  },
  ...change,
})

const file = { file: 'issuance.csv', version: 'x' } as InputFile
const row = (change: Partial<Issuance>): InputRow<Issuance> => ({
  value: {
    names: [],
    issuers: [],
    authorities: [],
    accounts: [],
    keys: [],
    requester: 'web team',
    ticket: 'CHG-1',
    valid_from: undefined,
    valid_until: undefined,
    ...change,
  },
  ...{ from: file, row: 1 },
})

const context = (issuance: readonly InputRow<Issuance>[], change: Partial<ReviewContext> = {}): ReviewContext => ({
  ...{ issuance, planned: [], listMissing: '', owned: ['corp.example'], watch: watchFor(['corp.example']) },
  inner: { suffixes: ['.local'], labels: ['intranet'] },
  identitiesOf: issuer => (issuer.includes("Let's Encrypt") ? ['letsencrypt.org'] : []),
  caaAt: () => () => ({ state: 'none' }),
  ...change,
})

const verdictOf = (certificate: IssuedCertificate, of: ReviewContext) => reviewCertificate(certificate, of).verdict

describe('a new certificate', () => {
  it('with a key of ours is sanctioned, whoever issued it: a renewal', () => {
    expect(reviewCertificate(issued(), context([row({ keys: [key] })]))).toMatchObject({
      state: 'sanctioned',
      verdict: 'sanctioned',
    })
    expect(verdictOf(issued(), context([row({ keys: [key], valid_until: start - day })]))).toBe('expired_key_reuse')
  })

  it('is sanctioned by a rule of its names, its authority and its time', () => {
    const rule = { names: ['*.corp.example'], authorities: ['letsencrypt.org'] }
    expect(verdictOf(issued(), context([row(rule)]))).toBe('sanctioned_by_rule')
    expect(verdictOf(issued({ names: ['*.corp.example'] }), context([row(rule)]))).toBe('sanctioned_by_rule')
    expect(verdictOf(issued({ issuer: 'CN=X,O=Other CA' }), context([row(rule)]))).toBe('unauthorised_ca')
    expect(verdictOf(issued({ issuer: 'CN=X,O=Other CA' }), context([row({ ...rule, issuers: ['o=other ca'] })]))).toBe(
      'sanctioned_by_rule',
    )
    expect(verdictOf(issued({ names: ['corp.example'] }), context([row(rule)]))).toBe('unknown_owner')
    expect(verdictOf(issued({ names: ['www.corp.example', 'www.other.example'] }), context([row(rule)]))).toBe(
      'unknown_owner',
    )
    expect(verdictOf(issued(), context([row({ ...rule, valid_until: start - day })]))).toBe('unknown_owner')
    expect(verdictOf(issued(), context([row({ ...rule, valid_from: start + day })]))).toBe('unknown_owner')
  })

  it('that CAA forbade is told, whatever the list says', () => {
    const caaAt: ReviewContext['caaAt'] = () => name =>
      name === 'corp.example'
        ? { state: 'records', records: [{ flags: 0, tag: 'issue', value: 'other.example' }] }
        : { state: 'none' }
    expect(verdictOf(issued(), context([row({ names: ['*.corp.example'] })], { caaAt }))).toBe('violates_caa')
  })

  it('from an account that a record does not name violates CAA', () => {
    const caaAt: ReviewContext['caaAt'] = () => name =>
      name === 'corp.example'
        ? {
            state: 'records',
            records: [{ flags: 0, tag: 'issue', value: 'letsencrypt.org; accounturi=https://a.example/1' }],
          }
        : { state: 'none' }
    expect(
      verdictOf(issued(), context([row({ names: ['*.corp.example'], accounts: ['https://a.example/2'] })], { caaAt })),
    ).toBe('violates_caa')
    expect(
      verdictOf(issued(), context([row({ names: ['*.corp.example'], accounts: ['https://a.example/1'] })], { caaAt })),
    ).toBe('sanctioned_by_rule')
  })

  it('for a name that looks like ours is told with what it looks like', () => {
    const ours = { owned: ['example.com'], watch: watchFor(['example.com']) }
    const look = reviewCertificate(issued({ names: ['examp1e.com'] }), context([], ours))
    expect(look).toMatchObject({
      verdict: 'lookalike',
      because: [expect.stringContaining('examp1e.com looks like example.com')],
    })
    expect(verdictOf(issued({ names: ['www.example.com'] }), context([], ours))).toBe('unknown_owner')
  })

  it('that tells a name of the inside says so', () => {
    expect(verdictOf(issued({ names: ['erp.intranet.corp.example'] }), context([]))).toBe('internal_name_leak')
    expect(verdictOf(issued({ names: ['www.corp.example', 'srv1.local'] }), context([]))).toBe('internal_name_leak')
  })

  it('that a deployment names near its beginning is a question to its owner', () => {
    const planned = (at: number) => [
      {
        value: { start: at, end: undefined, scope: ['www.corp.example'], ticket: 'REL-7', summary: '', owner: '' },
        from: file,
        row: 3,
      },
    ]
    expect(reviewCertificate(issued(), context([], { planned: planned(start + day / 2) }))).toMatchObject({
      state: 'unknown',
      because: [expect.stringContaining('REL-7')],
    })
    expect(reviewCertificate(issued(), context([], { planned: planned(start + 2 * day) }))).toMatchObject({
      state: 'unsanctioned',
    })
  })

  it('without a list is unknown, and says what would tell', () => {
    expect(
      reviewCertificate(issued(), context([], { listMissing: 'the certificates that may be issued' })),
    ).toMatchObject({ state: 'unknown', missing: ['the certificates that may be issued'] })
  })

  it('is looked at for what else is odd', () => {
    const { notes } = reviewCertificate(
      issued({
        names: ['*.corp.example'],
        not_after: start + 800 * day,
        key_algorithm: 'rsa',
        key_bits: 1024,
        signature_algorithm: 'sha1WithRSAEncryption',
        promises: 0,
      }),
      context([]),
    )
    expect(notes.map(text => text.split(' ').slice(0, 3).join(' '))).toEqual([
      'a wildcard: it',
      'valid for 800',
      'signed with sha1WithRSAEncryption',
      'an RSA key',
      'no promise of',
    ])
  })

  it('and its precertificate are one issuance', () => {
    const both = [
      issued({ id: '01', is_precertificate: true }),
      issued({ id: '02' }),
      issued({ id: '03', serial: '02' }),
    ]
    expect(oncePerIssuance(both).map(({ id }) => id)).toEqual(['02', '03'])
  })
})
