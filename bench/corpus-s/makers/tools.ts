import * as extensions from '../extensions.ts'
import type { Recipe } from '../issue.ts'
import type { Key, KeyKind } from '../keys.ts'
import type { Random } from '../random.ts'

/** Software that writes self-signed certificates: what it leaves behind whoever runs it. */
export type Tool = {
  readonly id: string
  /** @default v3 */
  readonly version?: number
  readonly keyKind: KeyKind
  readonly hash: NonNullable<Recipe['hash']>
  /** Days it gives when nobody says otherwise. */
  readonly days: number
  serial(random: Random): Uint8Array
  extensions(key: Key, ski: Uint8Array, names: readonly string[], ips: readonly string[]): readonly Uint8Array[]
}

const nameList = (names: readonly string[], ips: readonly string[]) =>
  names.length + ips.length === 0 ? [] : [extensions.subjectAltNames(names, ips)]

/** `openssl req -x509` of OpenSSL 3: SKI, AKI, basicConstraints (§2.2 of the specification). */
export const openssl: Tool = {
  id: 'openssl',
  keyKind: 'rsa2048',
  hash: 'sha256',
  days: 365,
  serial: random => extensions.positive(random, 20),
  extensions: (_key, ski, names, ips) => [
    extensions.subjectKeyIdentifier(ski),
    extensions.authorityKeyIdentifier(ski),
    extensions.basicConstraints(true),
    ...nameList(names, ips),
  ],
}

/** `openssl x509 -req` without an extension file: version 1. */
export const opensslOld: Tool = {
  id: 'openssl-v1',
  version: 0,
  keyKind: 'rsa2048',
  hash: 'sha256',
  days: 3650,
  serial: random => extensions.positive(random, 8),
  extensions: () => [],
}

/** Go's generate_cert example and what was copied from it. */
export const golang: Tool = {
  id: 'go',
  keyKind: 'p256',
  hash: 'sha256',
  days: 365,
  serial: random => extensions.positive(random, 16),
  extensions: (_key, _ski, names, ips) => [
    extensions.keyUsage('serverEc'),
    extensions.extendedKeyUsage('server'),
    extensions.basicConstraints(false),
    ...nameList(names, ips),
  ],
}

/** Java keytool: a lone SKI. */
export const keytool: Tool = {
  id: 'keytool',
  keyKind: 'rsa2048',
  hash: 'sha256',
  days: 90,
  serial: random => extensions.positive(random, random.pick([4, 8])),
  extensions: (_key, ski, names, ips) => [...nameList(names, ips), extensions.subjectKeyIdentifier(ski)],
}

/** BouncyCastle as .NET remote-access tools call it: SKI and basicConstraints, SHA-512. */
export const bouncyCastle: Tool = {
  id: 'bouncycastle',
  keyKind: 'rsa2048',
  hash: 'sha512',
  days: 3650,
  serial: random => extensions.positive(random, 15),
  extensions: (_key, ski) => [extensions.subjectKeyIdentifier(ski), extensions.basicConstraints(true)],
}

/** PowerShell New-SelfSignedCertificate. */
export const powershell: Tool = {
  id: 'powershell',
  keyKind: 'rsa2048',
  hash: 'sha256',
  days: 365,
  serial: random => extensions.positive(random, 16),
  extensions: (_key, ski, names, ips) => [
    extensions.keyUsage('server'),
    ...nameList(names, ips),
    extensions.extendedKeyUsage('client', 'server'),
    extensions.subjectKeyIdentifier(ski),
  ],
}

/** Python's cryptography, as scripts use it. */
export const python: Tool = {
  id: 'python',
  keyKind: 'rsa2048',
  hash: 'sha256',
  days: 825,
  serial: random => extensions.positive(random, 20),
  extensions: (_key, _ski, names, ips) => [...nameList(names, ips), extensions.basicConstraints(false, false)],
}

export const tools = [
  openssl,
  opensslOld,
  golang,
  keytool,
  bouncyCastle,
  powershell,
  python,
] as const satisfies readonly Tool[]
