import type { Authority } from '../authorities.ts'
import { day, longestPublicDays } from '../calendar.ts'
import type { Dn } from '../distinguished-name.ts'
import * as extensions from '../extensions.ts'
import { type Issued, type Recipe, writeCertificate } from '../issue.ts'
import { type Key, sha1 } from '../keys.ts'
import type { Random } from '../random.ts'

/** Log ids: 32 octets that are not those of any log. */
const logs = Array.from({ length: 6 }, (_, n) =>
  Buffer.concat([sha1(`log ${n}`), sha1(`log ${n}, rest`).subarray(0, 12)]),
)

export type PublicRequest = {
  readonly authority: Authority
  /** dNSNames; the first is the CN too. */
  readonly names: readonly [string, ...string[]]
  readonly key: Key
  /** ms since the epoch. */
  readonly made: number
  /** Where a company is named. @default only the CN */
  readonly subject?: Dn
  /** @default one of those the CA sells */
  readonly days?: number
  /** Chance that a log showed the precertificate too. @default 0 */
  readonly twinChance?: number
}

/** A certificate of a public CA, with SCTs. It serves until it is renewed, at two thirds of its life. */
export function publicCertificate(random: Random, request: PublicRequest): Issued {
  const { authority, names, key, made, subject = [['CN', names[0]]], twinChance = 0 } = request
  const days = Math.min(request.days ?? random.pick([...authority.days]), longestPublicDays(made))
  const notBefore = Math.floor((made - authority.backdatedMs) / 1000) * 1000
  const notAfter = notBefore + days * day - 1000
  const ec = key.kind === 'p256' || key.kind === 'p384'
  const [logA = logs[0], logB = logs[1]] = random.shuffled(logs)
  const recipe: Recipe = {
    serial: extensions.positive(random, authority.serialOctets),
    subject,
    issuer: authority.dn,
    notBefore,
    notAfter,
    key,
    signer: authority.signer,
    hash: authority.signer === 'p384' ? 'sha384' : 'sha256',
    extensions: [],
  }
  const before = [
    extensions.keyUsage(ec ? 'serverEc' : 'server'),
    extensions.extendedKeyUsage(...(authority.acme ? (['server'] as const) : (['server', 'client'] as const))),
    extensions.basicConstraints(false),
    extensions.subjectKeyIdentifier(key.ski),
    extensions.authorityKeyIdentifier(sha1(`key of ${authority.id}`)),
    extensions.authorityAccess(
      authority.family === 'lets-encrypt' ? undefined : `http://ocsp.${authority.host}`,
      `http://${authority.host}/${authority.id}.crt`,
    ),
    extensions.subjectAltNames(names),
    extensions.policy(subject.length > 1 ? '2.23.140.1.2.2' : '2.23.140.1.2.1'),
    extensions.revocationList(`http://crl.${authority.host}/${random.whole(0, 99)}.crl`),
  ]
  const scts = extensions.timestamps(random, [logA ?? sha1('a'), logB ?? sha1('b')], made + random.whole(0, 2000))
  const twin = random.chance(twinChance)
  return {
    der: writeCertificate(random, { ...recipe, extensions: [...before, scts] }),
    made,
    until: made + Math.floor((days * day * 2) / 3),
    key,
    ...(twin
      ? { precertificate: writeCertificate(random, { ...recipe, extensions: [...before, extensions.poison] }) }
      : {}),
  }
}
