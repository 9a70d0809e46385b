import { randomFillSync } from 'node:crypto'
import * as der from '../../test/der.ts'

/**
 * Certificates by the million, as a crawl of the Internet has them: few issuers, many domains, mostly a key each, some
 * keys and names shared. One is made by writing over the changing bytes of another, which takes some microseconds.
 */

/** Changing parts have fixed lengths, so that a template can be written over. */
const lengths = { serial: 16, label: 12, host: 6, key: 64, ski: 20, sct: 238, signature: 256 }

type Template = { readonly bytes: Buffer; readonly at: Readonly<Record<string, readonly number[]>> }

/** Seeded: the same count gives the same shape, and other random bytes. xorshift32. */
export function makeCertificates(seed: number) {
  let state = seed >>> 0 || 1
  const next = (below: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % below
  }
  const templates = issuers.flatMap(issuer => lifetimesDays.map(days => templateOf(issuer, days)))
  const label = (number: number) => `d${number.toString(36).padStart(lengths.label - 1, '0')}`

  /** PEM of one certificate. `domains`: how many there are to choose from. */
  return function certificate(domains: number): Buffer {
    const { bytes, at } = templates[next(templates.length)] as Template // there are some
    const put = (what: string, content: Uint8Array | string) => {
      for (const offset of at[what] ?? []) {
        if (typeof content === 'string') bytes.write(content, offset, 'latin1')
        else bytes.set(content, offset)
      }
    }
    const fill = (what: keyof typeof lengths) => {
      for (const offset of at[what] ?? []) randomFillSync(bytes, offset, lengths[what])
    }
    fill('serial')
    for (const offset of at.serial ?? []) bytes[offset] = ((bytes[offset] ?? 0) & 0x7f) | 0x40
    fill('key')
    fill('ski')
    fill('sct')
    fill('signature')
    // One in two hundred uses one of a hundred thousand keys that were used before.
    if (next(200) === 0) put('key', sharedKey(next(100_000)))
    put('label', label(Math.floor((next(0x7fffffff) * domains) / 0x7fffffff)))
    put('host', hosts[next(hosts.length)] ?? 'www000')
    put(
      'time',
      `${24 + next(3)}${two(1 + next(12))}${two(1 + next(28))}${two(next(24))}${two(next(60))}${two(next(60))}Z`,
    )
    return bytes
  }
}

const hosts = ['www000', 'mail00', 'api000', 'login0', 'shop00', 'vpn000', 'cdn000', 'static']
const lifetimesDays = [90, 200, 365]
const issuers = Array.from({ length: 40 }, (_, n) => `Issuing CA ${String(n).padStart(2, '0')}`)

function sharedKey(number: number): Uint8Array {
  const key = Buffer.alloc(lengths.key)
  for (let at = 0; at < key.length; at += 4) key.writeUInt32LE(Math.imul(number + 1, 2654435761 + at) >>> 0, at)
  return key
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

const marks = { serial: 0x51, key: 0x52, ski: 0x53, sct: 0x54, signature: 0x55 }

function templateOf(issuer: string, days: number): Template {
  const filler = (what: keyof typeof marks) => Buffer.alloc(lengths[what], marks[what])
  const label = 'L'.repeat(lengths.label)
  const name = `H00000.${label}.com`
  const bytes = Buffer.from(
    der.certificate({
      version: 2,
      serial: der.integer(filler('serial')),
      signatureAlgorithm: der.algorithm('1.2.840.113549.1.1.11', der.nothing),
      issuer: der.name([
        ['C', 'US'],
        ['O', 'Bench Trust Services'],
        ['CN', issuer],
      ]),
      notBefore: der.time(new Date('2031-01-01T00:00:00Z')),
      notAfter: der.time(new Date(Date.UTC(2032, 0, 1) + days * 86_400_000)),
      subject: der.name([['CN', name]]),
      key: der.ecKey(Buffer.concat([Uint8Array.of(4), filler('key')])),
      extensions: [
        der.extension('2.5.29.15', der.bits(Uint8Array.of(0x80), 7), true),
        der.extension('2.5.29.37', der.sequence(der.oid('1.3.6.1.5.5.7.3.1'))),
        der.extension('2.5.29.19', der.sequence(), true),
        der.extension('2.5.29.14', der.octets(filler('ski'))),
        der.extension('2.5.29.35', der.sequence(der.primitive(0, Buffer.from(issuer.padEnd(20, '.'))))),
        der.extension(
          '1.3.6.1.5.5.7.1.1',
          der.sequence(
            der.sequence(der.oid('1.3.6.1.5.5.7.48.1'), der.primitive(6, Buffer.from('http://ocsp.bench.example'))),
          ),
        ),
        der.extension(
          '2.5.29.17',
          der.sequence(der.primitive(2, Buffer.from(name)), der.primitive(2, Buffer.from(`${label}.com`))),
        ),
        der.extension('2.5.29.32', der.sequence(der.sequence(der.oid('2.23.140.1.2.1')))),
        der.extension('1.3.6.1.4.1.11129.2.4.2', der.octets(sctList(filler('sct')))),
      ],
      signature: filler('signature'),
    }),
  )
  const find = (needle: Uint8Array | string) => {
    const found: number[] = []
    for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + 1)) found.push(at)
    return found
  }
  return {
    bytes,
    at: {
      serial: find(filler('serial')),
      key: find(filler('key')),
      ski: find(filler('ski')),
      sct: find(filler('sct')).slice(0, 1),
      signature: find(filler('signature')).slice(0, 1),
      label: find(label),
      host: find('H00000'),
      time: find('310101000000Z'),
    },
  }
}

/** Two SCTs whose contents are random: lengths right, nothing else. RFC 6962 §3.3. */
function sctList(random: Uint8Array): Uint8Array {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(random.length)
  return Buffer.concat([length, random])
}
