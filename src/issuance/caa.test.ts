import { describe, expect, it } from 'vitest'
import type { KeptEntry } from '../model/index.ts'
import type { CaaLookup, CaaRecord } from './caa.ts'
import { climb, judgeCaa } from './caa.ts'
import { caaAt } from './caa-history.ts'

/** Records by name; what is not there has none. */
const zone =
  (names: Readonly<Record<string, readonly string[]>>) =>
  (name: string): CaaLookup => {
    const own = names[name]
    return own === undefined ? { state: 'none' } : { state: 'records', records: own.map(recordOf) }
  }

/** `0 issue letsencrypt.org; accounturi=…` */
function recordOf(text: string): CaaRecord {
  const [flags = '', tag = '', ...value] = text.split(' ')
  return { flags: Number(flags), tag, value: value.join(' ') }
}

const account = 'https://acme.example/acct/1'
const letsencrypt = { identities: ['letsencrypt.org'], accounts: [account] }
const judged = (name: string, names: Readonly<Record<string, readonly string[]>>, more = {}) =>
  judgeCaa({ name, ...letsencrypt, ...more }, zone(names))

describe('CAA', () => {
  it('is climbed to the first name that has records', () => {
    expect(climb('a.b.example')).toEqual(['a.b.example', 'b.example', 'example'])
    const apex = { 'b.example': ['0 issue letsencrypt.org'] }
    expect(judged('a.b.example', apex)).toMatchObject({ state: 'permits', at: 'b.example' })
    expect(judged('a.b.example', { 'b.example': ['0 issue other.example'] })).toMatchObject({
      state: 'forbids',
      at: 'b.example',
    })
    // The nearer name decides, also where it says less.
    expect(judged('a.b.example', { ...apex, 'a.b.example': ['0 issue other.example'] })).toMatchObject({
      state: 'forbids',
      at: 'a.b.example',
    })
    expect(judged('a.b.example', {})).toMatchObject({ state: 'permits' })
  })

  it('takes issuewild for a wildcard, and issue where there is none', () => {
    const both = { 'b.example': ['0 issue letsencrypt.org', '0 issuewild other.example'] }
    expect(judged('*.b.example', both).state).toBe('forbids')
    expect(judged('b.example', both).state).toBe('permits')
    expect(judged('*.b.example', { 'b.example': ['0 issue letsencrypt.org'] }).state).toBe('permits')
    expect(judged('b.example', { 'b.example': ['0 issuewild other.example'] }).state).toBe('permits')
  })

  it('holds the account against ours', () => {
    const demands = { 'b.example': [`0 issue letsencrypt.org; validationmethods=dns-01; accounturi=${account}`] }
    expect(judged('a.b.example', demands).state).toBe('permits')
    expect(judged('a.b.example', demands, { accounts: ['https://acme.example/acct/2'] })).toMatchObject({
      state: 'forbids',
      because: expect.stringContaining('acct/2'),
    })
    expect(judged('a.b.example', demands, { accounts: [] }).state).toBe('unknown')
  })

  it.each([
    ['nobody may issue', ['0 issue ;'], 'forbids'],
    ['one of several may', ['0 issue other.example', '0 issue LetsEncrypt.org.'], 'permits'],
    ['only a contact is named', ['0 iodef mailto:x@b.example'], 'permits'],
    ['something critical is unknown', ['128 future x', '0 issue letsencrypt.org'], 'forbids'],
    ['something unknown is not critical', ['0 future x', '0 issue letsencrypt.org'], 'permits'],
  ] as const)('where %s is judged so', (_, records, state) => {
    expect(judged('b.example', { 'b.example': records }).state).toBe(state)
  })

  it('of an authority whose name there nobody knows, or of a time at which nobody looked, is unknown', () => {
    expect(judged('b.example', { 'b.example': ['0 issue letsencrypt.org'] }, { identities: [] }).state).toBe('unknown')
    expect(judged('b.example', { 'b.example': ['0 issue ;'] }, { identities: [] }).state).toBe('forbids')
    const nobody = (name: string): CaaLookup =>
      name === 'b.example' ? { state: 'unknown', because: 'nobody ever looked' } : { state: 'none' }
    expect(judgeCaa({ name: 'a.b.example', ...letsencrypt }, nobody)).toMatchObject({
      state: 'unknown',
      at: 'b.example',
    })
  })
})

describe('the history of CAA', () => {
  const seen = (observed_at: string, value: string | undefined): KeptEntry<'caa'> => ({
    ...{ entry_id: observed_at, recorded_at: new Date(observed_at), subject: 'b.example' },
    entry: {
      observed_at,
      by: 'x',
      ...(value === undefined
        ? { state: 'none', records: [] }
        : { state: 'records', records: [{ flags: 0, tag: 'issue', value }] }),
    },
  })
  const history = [
    seen('2026-03-01T00:00:00Z', 'old.example'),
    seen('2026-03-10T00:00:00Z', 'new.example'),
    seen('2026-03-20T00:00:00Z', undefined),
  ]
  const at = (time: string) => caaAt(history, Date.parse(time))('b.example')

  it('is that of the last look before, for two days', () => {
    expect(at('2026-03-02T00:00:00Z')).toMatchObject({ state: 'records', records: [{ value: 'old.example' }] })
    expect(at('2026-03-11T00:00:00Z')).toMatchObject({ records: [{ value: 'new.example' }] })
    expect(at('2026-03-20T01:00:00Z')).toMatchObject({ state: 'none' })
    expect(at('2026-03-05T00:00:00Z')).toMatchObject({ state: 'unknown' })
  })

  it('is that of a look soon after, where there is none before', () => {
    expect(at('2026-02-28T12:00:00Z')).toMatchObject({ records: [{ value: 'old.example' }] })
    expect(at('2026-02-20T12:00:00Z')).toMatchObject({ state: 'unknown' })
    expect(caaAt(history, 0)('other.example')).toMatchObject({ because: 'nobody ever looked' })
  })
})
