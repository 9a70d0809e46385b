import { day } from '../calendar.ts'
import type { Dn } from '../distinguished-name.ts'
import * as extensions from '../extensions.ts'
import { type Issued, writeCertificate } from '../issue.ts'
import { type Key, type KeyKind, makeKey } from '../keys.ts'
import type { Random } from '../random.ts'

/** A CA that somebody runs for himself. */
export type PrivateAuthority = {
  readonly dn: Dn
  readonly key: Key
  readonly made: number
  /** How it numbers: one, two, three, or at random as scripts of today do. */
  readonly counts: boolean
  /** Where its revocation list lies, if it has one. */
  readonly crl?: string
  issuedCount: number
}

/** `counts`: easy-rsa before 3 and hand-made scripts count from 1. */
export function foundAuthority(
  random: Random,
  dn: Dn,
  made: number,
  options: { readonly counts?: boolean; readonly crl?: string; readonly keyKind?: KeyKind } = {},
): PrivateAuthority {
  const { counts = random.chance(0.4), crl, keyKind = 'rsa2048' } = options
  return { dn, key: makeKey(random, keyKind), made, counts, issuedCount: 0, ...(crl === undefined ? {} : { crl }) }
}

export type LeafRequest = {
  readonly subject: Dn
  readonly key: Key
  readonly made: number
  readonly names?: readonly string[]
  readonly ips?: readonly string[]
  /** @default 825 */
  readonly days?: number
  readonly notBefore?: number
}

/** A leaf of a private CA: basicConstraints, SKI, AKI, usages, names, as easy-rsa and step-ca write them. */
export function privateLeaf(random: Random, authority: PrivateAuthority, request: LeafRequest): Issued {
  const { subject, key, made, names = [], ips = [], days = 825, notBefore = Math.floor(made / 1000) * 1000 } = request
  authority.issuedCount += 1
  const count = authority.issuedCount
  const der = writeCertificate(random, {
    serial: authority.counts
      ? count < 128
        ? Uint8Array.of(count)
        : Uint8Array.of(0x10, count >> 8, count & 255)
      : extensions.positive(random, 16),
    subject,
    issuer: authority.dn,
    notBefore,
    notAfter: notBefore + days * day,
    key,
    signer: authority.key.kind,
    extensions: [
      extensions.basicConstraints(false, false),
      extensions.subjectKeyIdentifier(key.ski),
      extensions.authorityKeyIdentifier(authority.key.ski),
      extensions.extendedKeyUsage('server'),
      extensions.keyUsage('server'),
      ...(names.length + ips.length === 0 ? [] : [extensions.subjectAltNames(names, ips)]),
      ...(authority.crl === undefined ? [] : [extensions.revocationList(authority.crl)]),
    ],
  })
  return { der, made, until: made + random.whole(60, 400) * day, key }
}
