import { acmeBurst } from './acme-burst.ts'
import { acmeOnly } from './acme-only.ts'
import { cdnFronted } from './cdn-fronted.ts'
import { copied } from './copied.ts'
import { dnReuse } from './dn-reuse.ts'
import { keyReuse } from './key-reuse.ts'
import { kitDefault } from './kit-default.ts'
import { mixed } from './mixed.ts'
import { privateCa } from './private-ca.ts'
import { sanPairing } from './san-pairing.ts'

/** What operators do for certificates (§3.6). */
export const tactics = [
  acmeBurst,
  acmeOnly,
  cdnFronted,
  copied,
  dnReuse,
  keyReuse,
  kitDefault,
  mixed,
  privateCa,
  sanPairing,
] as const

/** Those that leave something in common. */
export const joiningTactics = [copied, dnReuse, keyReuse, privateCa, sanPairing, mixed] as const

/** Those that leave nothing, but for chance. */
export const silentTactics = [acmeBurst, acmeOnly, cdnFronted] as const
