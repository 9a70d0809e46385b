import { allAuthorities } from '../authorities.ts'
import { dnText } from '../distinguished-name.ts'
import { kitEntries } from '../kits.ts'
import type { Scope } from '../world.ts'

/** What lists say of public issuers and of kits, whoever uses them. */
export function publicIssuers(scope: Scope): void {
  for (const { id, dn } of allAuthorities) {
    scope.list({ id: `issuer-${id}`, action: 'issuer0', keys: { issuer_dn: [dnText(dn)] } })
  }
  for (const kit of scope.furniture.kits) for (const entry of kitEntries(kit)) scope.list(entry)
}
