import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CountersealError } from '../../base/index.ts'
import { fields } from './fields/list.ts'
import { parseSearch } from './parse.ts'
import type { Search } from './query.ts'
import { deepestSearch, longestSearch, longestSought, mostTerms, printSearch } from './query.ts'

const faultOf = (text: string): string => {
  try {
    parseSearch(text)
  } catch (cause) {
    if (cause instanceof CountersealError && cause.code === 'usage/bad-search')
      return `${cause.message} ${cause.remedy}`
    throw cause
  }
  return 'none'
}

/** Without columns, which printing does not keep. */
const shape = (search: Search): unknown =>
  JSON.parse(JSON.stringify(search, (key, value) => (key === 'column' ? undefined : value)))

describe('a search for certificates', () => {
  it('without anything in it means every certificate', () => {
    for (const text of ['', '  \t ']) expect(parseSearch(text)).toEqual({ type: 'all' })
  })

  it('joins terms with AND by itself, AND before OR, brackets before both', () => {
    const [a, b, c] = ['san:a.example', 'san:b.example', 'san:c.example']
    expect(shape(parseSearch(`${a} ${b} OR ${c}`))).toEqual(shape(parseSearch(`(${a} AND ${b}) OR ${c}`)))
    expect(shape(parseSearch(`${a} (${b} OR ${c})`))).toMatchObject({ type: 'and', of: [{}, { type: 'or' }] })
    expect(shape(parseSearch(`-${a}`))).toEqual(shape(parseSearch(`NOT ${a}`)))
    expect(shape(parseSearch(`-(${a} OR ${b})`))).toMatchObject({ type: 'not', of: { type: 'or' } })
  })

  it('takes quoted values with spaces, brackets, marks and backslashes', () => {
    expect(parseSearch('subject.o:"Example (Corp) \\"X\\" \\\\ Y"')).toMatchObject({ value: 'Example (Corp) "X" \\ Y' })
    expect(parseSearch('"a b"')).toMatchObject({ type: 'phrase', text: 'a b' })
  })

  it('takes fingerprints and addresses with colons for words, not for fields', () => {
    for (const text of ['aa:bb:cc:dd', 'AA:BB:CC:DD:EE', 'fe80::1', '2001:db8::/32', '::1'])
      expect(parseSearch(text)).toMatchObject({ type: 'word', text })
  })

  it('every field understands its own example', () => {
    for (const { example } of fields) expect(faultOf(example), example).toBe('none')
  })

  it.each([
    'sha256:9F2C51D8',
    'sha1:aa:bb:cc:dd',
    'serial:-05',
    'serial:4096',
    'san:*.example.com',
    'san~login',
    'ip:2001:db8::1',
    'host:198.51.100.0/24',
    'host:2001:db8::/32',
    'port:8000..8999',
    'port:>1024',
    'not_before:2026',
    'not_before:2026-01..2026-03',
    'not_before:..2026-03-31',
    'not_before:>=2026-01-31T10:00Z',
    'not_after:<2024-02-29',
    'validity:>825d',
    'validity:2y..',
    'key:rsa-1024',
    'key:rsa1024',
    'key:<2048',
    'key:p-256',
    'key:ml-dsa-65',
    'key:1.2.840.113549.1.1.7',
    'self_signed:TRUE',
    'ca:unknown',
    'problem:any',
    'problem:name/*',
    'issuer:"C=US, O=Example, CN=x"',
    'SAN:a.example',
  ])('%s is understood', text => {
    expect(faultOf(text)).toBe('none')
  })

  it.each([
    ['nonsense:1', 1, 'there is no field nonsense'],
    ['san:a.example nonsense~1', 15, 'there is no field nonsense'],
    ['(san:a.example', 1, 'not closed'],
    ['san:a.example)', 14, 'never opened'],
    ['san:a.example OR', 17, 'ends where a term belongs'],
    ['OR san:a.example', 1, 'OR stands where a term belongs'],
    ['san:a.example AND OR b', 19, 'OR stands where'],
    ['()', 2, ') stands where'],
    ['-', 1, 'nothing stands directly behind'],
    ['- a', 1, 'nothing stands directly behind'],
    ['"open', 1, 'not closed'],
    ['san:"open', 5, 'not closed'],
    ['""', 1, 'nothing stands between'],
    ['san: a.example', 5, 'nothing is sought in san'],
    ['"é" nonsense:1', 5, 'there is no field'],
    ['"😀" nonsense:1', 5, 'there is no field'],
    ['foo(bar)', 4, 'stands directly behind a value'],
    ['"a"b', 4, 'stands directly behind a value'],
    ['a or b', 3, 'or is no operator'],
    ['a && b', 3, '&& is no operator'],
    ['not_before>2026', 1, 'not_before has no colon'],
    ['sha256:12', 8, 'sha256 cannot be'],
    [`sha1:${'a'.repeat(41)}`, 6, 'sha1 cannot be'],
    ['sha1:xyzxyzxyz', 6, 'sha1 cannot be'],
    ['serial:xyz', 8, 'serial cannot be'],
    ['ip:198.51.100.0/24', 4, 'ip cannot be'],
    ['ip:fe80::1%eth0', 4, 'ip cannot be'],
    ['host:198.51.100.0/33', 6, 'host cannot be'],
    ['host:somewhere', 6, 'host cannot be'],
    ['port:http', 6, 'port cannot be'],
    ['port:9..8', 6, 'port cannot be'],
    ['not_before:2026-13', 12, 'not_before cannot be'],
    ['not_before:2026-02-30', 12, 'not_before cannot be'],
    ['not_before:2023-02-29', 12, 'not_before cannot be'],
    ['not_before:2026-01-01T24:00', 12, 'not_before cannot be'],
    ['not_before:0000', 12, 'not_before cannot be'],
    ['not_before:2026-03..2026-01', 12, 'not_before cannot be'],
    ['not_before:..', 12, 'not_before cannot be'],
    ['not_before:yesterday', 12, 'not_before cannot be'],
    ['validity:long', 10, 'validity cannot be'],
    ['validity:-5d', 10, 'validity cannot be'],
    ['key:<', 5, 'key cannot be'],
    ['self_signed:yes', 13, 'self_signed cannot be'],
    ['problem:everything', 9, 'problem cannot be'],
    ['key~rsa', 1, 'key cannot be searched with ~'],
    ['pivot.nonsense:1', 1, 'there is no field pivot.nonsense'],
    ['pivot.certificate_sha256:1', 1, 'there is no field'],
    ['constructor:1', 1, 'there is no field constructor'],
    ['__proto__:1', 1, 'understood'],
  ])('%s is refused at its column', (text, column, what) => {
    if (text.startsWith('_')) return expect(faultOf(text)).toBe('none') // no letter first: a word like any other
    expect(faultOf(text)).toContain(`at column ${column}: `)
    expect(faultOf(text)).toContain(what)
  })

  it('is bounded in length, terms, depth and the length of a value', () => {
    const deep = (levels: number) => `${'('.repeat(levels)}a${')'.repeat(levels)}`
    expect(faultOf(deep(deepestSearch))).toBe('none')
    expect(faultOf(deep(deepestSearch + 1))).toContain('too deep')
    expect(faultOf(`${'-'.repeat(deepestSearch + 1)}a`)).toContain('too deep')
    expect(faultOf('a '.repeat(mostTerms))).toBe('none')
    expect(faultOf('a '.repeat(mostTerms + 1))).toContain(`Use at most ${mostTerms} terms`)
    expect(faultOf('a'.repeat(longestSought))).toBe('none')
    expect(faultOf('a'.repeat(longestSought + 1))).toContain(`${longestSought + 1} characters`)
    expect(faultOf(' '.repeat(longestSearch + 1))).toContain(`Use at most ${longestSearch} characters`)
  })

  it('refuses or understands any text, and quickly', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('(', ')', '-', '"', '\\', ' ', ':', '~', '..', 'san:', 'key:', 'OR', 'AND', 'NOT', '::', 'a:'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), pieces => void faultOf(pieces.join(''))),
      { seed: 20261122, numRuns: 3_000 },
    )
    const began = performance.now()
    for (const text of ['(', '-', '"', ':', 'a:', '::a', '<', '*.', '\\"', 'aa:'].map(one =>
      one.repeat(longestSearch / 3),
    ))
      faultOf(text)
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  it('printed and read again is the same search', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
      fc.constantFrom('a b', '"', '\\', '(x)', 'OR', '-', '*.example', "it's", 'a\\'),
    )
    const leaf: fc.Arbitrary<Search> = fc.oneof(
      fc.record({
        type: fc.constant('field' as const),
        field: fc.constantFrom('san', 'subject', 'subject.cn', 'issuer.o'),
        operator: fc.constant(':' as const),
        value,
        column: fc.constant(1),
      }),
      fc.record({ type: fc.constant('phrase' as const), text: value, column: fc.constant(1) }),
      fc.record({
        type: fc.constant('word' as const),
        text: fc.constantFrom('login', 'fe80::1', 'aa:bb:cc:dd', '192.0.2.1', '*.example', 'NOTE', 'ORder', 'é'),
        column: fc.constant(1),
      }),
    )
    const { search } = fc.letrec<{ search: Search }>(tie => ({
      search: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        fc.record({
          type: fc.constantFrom('and' as const, 'or' as const),
          of: fc.array(tie('search'), { minLength: 2, maxLength: 3 }),
        }),
        fc.record({ type: fc.constant('not' as const), of: tie('search') }),
      ),
    }))
    fc.assert(
      fc.property(search, one => {
        expect(shape(parseSearch(printSearch(one)))).toEqual(shape(one))
      }),
      { seed: 20261122, numRuns: 2_000 },
    )
  })
})
