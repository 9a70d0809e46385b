import { describe, expect, it } from 'vitest'
import { type Saying, saying } from '../../test/pivot-certificates.ts'
import { shippedRuleEntries } from '../../test/pivot-rules.ts'
import type { IndexedCertificate } from './pivot-index.ts'
import type { RuleEntry } from './rule.ts'
import { compileRules, isLike, matchRules } from './suppression.ts'

const entries = shippedRuleEntries()
const now = new Date('2026-11-23T00:00:00Z')
const rules = compileRules(entries, now)
const all = compileRules(entries, now, { includeUnverified: true })

function indexed(what: Saying): IndexedCertificate {
  const certificate = saying('x', what)
  return { ...certificate, owner_group: certificate.owner }
}

const matching = (what: Saying, of = rules) => matchRules(of, indexed(what)).map(({ id }) => id)

describe('the rules that ship', () => {
  it('all mean something, and no id stands twice', () => {
    expect(all.faulty).toEqual([])
    expect(all.rules).toHaveLength(entries.length)
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length)
  })

  it('are not used where nobody has verified them, nor after their day', () => {
    expect(rules.unverified).toEqual(expect.arrayContaining(['portswigger', 'google-edge', 'vmware']))
    expect(matching({ subject: 'CN=PortSwigger CA' })).toEqual([])
    expect(matching({ subject: 'CN=PortSwigger CA' }, all)).toEqual(['portswigger'])
    const later = compileRules(entries, new Date('2027-05-22T00:00:00Z'))
    expect(later.expired).toContain('plesk-default')
    expect(later.expired).not.toContain('asyncrat')
    expect(matching({ subject: 'CN=Plesk' }, later)).toEqual([])
    expect(compileRules(entries, new Date('2027-05-21T23:59:59Z')).expired).toEqual([])
  })

  it('say for each tool what else looks like it', () => {
    for (const { id, attributes } of entries)
      if (attributes.action === 'kit') {
        expect(attributes.false_positives, id).toBeTruthy()
        expect(['hard', 'soft'], id).toContain(attributes.strength)
        expect(attributes.family, id).toBeTruthy()
      }
  })
})

describe('platforms and products', () => {
  const cases: readonly (readonly [string, Saying])[] = [
    ['cloudflare-edge', { names: ['sni5432.cloudflaressl.com', 'shop.example'] }],
    ['akamai-edge', { subject: 'CN=a248.e.akamai.net' }],
    ['fastly-edge', { names: ['*.x.fastly.net'] }],
    ['plesk-default', { subject: 'C=CH, L=Schaffhausen, O=Plesk, CN=Plesk, emailAddress=info@plesk.com' }],
    ['plesk-address', { subject: 'emailAddress=info@plesk.com,CN=somebody' }],
    ['dreamhost-pool', { subject: 'O=DreamHost, CN=sni.dreamhost.com' }],
    ['openssl-default', { subject: 'C=AU, ST=Some-State, O=Internet Widgits Pty Ltd' }],
    ['none-localhost', { subject: 'O=none, OU=none, CN=localhost, emailAddress=webmaster@localhost' }],
    ['kubernetes-ingress', { subject: 'O=Acme Co, CN=Kubernetes Ingress Controller Fake Certificate' }],
    ['caddy-local', { subject: 'CN=x', issuer: 'CN=Caddy Local Authority - ECC Intermediate' }],
    ['fortigate-issuer', { subject: 'CN=FGT60D', issuer: 'CN=fortinet-subca2001' }],
    ['ubiquiti-serial', { subject: 'CN=UBNT-78:8A:20' }],
    ['lets-encrypt', { subject: 'CN=x.example', issuer: "CN=R11,O=Let's Encrypt,C=US" }],
    ['cloudflare', { subject: 'CN=x.example', issuer: 'C=US, O=Cloudflare, Inc., CN=Cloudflare Inc ECC CA-3' }],
  ]
  it.each(cases)('%s', (id, what) => expect(matching(what)).toContain(id))

  it('leave alone what only looks like them', () => {
    expect(matching({ names: ['notcloudflaressl.com', 'cloudflaressl.com.evil.example'] })).toEqual([])
    expect(matching({ subject: 'O=Plesk' })).toEqual([])
    expect(matching({ subject: 'O=none, CN=somewhere' })).toEqual([])
    const origin = 'C=US, O=CloudFlare, Inc., OU=CloudFlare Origin SSL Certificate Authority, L=San Francisco'
    expect(matching({ subject: 'CN=CloudFlare Origin Certificate', issuer: origin })).toEqual([])
  })
})

