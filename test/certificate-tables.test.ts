import { createHash, randomFillSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { KeptEventStore, Row } from '../src/model/index.ts'
import { rowsOf } from '../src/model/index.ts'
import { certificateIndex, countFrequencies, pivotFrom, seedsOf } from '../src/search/index.ts'
import * as der from './der.ts'
import { type OpenIngest, openIngest } from './open-ingest.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

/** From evidence to the certificate tables: the same certificate from many mouths is one, and what it shares leads on. */

const key = der.ecKey(Buffer.concat([Uint8Array.of(4), randomFillSync(Buffer.alloc(64))]))

type Made = { readonly bytes: Uint8Array; readonly sha256: string; readonly sha1: string; readonly serial: string }

function make(serial: number, names: readonly string[], extensions: readonly Uint8Array[] = [], spki = key): Made {
  const bytes = der.certificate({
    version: 2,
    serial: der.integer(serial),
    signatureAlgorithm: der.algorithm('1.2.840.10045.4.3.2'),
    issuer: der.name([
      ['O', 'Invented Trust'],
      ['CN', 'Invented CA'],
    ]),
    notBefore: der.time(new Date('2026-01-02T03:04:05Z')),
    notAfter: der.time(new Date('2026-04-02T03:04:05Z')),
    subject: der.name([['CN', names[0] ?? 'nobody']]),
    key: spki,
    extensions: [
      der.extension('2.5.29.17', der.sequence(...names.map(name => der.primitive(2, Buffer.from(name))))),
      ...extensions,
    ],
    signature: createHash('sha512').update(String(serial)).digest(),
  })
  const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex')
  return { bytes, sha256: hash('sha256'), sha1: hash('sha1'), serial: serial.toString(16).toUpperCase() }
}

function pem(...certificates: readonly Uint8Array[]): string {
  return certificates
    .map(one => `-----BEGIN CERTIFICATE-----\n${Buffer.from(one).toString('base64')}\n-----END CERTIFICATE-----\n`)
    .join('')
}

const sctList = der.extension('1.3.6.1.4.1.11129.2.4.2', der.octets(Uint8Array.of(0, 0)))
const poison = der.extension('1.3.6.1.4.1.11129.2.4.3', der.nothing, true)

const known = make(0x8bb00ee, ['panel.first.example', 'first.example'])
const sibling = make(0x1001, ['login.second.example'])
const certificate = make(0x2002, ['third.example'], [sctList], der.ecKey(Buffer.alloc(65, 9)))
const precertificate = make(0x2002, ['third.example'], [poison], der.ecKey(Buffer.alloc(65, 9)))

describe('the certificate tables', () => {
  beforeEach(ctx => {
    if (!engineInstalled) ctx.skip(noEngine)
  })

  let ingest: OpenIngest
  let store: KeptEventStore
  beforeAll(async () => {
    if (!engineInstalled) return
    ingest = await openIngest()
    store = ingest.store
  })
  afterAll(async () => await ingest?.close())

  const read = (text: string) => ingest.read(text)
  const ask = (text: string): Promise<readonly Row[]> => rowsOf(store, { name: 'test', text })
  const eve = ({ sha1, serial }: Made, destination: string) =>
    `${JSON.stringify({
      timestamp: '2026-02-03T04:05:06.000000+0000',
      flow_id: 7,
      event_type: 'tls',
      src_ip: '192.0.2.9',
      src_port: 50000,
      dest_ip: destination,
      dest_port: 443,
      proto: 'TCP',
      tls: {
        subject: 'CN=panel.first.example',
        issuerdn: 'O=Invented Trust, CN=Invented CA',
        serial: serial.padStart(8, '0').replace(/..(?=.)/g, '$&:'),
        fingerprint: sha1.replace(/..(?=.)/g, '$&:'),
        version: 'TLS 1.2',
        notbefore: '2026-01-02T03:04:05',
        notafter: '2026-04-02T03:04:05',
      },
    })}\n`

  it('a certificate of which only the SHA-1 was seen is kept under a provisional name, with where it was met', async () => {
    await read(eve(known, '198.51.100.7'))
    expect(await ask('SELECT from_der, sha256, lower(hex(sha1)) AS sha1, serial FROM certificate')).toEqual([
      { from_der: false, sha256: null, sha1: known.sha1, serial: '08BB00EE' },
    ])
    expect(await ask('SELECT IPv6NumToString(ip) AS ip, port, sighting FROM certificate_host')).toEqual([
      { ip: '::ffff:198.51.100.7', port: 443, sighting: 'tls' },
    ])
  })

  it('when the bytes arrive both are one certificate, and the address leads to it', async () => {
    await read(pem(known.bytes))
    const seeds = await seedsOf(store, known.sha1.replace(/..(?=.)/g, '$&:').toUpperCase())
    expect(seeds.ids).toEqual([known.sha256.slice(0, 32)])
    const met = await seedsOf(store, '198.51.100.7')
    expect(met.ids).toEqual(seeds.ids)
  })

  it('a precertificate and its certificate are one issuance', async () => {
    await read(pem(certificate.bytes, precertificate.bytes))
    expect(
      await ask(
        "SELECT uniqExact(issuance) AS issuances, uniqExact(certificate_id) AS certificates FROM certificate WHERE serial = '2002'",
      ),
    ).toEqual([{ issuances: 1, certificates: 2 }])
  })

  it('reading the same certificates again in other evidence changes nothing', async () => {
    const count = `SELECT (SELECT count() FROM certificate FINAL) AS certificates, (SELECT count() FROM certificate_name FINAL) AS names,
      (SELECT count() FROM certificate_pivot FINAL) AS pivots, (SELECT count() FROM certificate_alias FINAL) AS aliases`
    const before = await ask(count)
    await read(pem(precertificate.bytes, certificate.bytes, known.bytes))
    expect(await ask(count)).toEqual(before)
  })

  it('bytes that are no certificate go to quarantine, and are found by their hash', async () => {
    const bytes = Buffer.from('no certificate at all')
    const reading = await read(pem(bytes, sibling.bytes))
    expect([reading.stored, reading.malformed]).toEqual([1, 1])
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    expect(await ask(`SELECT problems, der FROM certificate WHERE sha256 = unhex('${sha256}')`)).toEqual([
      { problems: [expect.stringMatching(/^(x509|der)\//)], der: bytes.toString() },
    ])
  })

  it('names are one range of the key below a domain', async () => {
    expect(
      await ask(
        "SELECT DISTINCT name FROM certificate_name WHERE name_reversed LIKE 'example.first.%' OR name_reversed = 'example.first' ORDER BY name",
      ),
    ).toEqual([{ name: 'first.example' }, { name: 'panel.first.example' }])
  })

  it('a key that two owners share is counted once for each of them, and a pivot follows it', async () => {
    const snapshot = await countFrequencies(store, { now: new Date('2026-06-01T00:00:00Z') })
    expect(snapshot.certificates).toBeGreaterThanOrEqual(5)
    const index = await certificateIndex(store)
    expect(index?.snapshot.arrived_since).toBe(0)
    const [shared] = (await index?.certificates([sibling.sha256.slice(0, 32)]))?.values() ?? []
    const spki = shared?.values.find(({ attribute }) => attribute === 'spki_sha256')
    expect(await index?.frequencies(spki === undefined ? [] : [spki])).toMatchObject([{ owners: 2, certificates: 2 }])
    const result = await pivotFrom(
      store,
      { ids: [known.sha256.slice(0, 32)] },
      { rules: [], now: new Date('2026-06-02') },
    )
    expect(
      result.leads.map(({ certificate, status, edge }) => [certificate.sha256, status, edge.relation]),
    ).toContainEqual([sibling.sha256, 'lead', 'SAME_KEY'])
  })

  it('a pivot that finds nothing says what it could not have seen', async () => {
    const result = await pivotFrom(store, { ids: ['0'.repeat(32)] }, { rules: [], now: new Date('2026-06-02') })
    expect(result.leads).toEqual([])
    expect(result.unknown_seeds).toEqual(['0'.repeat(32)])
    expect(result.coverage.blind_spots.length).toBeGreaterThan(0)
  })
})
