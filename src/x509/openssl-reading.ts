import { createHash, X509Certificate } from 'node:crypto'
import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'

/**
 * A certificate as read from its DER. This reader stands on `node:crypto`, which refuses what OpenSSL cannot parse; the
 * lenient reader of issue 3/9 takes its place behind the same function.
 */
export type Certificate = {
  /** Over the DER. Lower-case hexadecimal, as all hashes here. */
  readonly sha256: string
  readonly sha1: string
  /** SHA-256 over the DER SubjectPublicKeyInfo. Undefined when the key is of a kind OpenSSL does not know. */
  readonly spki_sha256: string | undefined
  /** One line, attributes joined by a comma and a space, in the certificate’s order. */
  readonly subject: string
  readonly issuer: string
  /** Upper-case hexadecimal. */
  readonly serial: string
  /** ISO 8601, UTC. */
  readonly not_before: string
  readonly not_after: string
  /** dNSName, iPAddress, rfc822Name and URI values of subjectAltName, in order, in lower case. */
  readonly names: readonly string[]
  /** Undefined when the key could not be read; then `key_problem` says why. */
  readonly key_algorithm: string | undefined
  /** Undefined where the algorithm has no choice of size. */
  readonly key_bits: number | undefined
  readonly key_problem?: string
  readonly self_issued: boolean
  readonly is_ca: boolean
}

export type CertificateReading = { readonly certificate: Certificate } | { readonly problem: Problem }

/** A certificate longer than this is not read. The largest of the corpus has 12 KiB. */
export const longestCertificate = 1 << 20

/** Reads one certificate. Never throws on any bytes. Trailing bytes after the certificate are not read. */
export function readCertificateWithOpenSsl(der: Uint8Array): CertificateReading {
  if (der.length > longestCertificate)
    return {
      problem: { code: 'x509/too-long', expected: `at most ${longestCertificate} bytes`, found: `${der.length} bytes` },
    }
  try {
    return { certificate: describe(new X509Certificate(der)) }
  } catch (cause) {
    return { problem: { code: 'x509/unreadable', expected: 'a DER certificate', found: excerpt(String(cause)) } }
  }
}

function describe(x509: X509Certificate): Certificate {
  return {
    sha256: createHash('sha256').update(x509.raw).digest('hex'),
    sha1: createHash('sha1').update(x509.raw).digest('hex'),
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    serial: x509.serialNumber,
    not_before: new Date(x509.validFrom).toISOString(),
    not_after: new Date(x509.validTo).toISOString(),
    names: namesOf(x509.subjectAltName),
    ...describeKey(x509),
    self_issued: x509.subject === x509.issuer && x509.subject !== '',
    is_ca: x509.ca,
  }
}

type KeyDescription = Pick<Certificate, 'spki_sha256' | 'key_algorithm' | 'key_bits' | 'key_problem'>

/** A certificate whose key OpenSSL does not know (post-quantum, GOST) is still a certificate: it keeps everything else. */
function describeKey(x509: X509Certificate): KeyDescription {
  try {
    const key = x509.publicKey
    const details = key.asymmetricKeyDetails
    return {
      spki_sha256: createHash('sha256')
        .update(key.export({ type: 'spki', format: 'der' }))
        .digest('hex'),
      key_algorithm: key.asymmetricKeyType,
      key_bits: details?.modulusLength ?? curveBits(details?.namedCurve),
    }
  } catch (cause) {
    return {
      spki_sha256: undefined,
      key_algorithm: undefined,
      key_bits: undefined,
      key_problem: excerpt(String(cause)),
    }
  }
}

function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ')
}

/** `DNS:a.example, IP Address:192.0.2.1, URI:"…"`, as Node writes it; quoted values are JSON strings. */
function namesOf(text: string | undefined): readonly string[] {
  const pattern = /(?:^|, )(?:DNS|IP Address|email|URI):("(?:[^"\\]|\\.)*"|[^,]*)/g
  return [...(text ?? '').matchAll(pattern)].map(([, value = '']) => unquote(value).toLowerCase())
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value
  try {
    return String(JSON.parse(value))
  } catch {
    return value // not JSON after all: shown as it stands
  }
}

function curveBits(curve: string | undefined): number | undefined {
  const digits = /\d{3}/.exec(curve ?? '')
  return digits === null ? undefined : Number(digits[0])
}