describe('tools', () => {
  const sentinel = { not_before: Date.parse('2024-01-01T00:00:00Z'), not_after: 253_402_300_799_000 }
  const sha512 = { key_algorithm: 'rsa', key_bits: 4096, signature_algorithm: 'sha512WithRSAEncryption' }
  const cases: readonly (readonly [string, Saying])[] = [
    ['cobalt-strike-serial', { serial: '08BB00EE' }],
    ['cobalt-strike-default', { sha256: '87f2085c32b6a2cc709b365f55873e207a9caa10bffecf2fd16d3cf9d94d390c' }],
    ['cobalt-strike-empty-name', { subject: 'C=, ST=, L=, O=, OU=, CN=' }],
    [
      'cobalt-strike-management',
      { subject: 'C=Earth, ST=Cyberspace, L=Somewhere, O=cobaltstrike, OU=AdvancedPenTesting, CN=Major Cobalt Strike' },
    ],
    ['asyncrat', { subject: 'CN=AsyncRAT Server' }],
    ['dotnet-rat-shape', { subject: 'CN=renamed', serial: 'AB'.repeat(15), ...sentinel, ...sha512 }],
    ['dcrat-issuer', { subject: 'CN=x', issuer: 'CN=DcRat Server,OU=qwqdanchun,O=DcRat By qwqdanchun,L=SH,C=CN' }],
    ['qwqdanchun-validity', { subject: 'CN=x', not_before: 0, not_after: 3935 * 86_400_000, ...sha512 }],
    ['sliver-operators', { subject: 'CN=multiplayer', issuer: 'CN=operators' }],
    [
      'sliver-havoc-shape',
      { subject: 'C=US, ST=CA, L=San Jose, street=1 Road, postalCode=2000, O=ACME, CN=x', issuer: '' },
    ],
    ['havoc-postal-code', { subject: 'C=US, ST=CA, L=San Jose, street=1 Road, postalCode=3540, O=ACME, CN=x' }],
    [
      'metasploit-listener',
      {
        subject: 'C=US, ST=TX, O=Kuhn, OU=hacking, CN=kuhn.example, emailAddress=hacking@kuhn.example',
        key_algorithm: 'rsa',
        key_bits: 2048,
      },
    ],
    ['poshc2', { subject: 'C=US, ST=Minnesota, L=Minnetonka, O=Pajfds, OU=Jethpro, CN=P18055077' }],
    ['pupy', { subject: 'O=abcdefghij, OU=CONTROL', serial: '02' }],
    ['gophish', { subject: 'O=Gophish' }],
    ['gozi', { subject: 'CN=x', issuer: 'C=XX, ST=1, L=1, O=1, OU=1, CN=*' }],
    ['icedid', { subject: 'CN=localhost, C=AU, ST=Some-State, O=Internet Widgits Pty Ltd' }],
    ['bianlian', { subject: 'C=abcdefgh12345678, O=bbcdefgh12345678, OU=cbcdefgh12345678' }],
    ['vidar', { subject: 'CN=x', issuer: 'O=StaticIP, OU=privateIP' }],
    ['redguard', { subject: 'C=CN, L=HangZhou, O=Alibaba (China) Technology Co., Ltd., CN=*.aliyun.com' }],
    ['deimos', { subject: 'O=Acme Co', key_algorithm: 'ec', key_curve: 'P-256', key_bits: 256 }],
    ['covenant-listener', { subject: 'CN=192.0.2.1', not_before: 0, not_after: 3651 * 86_400_000 }],
  ]
  it.each(cases)('%s', (id, what) => expect(matching(what)).toContain(id))

  it('leave alone what only looks like them', () => {
    expect(matching({ subject: 'CN=renamed', serial: 'AB'.repeat(16), ...sentinel, ...sha512 })).toEqual([])
    expect(matching({ subject: 'CN=multiplayer', issuer: 'CN=somebody' })).toEqual([])
    expect(matching({ subject: 'OU=CONTROL', serial: '03' })).toEqual([])
    expect(matching({ subject: 'O=Gophish', issuer: 'CN=Company CA' })).toEqual([])
    expect(
      matching({ subject: 'C=US, ST=TX, O=Kuhn, OU=hacking, CN=kuhn.example, emailAddress=me@kuhn.example' }),
    ).toEqual([])
    expect(
      matching({
        subject: 'C=CN, L=HangZhou, O=Alibaba (China) Technology Co., Ltd., CN=*.aliyun.com',
        issuer: 'CN=GlobalSign',
      }),
    ).toEqual([])
    expect(matching({ subject: 'O=Acme Co', key_algorithm: 'rsa', key_bits: 2048 })).not.toContain('deimos')
  })

  it('are known whichever way a sensor turns the name', () => {
    expect(matching({ subject: 'CN=P18055077,OU=Jethpro,O=Pajfds,L=Minnetonka,ST=Minnesota,C=US' })).toEqual(['poshc2'])
    expect(matching({ subject: '/C=US/O=Mythic' })).toEqual(['mythic'])
  })
})

