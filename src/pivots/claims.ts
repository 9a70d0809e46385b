import type { Side } from './pair.ts'
import type { Settings } from './settings.ts'

/**
 * Who names a registrable domain, of the certificates at hand. A public CA lets nobody name a domain he does not control;
 * on any other certificate a name is a claim, and the names of well-known sites are claimed by many.
 */
export type Claims = {
  /** Issuances of public CAs. */
  readonly proven: Set<string>
  /** Keys of certificates that no public CA issued; where the key is not known, certificates. */
  readonly claimants: Set<string>
  /** Where the claimants' certificates were met. */
  readonly addresses: Set<string>
}

/** Adds what one certificate names, by registrable domain. */
export function noteClaims(claims: Map<string, Claims>, { certificate, values, isPublic, hosts }: Side): void {
  const [key = certificate.certificate_id] = values.get('spki_sha256') ?? []
  for (const apex of values.get('apex') ?? []) {
    const of = claims.get(apex) ?? {
      proven: new Set<string>(),
      claimants: new Set<string>(),
      addresses: new Set<string>(),
    }
    claims.set(apex, of)
    if (isPublic) {
      of.proven.add(certificate.issuance)
      continue
    }
    of.claimants.add(key)
    for (const { ip } of hosts) of.addresses.add(ip)
  }
}

/** The domain has an owner, and more keys claim it than one owner has. */
export function isClaimedWidely(claims: Claims | undefined, { claimants_few }: Settings): boolean {
  return claims !== undefined && claims.proven.size > 0 && claims.claimants.size > claimants_few
}
