import { Buffer } from 'node:buffer'
import type { KeyObject } from 'node:crypto'
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { oids } from '../oids.ts'
import { rangesOf } from '../ranges.ts'
import { readSignatures } from '../read.ts'
import { element, octets, oid, sequence, set, small, tagged, utcTime, utf8 } from './write-der.ts'
import { withCertificateTable } from './write-pe.ts'

/** An invented signer with its certificate. Not for anything but fixtures: whoever knows the seed has the key. */
export type WrittenSigner = {
  /** The certificate. */
  readonly der: Uint8Array
  /** What is signed in it. */
  readonly tbs: Uint8Array
  readonly subject: Uint8Array
  readonly issuer: Uint8Array
  readonly serial: Uint8Array
  readonly key: KeyObject
}

const ed25519 = sequence(oid('1.3.101.112'))
const sha256 = sequence(oid('2.16.840.1.101.3.4.2.1'), element(0x05))

/**
 * A certificate with an Ed25519 key made of its name, valid from 2020 to 2049: the same name gives the same octets.
 *
 * @param issuer default: it signs itself
 */
export function writeSigner(commonName: string, { issuer }: { readonly issuer?: WrittenSigner } = {}): WrittenSigner {
  const seed = createHash('sha256').update(`counterseal fixture ${commonName}`).digest()
  const head = Buffer.from('302e020100300506032b657004220420', 'hex')
  const key = createPrivateKey({ key: Buffer.concat([head, seed]), format: 'der', type: 'pkcs8' })
  const subject = sequence(set(sequence(oid('2.5.4.3'), utf8(commonName))))
  const serial = element(0x02, Uint8Array.of(0x40, ...seed.subarray(0, 8)))
  const tbs = sequence(
    tagged(0, small(2)),
    serial,
    ed25519,
    issuer?.subject ?? subject,
    sequence(utcTime(Date.UTC(2020, 0, 1)), utcTime(Date.UTC(2049, 0, 1))),
    subject,
    createPublicKey(key).export({ format: 'der', type: 'spki' }),
    tagged(3, sequence(...(issuer === undefined ? [authority, codeSigning] : [codeSigning]))),
  )
  const signature = sign(null, tbs, issuer?.key ?? key)
  const der = sequence(tbs, ed25519, element(0x03, Uint8Array.of(0), signature))
  return { der, tbs, subject, issuer: issuer?.subject ?? subject, serial, key }
}

const authority = sequence(
  oid('2.5.29.19'),
  element(0x01, Uint8Array.of(0xff)),
  octets(sequence(element(0x01, Uint8Array.of(0xff)))),
)
const codeSigning = sequence(oid('2.5.29.37'), octets(sequence(oid('1.3.6.1.5.5.7.3.3'))))

/**
 * A PE file that is signed by one whose signature holds, with SHA-256.
 *
 * @param file without a signature; it is filled up to eight octets
 * @param options `certificates`: what comes along; default: the signer's own. `padding`: data behind the signature, which nothing signs
 */
export async function writeSignedPe(
  file: Uint8Array,
  signer: WrittenSigner,
  options: { readonly certificates?: readonly Uint8Array[]; readonly padding?: Uint8Array } = {},
): Promise<Uint8Array> {
  const { certificates = [signer.der], padding = new Uint8Array(0) } = options
  const filled = Buffer.concat([file, Buffer.alloc(-file.length & 7)])
  const { digests } = await readSignatures(rangesOf(filled), { hashes: ['sha256'] })
  const signature = signedData(indirectData(Buffer.from(digests.get('sha256') ?? '', 'hex')), signer, certificates)
  return withCertificateTable(filled, [{ data: Buffer.concat([signature, padding]) }])
}

/** SpcIndirectDataContent of a PE file. */
function indirectData(digest: Uint8Array): Uint8Array {
  const image = sequence(element(0x03, Uint8Array.of(0)), tagged(0, tagged(2, element(0x80))))
  return sequence(sequence(oid(oids.peImageData), image), sequence(sha256, octets(digest)))
}

function signedData(content: Uint8Array, signer: WrittenSigner, certificates: readonly Uint8Array[]): Uint8Array {
  const head = (content[1] ?? 0) < 0x80 ? 2 : 2 + ((content[1] ?? 0) & 0x7f)
  const attributes = [
    sequence(oid(oids.contentType), set(oid(oids.indirectData))),
    sequence(oid(oids.messageDigest), set(octets(createHash('sha256').update(content.subarray(head)).digest()))),
  ]
  const info = sequence(
    small(1),
    sequence(signer.issuer, signer.serial),
    sha256,
    tagged(0, ...attributes),
    ed25519,
    octets(sign(null, set(...attributes), signer.key)),
  )
  const data = [small(1), set(sha256), sequence(oid(oids.indirectData), tagged(0, content)), tagged(0, ...certificates)]
  return sequence(oid(oids.signedData), tagged(0, sequence(...data, set(info))))
}
