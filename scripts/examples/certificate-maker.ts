/** Makes one certificate from a request: fixed serial and dates, deterministic RSA signature. */
import 'reflect-metadata'
import { createHash, type webcrypto, X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { at } from './clock.ts'
import type { SigningKey } from './keys.ts'

/** A name in the order of its DER encoding: country first, common name last. */
export type DistinguishedName = readonly (readonly [attribute: string, value: string])[]

export type ExampleCertificate = {
  readonly der: Buffer
  readonly pem: string
  /** Over the DER of the whole certificate. Lower-case hex. */
  readonly sha1: string
  readonly sha256: string
  /** Over the DER of the SubjectPublicKeyInfo. */
  readonly spki_sha256: string
  /** Hex of the serial number's magnitude, upper case, no leading zeros byte. */
  readonly serial: string
  readonly subject: DistinguishedName
  readonly issuer: DistinguishedName
  readonly not_before: number
  readonly not_after: number
  readonly key: 'rsa' | 'ecdsa'
  readonly san_dns: readonly string[]
  readonly san_uri: readonly string[]
  readonly is_ca: boolean
}

type Request = {
  readonly serial: string
  readonly subject: DistinguishedName
  readonly valid: readonly [from: string, to: string]
  readonly publicKey: webcrypto.CryptoKey
  readonly key?: 'rsa' | 'ecdsa'
  /** Absent: signed by its own key. */
  readonly issuer?: { readonly subject: DistinguishedName; readonly key: SigningKey }
  readonly signer: SigningKey
  readonly dns?: readonly string[]
  readonly uri?: readonly string[]
  readonly ca?: boolean
  readonly purpose?: 'server' | 'code'
}

export async function makeCertificate(request: Request): Promise<ExampleCertificate> {
  const { dns = [], uri = [], ca = false, key = 'rsa', purpose } = request
  const issuer = request.issuer?.subject ?? request.subject
  const issuerKey = request.issuer?.key.publicKey ?? request.publicKey
  const names = [...dns.map(value => ({ type: 'dns', value })), ...uri.map(value => ({ type: 'url', value }))]
  const usage = ca ? x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign : x509.KeyUsageFlags.digitalSignature
  const extensions: x509.Extension[] = [
    new x509.BasicConstraintsExtension(ca, undefined, true),
    new x509.KeyUsagesExtension(usage, true),
    await x509.SubjectKeyIdentifierExtension.create(request.publicKey),
    await x509.AuthorityKeyIdentifierExtension.create(issuerKey),
  ]
  if (purpose) {
    const oid = purpose === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.codeSigning
    extensions.push(new x509.ExtendedKeyUsageExtension([oid]))
  }
  if (names.length > 0) {
    extensions.push(new x509.SubjectAlternativeNameExtension(names as x509.JsonGeneralNames)) // types are literal above
  }
  const [from, to] = request.valid
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: request.serial,
    subject: jsonName(request.subject),
    issuer: jsonName(issuer),
    notBefore: new Date(`${from}Z`),
    notAfter: new Date(`${to}Z`),
    signingAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    publicKey: request.publicKey,
    signingKey: request.signer.privateKey,
    extensions,
  })
  const der = Buffer.from(made.rawData)
  const read = new X509Certificate(der)
  return {
    der,
    pem: read.toString(),
    sha1: createHash('sha1').update(der).digest('hex'),
    sha256: createHash('sha256').update(der).digest('hex'),
    spki_sha256: createHash('sha256')
      .update(read.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
    serial: read.serialNumber,
    subject: request.subject,
    issuer,
    not_before: at(from),
    not_after: at(to),
    key,
    san_dns: dns,
    san_uri: uri,
    is_ca: ca,
  }
}

/** The library takes a backslash in a value for an escape, so each is written as two. */
function jsonName(name: DistinguishedName): x509.JsonName {
  return name.map(([attribute, value]) => ({ [attribute]: [value.replaceAll('\\', '\\\\')] }))
}
