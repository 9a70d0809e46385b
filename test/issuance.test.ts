import { createSocket, type Socket } from 'node:dgram'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as der from './der.ts'
import { countersealBeside } from './run-cli.ts'

/** New certificates of our names, from the command line: read from files, held against a list and against CAA from a name server that is asked. */
const directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
const data = join(directory, 'data')
const site = join(directory, 'site')
const intel = join(directory, 'intel')
let server: Socket

/** CAA of names; all others have none, and `silent.example` is refused. */
const zone: Readonly<Record<string, readonly (readonly [tag: string, value: string])[]>> = {
  'corp.example': [
    ['issue', 'test-ca.example'],
    ['issuewild', ';'],
  ],
}

/** An answer of DNS (RFC 1035 §4, RFC 8659 §4.1) to the one question of a packet. */
function answer(question: Buffer): Buffer {
  const labels: string[] = []
  let at = 12
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  const name = labels.join('.').toLowerCase()
  const records = (zone[name] ?? []).map(([tag, value]) => {
    const contents = Buffer.concat([Buffer.from([0, tag.length]), Buffer.from(tag + value)])
    return Buffer.concat([Buffer.from([0xc0, 12, 1, 1, 0, 1, 0, 0, 0, 60, 0, contents.length]), contents])
  })
  const head = Buffer.from(question.subarray(0, 12))
  head.writeUInt16BE(name === 'silent.example' ? 0x8185 : 0x8180, 2)
  head.writeUInt16BE(records.length, 6)
  head.fill(0, 8, 12)
  return Buffer.concat([head, question.subarray(12, at + 5), ...records])
}

function pem(serial: number, names: readonly string[], organization = 'Test CA'): string {
  const certificate = der.plainCertificate({
    version: 2,
    serial: der.integer(BigInt(serial)),
    issuer: der.name([
      ['O', organization],
      ['CN', 'One'],
    ]),
    subject: der.name([['CN', names[0] ?? '']]),
    notBefore: der.time(new Date()),
    notAfter: der.time(new Date(Date.now() + 90 * 86_400_000)),
    key: der.ecKey(Buffer.concat([Uint8Array.of(4), Buffer.alloc(64, serial)])),
    extensions: [
      der.extension('2.5.29.17', der.sequence(...names.map(name => der.primitive(2, Buffer.from(name, 'latin1'))))),
    ],
  })
  return `-----BEGIN CERTIFICATE-----\n${Buffer.from(certificate)
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`
}

beforeAll(async () => {
  server = createSocket('udp4')
  await new Promise<void>(done => {
    server.bind(0, '127.0.0.1', done)
  })
  server.on('message', (question, from) => server.send(answer(question), from.port, from.address))
  for (const one of [site, intel]) mkdirSync(one)
  writeFileSync(join(site, 'inputs.yaml'), 'inputs:\n  - { input: issuance, file: issuance.csv, owner: PKI }\n')
  writeFileSync(
    join(site, 'issuance.csv'),
    'names,authorities,ticket\nwww.corp.example|shop.corp.example,test-ca.example,CHG-1\n',
  )
  const dates = 'source: x, verified: true, first_verified: 2026-01-01, last_verified: 2026-01-01, expires: 2099-01-01'
  writeFileSync(
    join(intel, 'caa-identities.yaml'),
    `catalogue: caa-identities\ntitle: x\nentries:\n  - { id: test, keys: { issuer_rdn: ['o=test ca'] }, attributes: { identities: test-ca.example }, ${dates} }\n`,
  )
  const files = [
    pem(1, ['www.corp.example']),
    pem(2, ['shop.corp.example'], 'Other CA'),
    pem(3, ['*.corp.example']),
    pem(4, ['new.corp.example']),
    pem(5, ['www.c0rp.example']),
    pem(6, ['www.unrelated.example']),
  ]
  const certificates = join(directory, 'certificates.pem')
  writeFileSync(certificates, files.join(''))
  await countersealBeside(['ingest', certificates, '--data', data])
}, 120_000)
afterAll(() => {
  server.close()
  rmSync(directory, { recursive: true, force: true })
})

const address = () => `127.0.0.1:${server.address().port}`
const caa = (...names: readonly string[]) =>
  countersealBeside(['cert', 'caa', ...names, '--server', address(), '--data', data, '--json'])
const review = async () => {
  const told = await countersealBeside([
    'cert',
    'review',
    'corp.example',
    '--since',
    '2026-01-01',
    '--inputs',
    site,
    '--intel',
    intel,
    '--data',
    data,
    '--json',
  ])
  const verdicts = told.records.map(one => [(one.names as readonly string[])[0], one.verdict] as const)
  return { ...told, verdicts: Object.fromEntries(verdicts) }
}

describe('certificates of our names', () => {
  it('are held against the list, and CAA that nobody looked up is unknown', async () => {
    const { verdicts, status, records } = await review()
    expect(verdicts).toEqual({
      'www.corp.example': 'sanctioned_by_rule',
      'shop.corp.example': 'unauthorised_ca',
      '*.corp.example': 'unknown_owner',
      'new.corp.example': 'unknown_owner',
      'www.c0rp.example': 'lookalike',
    })
    expect(status).not.toBe(0)
    expect(JSON.stringify(records)).toContain('nobody ever looked')
  })

  it('are held against CAA as it was looked up: from the name upwards, wildcards by their own word', async () => {
    const looked = await caa('www.corp.example', 'shop.corp.example', 'new.corp.example', 'silent.example')
    expect(looked.records.map(one => [one.name, one.state])).toEqual([
      ['www.corp.example', 'none'],
      ['corp.example', 'records'],
      ['example', 'none'],
      ['shop.corp.example', 'none'],
      ['new.corp.example', 'none'],
      ['silent.example', 'failed'],
    ])
    expect(looked.status).toBe(3)
    const { verdicts, records } = await review()
    expect(verdicts).toMatchObject({
      'www.corp.example': 'sanctioned_by_rule',
      '*.corp.example': 'violates_caa',
      'shop.corp.example': 'unauthorised_ca',
    })
    const www = records.find(one => (one.names as readonly string[])[0] === 'www.corp.example')
    expect(www?.caa).toMatchObject([{ name: 'www.corp.example', judgement: { state: 'permits', at: 'corp.example' } }])
  })

  it('without a list are nobody’s to judge', async () => {
    const told = await countersealBeside(['cert', 'review', 'corp.example', '--since', '2026-01-01', '--data', data])
    expect(told.stdout).toContain(
      'Who may issue is not known: the certificates that may be issued (issuance in inputs.yaml)',
    )
  })
})
