import { createECDH, createHash } from 'node:crypto'
import {
  algorithm,
  bits,
  certificate,
  ecKey,
  element,
  extension,
  integer,
  name,
  nothing,
  octets,
  oid,
  primitive,
  rsaKey,
  sequence,
  tagged,
  text,
  time,
} from '../../test/der.ts'
import type { Random } from '../generate/random.ts'
import { randomFrom } from '../generate/random.ts'

/**
 * Certificates as public CAs issue most of: domain validated, one to four names, two SCTs, ten extensions. No two are
 * equal, and what differs from one to the next is what differs in the world: serial, names, key, times, SCTs, signature.
 * Points lie on their curve, because OpenSSL looks; signatures are random, because nobody does.
 */
export function generatedCertificates(count: number, seed = 20261122): readonly Uint8Array[] {
  const random = randomFrom(seed)
  const authorities = Array.from({ length: 24 }, (_, i) => authority(random, i))
  const logs = Array.from({ length: 40 }, () => bytesOf(random, 32))
  return Array.from({ length: count }, () => leaf(random, authorities[random.skewed(24)] as Authority, logs)) // below 24
}

type Authority = ReturnType<typeof authority>

function authority(random: Random, i: number) {
  const company = random.text(8)
  const host = `${random.text(5).toLowerCase()}.example`
  const uri = (path: string) => primitive(6, Buffer.from(`http://${path}`))
  const rsa = i % 2 === 0
  return {
    rsa,
    issuer: name([
      ['C', 'US', 'printable'],
      ['O', `${company} Trust Services`, 'printable'],
      ['CN', `${company} ${rsa ? 'RSA' : 'ECC'} DV CA ${i}`, 'printable'],
    ]),
    signatureAlgorithm: rsa ? algorithm('1.2.840.113549.1.1.11', nothing) : algorithm('1.2.840.10045.4.3.3'),
    keyUsage: extension('2.5.29.15', bits(Uint8Array.of(rsa ? 0xa0 : 0x80), rsa ? 5 : 7), true),
    extendedKeyUsage: extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))),
    basicConstraints: extension('2.5.29.19', sequence(), true),
    authorityKey: extension('2.5.29.35', sequence(primitive(0, bytesOf(random, 20)))),
    access: extension(
      '1.3.6.1.5.5.7.1.1',
      sequence(
        sequence(oid('1.3.6.1.5.5.7.48.1'), uri(`ocsp.${host}`)),
        sequence(oid('1.3.6.1.5.5.7.48.2'), uri(`crt.${host}/ca${i}.crt`)),
      ),
    ),
    policies: extension(
      '2.5.29.32',
      sequence(
        sequence(oid('2.23.140.1.2.1')),
        sequence(
          oid(`1.3.6.1.4.1.6449.1.2.2.${i}`),
          sequence(sequence(oid('1.3.6.1.5.5.7.2.1'), text('ia5', `https://${host}/cps`))),
        ),
      ),
    ),
    // CAs spread their certificates over many lists.
    crls: Array.from({ length: 64 }, (_, n) =>
      extension('2.5.29.31', sequence(sequence(tagged(0, tagged(0, uri(`c.${host}/${i}/${n}.crl`)))))),
    ),
  }
}

function leaf(random: Random, by: Authority, logs: readonly Uint8Array[]): Uint8Array {
  const domain = `${random.text(random.whole(4, 14)).toLowerCase()}.${random.pick(['com', 'net', 'org', 'de', 'example'])}`
  const hosts = [domain, `www.${domain}`, `*.${domain}`, `mail.${domain}`].slice(0, random.whole(1, 4))
  const issued = Date.UTC(2026, 0, 1) + random.whole(0, 20_000_000) * 1000
  const key = random.chance(0.5)
    ? ecKey(point(random))
    : rsaKey(Buffer.concat([Uint8Array.of(0xc3), bytesOf(random, 255)]))
  const positive = (octets: number) => Buffer.concat([Uint8Array.of(random.whole(1, 127)), bytesOf(random, octets - 1)])
  const scts = [0, 1].map(() => sct(random, logs, issued))
  const list = Buffer.concat(scts.flatMap(one => [uint16(one.length), one]))
  return certificate({
    version: 2,
    serial: integer(positive(16)),
    signatureAlgorithm: by.signatureAlgorithm,
    issuer: by.issuer,
    notBefore: time(new Date(issued)),
    notAfter: time(new Date(issued + 90 * 86_400_000 - 1000)),
    subject: name([['CN', domain]]),
    key,
    extensions: [
      by.keyUsage,
      by.extendedKeyUsage,
      by.basicConstraints,
      extension('2.5.29.14', octets(createHash('sha1').update(key).digest())),
      by.authorityKey,
      by.access,
      extension('2.5.29.17', sequence(...hosts.map(host => primitive(2, Buffer.from(host))))),
      by.policies,
      by.crls[random.whole(0, 63)] as Uint8Array, // there are 64
      extension('1.3.6.1.4.1.11129.2.4.2', octets(Buffer.concat([uint16(list.length), list]))),
    ],
    signature: by.rsa ? bytesOf(random, 256) : sequence(integer(positive(48)), integer(positive(48))),
  })
}

/** The public key of a private one that is drawn: below the order of P-256, whose first octet is FF. */
function point(random: Random): Uint8Array {
  const keys = createECDH('prime256v1')
  keys.setPrivateKey(Buffer.concat([Uint8Array.of(random.whole(1, 0x7f)), bytesOf(random, 31)]))
  return keys.getPublicKey()
}

/** RFC 6962 §3.2, signed with ECDSA. */
function sct(random: Random, logs: readonly Uint8Array[], issued: number): Uint8Array {
  const timestamp = Buffer.alloc(8)
  timestamp.writeBigUInt64BE(BigInt(issued + random.whole(0, 3_600_000)))
  const signature = element(0x30, integer(bytesOf(random, 32)), integer(bytesOf(random, 32)))
  return Buffer.concat([
    Uint8Array.of(0),
    logs[random.skewed(logs.length)] as Uint8Array, // below its length
    timestamp,
    uint16(0),
    Uint8Array.of(4, 3),
    uint16(signature.length),
    signature,
  ])
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff)
}

function bytesOf(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.whole(0, 255))
}
