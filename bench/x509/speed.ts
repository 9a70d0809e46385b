/**
 * Measures how fast certificates are read, beside node:crypto and @peculiar/x509, on one core, in one process, in turns.
 *
 *   npx tsx bench/x509/speed.ts
 *   COUNTERSEAL_CORPUS=../shared/corpus npx tsx bench/x509/speed.ts --count 50000 --repetitions 7
 *
 * --count N         generated certificates (default 40000: each is read once in a run, so nothing is fast by being known)
 * --repetitions N   of every reader (default 7)
 * --profile TEXT    only this reader over the generated certificates, for a profiler
 *
 * Prints markdown. The work is the same for all: parse, serial, validity, names, issuer, subject, SHA-256 of the certificate
 * and of its SubjectPublicKeyInfo. Ours decodes everything else besides, extensions included; the others do not. Ours is
 * measured as it ships, compiled by tsc: through tsx it takes a quarter longer.
 */
import 'reflect-metadata'
import { hash, X509Certificate } from 'node:crypto'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import * as peculiar from '@peculiar/x509'
import { compiledRoom } from '../compiled-room.ts'
import { median } from '../measure.ts'
import { corpusCertificates } from './corpus-certificates.ts'
import { generatedCertificates } from './generated-certificates.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '40000' },
    repetitions: { type: 'string', default: '7' },
    profile: { type: 'string' },
  },
})

const { fingerprintsOf, readCertificate } = await compiledRoom('x509')

/** Reads a certificate and gives the sum of the lengths of what it found, so that nothing can be left out as unused. */
type Reader = { readonly name: string; readonly share: number; readonly read: (der: Uint8Array) => number }

const readers: readonly Reader[] = [
  { name: 'Counterseal', share: 1, read: withCounterseal },
  { name: 'Counterseal, all eight fingerprints', share: 1, read: withFingerprints },
  { name: 'node:crypto', share: 0.1, read: withNode },
  { name: '@peculiar/x509', share: 0.02, read: withPeculiar },
]

function withCounterseal(der: Uint8Array): number {
  const reading = readCertificate(der)
  if ('problem' in reading) return 0
  const { certificate } = reading
  const { public_key, serial, issuer, subject, not_before, not_after, extensions } = certificate
  const spki = public_key === undefined ? '' : hash('sha256', public_key.spki)
  const names = extensions.subject_alt_name?.length ?? 0
  const text = (serial?.length ?? 0) + (issuer?.text.length ?? 0) + (subject?.text.length ?? 0) + names
  return hash('sha256', certificate.der).length + spki.length + text + (not_before ?? 0) + (not_after ?? 0)
}

function withFingerprints(der: Uint8Array): number {
  const reading = readCertificate(der)
  return 'problem' in reading ? 0 : fingerprintsOf(reading.certificate).sha256.length
}

function withNode(der: Uint8Array): number {
  try {
    const certificate = new X509Certificate(der)
    const { serialNumber, validFrom, validTo, subjectAltName, issuer, subject } = certificate
    const text = serialNumber.length + validFrom.length + validTo.length + (subjectAltName?.length ?? 0)
    const spki = hash('sha256', certificate.publicKey.export({ type: 'spki', format: 'der' }))
    return text + (issuer ?? '').length + (subject ?? '').length + hash('sha256', der).length + spki.length
  } catch {
    return 0 // OpenSSL does not know the key, or refuses the certificate
  }
}

function withPeculiar(der: Uint8Array): number {
  try {
    const certificate = new peculiar.X509Certificate(der)
    const { serialNumber, notBefore, notAfter, issuer, subject, publicKey } = certificate
    const names = certificate.getExtension(peculiar.SubjectAlternativeNameExtension)?.names.items.length ?? 0
    const spki = hash('sha256', new Uint8Array(publicKey.rawData))
    const text = serialNumber.length + issuer.length + subject.length + names
    return text + notBefore.getTime() + notAfter.getTime() + hash('sha256', der).length + spki.length
  } catch {
    return 0
  }
}

type Rates = ReadonlyMap<string, readonly number[]>

/** Certificates per second of each reader in each repetition. A slow one reads only its share, from a place that moves. */
function measure(certificates: readonly Uint8Array[], repetitions: number): Rates {
  const rates = new Map<string, number[]>(readers.map(({ name }) => [name, []]))
  for (let n = -1; n < repetitions; n += 1)
    for (const { name, share, read } of readers) {
      const count = Math.max(1, Math.floor(certificates.length * share))
      const from = Math.floor((certificates.length - count) * (Math.max(0, n) / Math.max(1, repetitions - 1)))
      globalThis.gc?.()
      const started = performance.now()
      let sum = 0
      for (let i = from; i < from + count; i += 1) sum += read(certificates[i] as Uint8Array) // below the length
      const seconds = (performance.now() - started) / 1000
      if (n >= 0 && sum > 0) rates.get(name)?.push(count / seconds) // the first run is for warming up
    }
  return rates
}

function table(title: string, certificates: readonly Uint8Array[], rates: Rates): string {
  const bytes = certificates.reduce((sum, der) => sum + der.length, 0) / certificates.length
  const ours = median([...(rates.get('Counterseal') ?? [])])
  const lines = [...rates].map(([name, list]) => {
    const middle = median([...list])
    const range = `${rounded(Math.min(...list))}–${rounded(Math.max(...list))}`
    return `| ${name} | ${rounded(middle)} | ${range} | ${(1e6 / middle).toFixed(2)} | ${(ours / middle).toFixed(1)} |`
  })
  return `### ${title}

${certificates.length} certificates, ${bytes.toFixed(0)} bytes on average.

| reader | certificates/s, median | range | µs each | Counterseal is faster by |
|---|--:|--:|--:|--:|
${lines.join('\n')}
`
}

function rounded(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

const generated = generatedCertificates(Number(values.count))
if (values.profile !== undefined) {
  const reader = readers.find(({ name }) => name === values.profile)
  for (let n = 0; n < 20; n += 1) for (const der of generated) reader?.read(der)
} else {
  const repetitions = Number(values.repetitions)
  console.log(`${cpus()[0]?.model}, Node.js ${process.version}, load average ${loadavg()[0]?.toFixed(1)} before\n`)
  console.log(table('Generated: as public CAs issue most of', generated, measure(generated, repetitions)))
  const corpus = process.env.COUNTERSEAL_CORPUS
  if (corpus === undefined) console.log('The corpus is measured when `COUNTERSEAL_CORPUS` is set; it was not.')
  else {
    const ders = corpusCertificates(corpus).map(({ der }) => der)
    const order = randomOrder(ders)
    console.log(table('The public corpus', order, measure(order, repetitions)))
  }
  console.log(`load average ${loadavg()[0]?.toFixed(1)} after`)
}

/** Mixed with a fixed step, so that a reader's share holds certificates of all kinds. */
function randomOrder(list: readonly Uint8Array[]): readonly Uint8Array[] {
  return list.map((_, i) => list[(i * 1009) % list.length] as Uint8Array) // below the length
}
