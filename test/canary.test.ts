import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issuedCertificate } from './ct/made-entry.ts'
import { countersealBeside } from './run-cli.ts'

/** Canaries from the command line: laid out, published by a certificate with promises in it, touched in logs of Zeek, hunted. */
const directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
const data = join(directory, 'data')
afterAll(() => rmSync(directory, { recursive: true, force: true }))

type Laid = { readonly id: string; readonly fqdn: string; readonly control_fqdn: string }
type Hit = {
  readonly type: string
  readonly class: string
  readonly source_address: string
  readonly after?: number
  readonly share?: number | null
}

const canary = async (...args: readonly string[]) =>
  await countersealBeside(['canary', ...args, '--data', data, '--json'])
const published = Date.parse('2026-03-02T09:00:00Z')
const laid: Laid[] = []

/** A promise of a log (RFC 6962 §3.2), signed by nobody. */
function promise(timestamp: number): Buffer {
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(timestamp))
  return Buffer.concat([Buffer.alloc(33, 0), time, Buffer.from([0, 0, 4, 3, 0, 2, 0x30, 0])])
}

const line = (row: object) => `${JSON.stringify(row)}\n`
const dns = (seconds: number, source: string, name: string) =>
  line({
    _path: 'dns',
    ts: published / 1000 + seconds,
    uid: `C${seconds}${source}`,
    'id.orig_h': source,
    'id.orig_p': 5353,
    'id.resp_h': '10.0.0.53',
    'id.resp_p': 53,
    proto: 'udp',
    query: name,
    qtype_name: 'A',
  })
const http = (seconds: number, source: string, name: string, user_agent: string, uri = '/') =>
  line({
    _path: 'http',
    ts: published / 1000 + seconds,
    uid: `C${seconds}${source}`,
    'id.orig_h': source,
    'id.orig_p': 40001,
    'id.resp_h': '10.0.0.80',
    'id.resp_p': 80,
    method: 'GET',
    host: name,
    uri,
    user_agent,
    version: '1.1',
  })

function read(name: string, files: Readonly<Record<string, string>>) {
  const logs = join(directory, name)
  mkdirSync(logs)
  for (const [file, text] of Object.entries(files)) writeFileSync(join(logs, file), text)
  return countersealBeside(['hunt', logs, '--data', data, '--json'])
}

const hits = async () => (await canary('hits')).records as unknown as readonly Hit[]

beforeAll(async () => {
  const made = await canary(
    'create',
    'corp.example',
    '--sensor',
    '192.0.2.10',
    '--sensor',
    '2001:db8::10',
    '--lure',
    'vpn',
    '--by',
    'e.berg',
  )
  laid.push(...(made.records as unknown as readonly Laid[]))
  for (const [nth, { id, fqdn }] of laid.slice(0, 2).entries()) {
    const file = join(directory, `${nth}.der`)
    writeFileSync(file, issuedCertificate(nth, [promise(published + 1000), promise(published)], [fqdn]))
    const told = await canary('published', id, file, '--by', 'e.berg')
    expect(told.records).toMatchObject([{ published_at: new Date(published).toISOString() }])
  }
}, 120_000)

describe('canaries', () => {
  it('are laid out in records that a name server takes', async context => {
    expect(laid).toHaveLength(3)
    const { stdout } = await countersealBeside([
      'canary',
      'create',
      'zone.example',
      '--sensor',
      '192.0.2.10',
      '--sensor',
      '2001:db8::10',
      '--by',
      'x',
      '--data',
      join(directory, 'other'),
    ])
    const records = stdout.split('\n').filter(text => / IN A+ /.test(text))
    expect(records).toHaveLength(12)
    const zone = join(directory, 'zone')
    writeFileSync(
      zone,
      [
        '$TTL 300',
        '@ IN SOA ns.zone.example. x.zone.example. 1 60 60 60 60',
        '@ IN NS ns.zone.example.',
        'ns IN A 192.0.2.53',
        ...records,
        '',
      ].join('\n'),
    )
    const ran = spawnSync('named-checkzone', ['zone.example', zone], { encoding: 'utf8' })
    if (ran.error !== undefined) context.skip('named-checkzone is not installed')
    expect(ran.status, ran.stdout).toBe(0)
  })

  it('of another name are not published by a certificate', async () => {
    const told = await canary('published', laid[2]?.id ?? '', join(directory, '0.der'), '--by', 'e.berg')
    expect(told.status).not.toBe(0)
    expect(told.stderr).toContain(laid[2]?.fqdn)
  })

  it('tell an inside host by its question, leave out the validator, and lose attribution with a twin', async () => {
    const name = laid[0]?.fqdn ?? ''
    const validator = 'Mozilla/5.0 (compatible; Let’s Encrypt validation server; +https://www.letsencrypt.org)'.replace(
      '’',
      "'",
    )
    const hunted = await read('first', {
      'dns.log': dns(86_400 * 2, '10.0.0.7', name),
      'http.log':
        http(-120, '203.0.113.20', name, validator, '/.well-known/acme-challenge/x') +
        http(30, '203.0.113.21', name, validator) +
        http(45, '203.0.113.9', name, 'curl/8.5', '/.git/config'),
    })
    const found = hunted.records.filter(
      one => one.type === 'finding' && one.detection_id === 'certificate-recon/canary-touched',
    )
    expect(found.map(({ verdict }) => verdict).sort()).toEqual(['alert', 'review'])
    const first = await hits()
    expect(first.filter(one => one.type === 'canary_hit').map(one => [one.source_address, one.class])).toEqual([
      ['203.0.113.20', 'allowed'],
      ['203.0.113.21', 'allowed'],
      ['203.0.113.9', 'direct'],
      ['10.0.0.7', 'internal'],
    ])
    const before = first.at(-1)?.share ?? 0
    await read('second', {
      'dns.log':
        dns(120, '203.0.113.53', laid[0]?.control_fqdn ?? '') + dns(121, '203.0.113.53', laid[1]?.control_fqdn ?? ''),
    })
    const after = (await hits()).at(-1)?.share ?? 1
    expect([before, after]).toEqual([1, 0])
  }, 240_000)

  it('are kept when they are retired', async () => {
    await canary('retire', laid[1]?.id ?? '', '--by', 'e.berg')
    const listed = (await canary('list')).records
    expect(listed).toHaveLength(3)
    expect(listed.filter(one => one.retired_at !== undefined)).toHaveLength(1)
  })
})
