import { createHash, X509Certificate } from 'node:crypto'

/**
 * What the tests read in a certificate, by the means of Node alone: another reader than the one the benchmark judges.
 */
export type Facts = {
  readonly certificate_sha256: string
  readonly spki_sha256: string
  /** As lists write it: lower-case hex, even. */
  readonly serial: string
  readonly subject_dn: string
  readonly issuer_dn: string
  readonly subject_rdn: readonly string[]
  readonly issuer_rdn: readonly string[]
  /** dNSNames and CNs. */
  readonly names: readonly string[]
  readonly notBefore: string
  readonly ski: string | undefined
}

const subjectKeyIdentifier = Buffer.from('0603551d0e04160414', 'hex')

/** Throws what X509Certificate throws. */
export function factsOf(der: Uint8Array): Facts {
  const read = new X509Certificate(der)
  const subject_rdn = lines(read.subject)
  const bytes = Buffer.from(der)
  const at = bytes.indexOf(subjectKeyIdentifier)
  return {
    certificate_sha256: createHash('sha256').update(der).digest('hex'),
    spki_sha256: createHash('sha256')
      .update(read.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
    serial: read.serialNumber.toLowerCase(),
    subject_dn: dn(read.subject),
    issuer_dn: dn(read.issuer),
    subject_rdn,
    issuer_rdn: lines(read.issuer),
    names: [
      ...(read.subjectAltName ?? '')
        .split(', ')
        .filter(text => text.startsWith('DNS:'))
        .map(text => text.slice(4)),
      ...subject_rdn.filter(text => text.startsWith('CN=')).map(text => text.slice(3)),
    ],
    notBefore: read.validFrom,
    ski: at === -1 ? undefined : bytes.toString('hex', at + 9, at + 29),
  }
}

// Node writes one RDN on a line, with the escapes of RFC 2253; an empty name is undefined.
const dn = (text: string | undefined) => (text ?? '').split('\n').join(', ')
const lines = (text: string | undefined) =>
  (text ?? '').split('\n').map(line => line.replace(/\\(.)/g, (_, character: string) => character))
