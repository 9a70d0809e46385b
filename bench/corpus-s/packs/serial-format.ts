import type { Dn } from '../distinguished-name.ts'
import { makeKey } from '../keys.ts'
import { selfSigned } from '../makers/self-signed.ts'
import { openssl, opensslOld, python } from '../makers/tools.ts'
import { serving, type Tactic } from '../operators.ts'
import { populate } from '../populate.ts'
import { copied } from '../tactics/copied.ts'
import { keyReuse } from '../tactics/key-reuse.ts'
import { privateCa } from '../tactics/private-ca.ts'
import type { Scope } from '../world.ts'

/** Serials that many people type. */
const common = [
  Uint8Array.of(0),
  Uint8Array.of(1),
  Uint8Array.of(2),
  Uint8Array.of(3, 0xe8), // 1000
  Uint8Array.of(0x12, 0x34, 0x56, 0x78),
  Uint8Array.of(1, 0x35, 0x25, 0x15), // 20260117, a date
  Uint8Array.of(0xf, 0x42, 0x40), // 1,000,000
] as const

/** Serial numbers that mean nothing beside those that are somebody's habit. */
export function serialFormat(scope: Scope): void {
  const { random, names } = scope
  const sign = (serial: Uint8Array, subject: Dn, made: number, key = makeKey(random, 'rsa2048')) =>
    selfSigned(random, { tool: random.pick([openssl, opensslOld, python]), subject, key, made, serial })
  /** A number in a script: positive with a sign octet (00 de ad …), without, or negative. */
  const habit = (): Uint8Array => {
    const length = random.whole(3, 8)
    const bytes = random.bytes(length)
    const form = random.pick(['plain', 'sign_octet', 'negative'] as const)
    bytes[0] = form === 'plain' ? 0x40 | ((bytes[0] ?? 0) & 0x3f) : 0x80 | ((bytes[0] ?? 0) & 0x7f)
    // All ones and a top bit may be written shorter (X.690 §8.3.2): that would not be DER.
    if (form === 'negative' && bytes[0] === 0xff) bytes[0] = 0xab
    return form === 'sign_octet' ? Buffer.concat([Uint8Array.of(0), bytes]) : bytes
  }
  /** The number is the habit; words and keys differ. */
  const ownNumber: Tactic = {
    id: 'own_number',
    run: (_scope, operator, sites) => {
      const serial = habit()
      const sameIssuer = random.chance(0.6)
      for (const site of sites) {
        const words: Dn = sameIssuer ? operator.dn : [['CN', site.domain]] // biome-ignore format: a DN on a line
        scope.hold(site, sign(serial, words, site.started), 'own', [site.host], serving(site))
      }
    },
  }
  /** A number like everybody's, and a key of his own. */
  const commonNumber: Tactic = {
    id: 'common_number',
    run: (_scope, operator, sites) => {
      const key = makeKey(random, 'rsa2048')
      const serial = random.pick([...common])
      for (const site of sites) {
        const issued = sign(serial, random.chance(0.5) ? operator.dn : [['CN', names.word(random)]], site.started, key)
        scope.hold(site, issued, 'own', [site.host], serving(site))
      }
    },
  }
  populate(scope, {
    tactics: [ownNumber, ownNumber, commonNumber, copied, privateCa, keyReuse],
    operators: [8, 12],
    sites: [2, 8],
  })
  for (const [n, serial] of common.entries()) {
    for (let stranger = scope.draw(`strangers_${n + 1}`, 5, 45); stranger > 0; stranger -= 1) {
      const subject: Dn = [['CN', random.chance(0.5) ? names.domain(random) : names.word(random)]] // biome-ignore format: a DN on a line
      scope.hold(scope.stranger(), sign(serial, subject, scope.moment()), 'decoy', [scope.vps()])
    }
  }
}