describe('an entry of somebody’s own', () => {
  const own = (changes: Partial<RuleEntry>): RuleEntry => ({
    id: 'own',
    keys: { subject_rdn: ['o=ours'] },
    attributes: { action: 'device' },
    source: 'us',
    verified: true,
    expires: '2027-01-01',
    ...changes,
  })

  it('that means nothing is put aside with the reason, and the others are used', () => {
    const wrong = [
      own({ id: 'a', attributes: { action: 'block' } }),
      own({ id: 'b', keys: { subject_regex: ['(a+)+'] } }),
      own({ id: 'c', attributes: { action: 'device', serial_octets: 'many' } }),
      own({ id: 'd', attributes: { action: 'device', groups: 'name everything' } }),
      own({ id: 'e', attributes: { action: 'device', constructor: 'x' } }),
      own({ id: 'f', keys: {} }),
    ]
    const compiled = compileRules([...wrong, own({})], now)
    expect(compiled.faulty.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(matching({ subject: 'O=Ours' }, compiled)).toEqual(['own'])
  })

  it('needs a value of each of its keys', () => {
    const both = compileRules([own({ keys: { subject_rdn: ['o=ours', 'o=theirs'], serial: ['02'] } })], now)
    expect(matching({ subject: 'O=Theirs', serial: '02' }, both)).toEqual(['own'])
    expect(matching({ subject: 'O=Theirs', serial: '03' }, both)).toEqual([])
    expect(matching({ subject: 'O=Others', serial: '02' }, both)).toEqual([])
  })
})

it('a star in a pattern stands for anything, and for nothing', () => {
  expect(isLike('cn=ubnt-1', 'cn=ubnt-*')).toBe(true)
  expect(isLike('cn=ubnt-', 'cn=ubnt-*')).toBe(true)
  expect(isLike('cn=abcabc', '*a*c')).toBe(true)
  expect(isLike('cn=ab', 'cn=ab*b')).toBe(false)
  expect(isLike('x', '')).toBe(false)
})

it('a pattern of a thousand stars over a long text takes no time', () => {
  const started = performance.now()
  expect(isLike('a'.repeat(100_000), `${'a*'.repeat(1000)}b`)).toBe(false)
  expect(performance.now() - started).toBeLessThan(200)
})
