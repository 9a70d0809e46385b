import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** Certificates for tests of TLS, made anew each time. Named `.contract.ts` to stay out of the build. */
export type TestCertificates = {
  /** The authority that signed the two below. PEM, as all of them. */
  readonly ca: string
  /** For `localhost` and 127.0.0.1. */
  readonly server: KeyPair
  /** For the database user `holder`. */
  readonly client: KeyPair
  /** Another authority, which signed nothing. */
  readonly stranger: string
}

export type KeyPair = { readonly cert: string; readonly key: string }

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

type Issuer = { readonly name: string; readonly keys: webcrypto.CryptoKeyPair }

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

async function certify(name: string, keys: webcrypto.CryptoKeyPair, issuer: Issuer, names: x509.JsonGeneralNames) {
  const ca = issuer.keys === keys
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    subject: name,
    issuer: issuer.name,
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: issuer.keys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(ca, undefined, true),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
    ],
  })
  return certificate.toString('pem')
}

async function keyText(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.replace(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----\n`
}

export async function makeTestCertificates(): Promise<TestCertificates> {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]) // the same object under two type names
  const [caKeys, serverKeys, clientKeys, strangerKeys] = [
    await newKeys(),
    await newKeys(),
    await newKeys(),
    await newKeys(),
  ]
  const authority = { name: 'CN=Counterseal test authority', keys: caKeys }
  const stranger = { name: 'CN=Another authority', keys: strangerKeys }
  const serverNames: x509.JsonGeneralNames = [
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
  ]
  return {
    ca: await certify(authority.name, caKeys, authority, []),
    server: {
      cert: await certify('CN=localhost', serverKeys, authority, serverNames),
      key: await keyText(serverKeys),
    },
    client: { cert: await certify('CN=holder', clientKeys, authority, []), key: await keyText(clientKeys) },
    stranger: await certify(stranger.name, strangerKeys, stranger, []),
  }
}
