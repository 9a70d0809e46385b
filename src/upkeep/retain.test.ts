import { describe, expect, it } from 'vitest'
import { eventKindNames } from '../model/index.ts'
import type { RetentionRule } from './retain.ts'
import { parseAge, ruleByKind } from './retain.ts'

describe('rules of retention', () => {
  it('an age is a whole number of hours, days or weeks', () => {
    expect(['12h', '90d', '52w'].map(parseAge)).toEqual([43_200_000, 7_776_000_000, 31_449_600_000])
    for (const wrong of ['', '90', 'd', '0d', '-1d', '1.5d', '90 d', '90D', '1y', '1m', '9999999d', '90d; x', '٣d'])
      expect(() => parseAge(wrong), wrong).toThrow('is no age')
  })

  it('a rule for a kind wins over one for all; without one for all other kinds are kept', () => {
    const all = { kind: 'all', olderThan: '365d' } as const
    const dns = { kind: 'dns_query', olderThan: '90d' } as const
    for (const rules of [
      [all, dns],
      [dns, all],
    ]) {
      const byKind = ruleByKind(rules)
      expect([...byKind.keys()]).toEqual(eventKindNames)
      expect(byKind.get('dns_query')).toBe('90d')
      expect(byKind.get('tls_session')).toBe('365d')
    }
    expect([...ruleByKind([dns])]).toEqual([['dns_query', '90d']])
  })

  it('two rules for one kind, and kinds that are none, are refused', () => {
    const rule = (kind: string, olderThan = '90d') => ({ kind, olderThan }) as RetentionRule // as a user may have written it
    expect(() => ruleByKind([rule('dns_query'), rule('dns_query', '1d')])).toThrow('two rules for dns_query')
    expect(() => ruleByKind([rule('all'), rule('all')])).toThrow('two rules for all')
    for (const kind of ['malformed', 'evidence_chunk', 'dns_query; DROP TABLE evidence', 'constructor', '__proto__'])
      expect(() => ruleByKind([rule(kind)]), kind).toThrow('is no kind of event')
  })
})
