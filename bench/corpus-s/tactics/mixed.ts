import type { Tactic } from '../operators.ts'
import { copied } from './copied.ts'
import { dnReuse } from './dn-reuse.ts'
import { keyReuse } from './key-reuse.ts'
import { privateCa } from './private-ca.ts'
import { sanPairing } from './san-pairing.ts'

/** Habits change: the sites fall into two or three groups, each made another way, with one site in both. */
export const mixed: Tactic = {
  id: 'mixed',
  run(scope, operator, sites) {
    const ways = scope.random.shuffled([copied, dnReuse, keyReuse, privateCa, sanPairing])
    const groups = Math.max(1, Math.min(scope.random.whole(2, 3), Math.floor(sites.length / 2)))
    const size = Math.ceil(sites.length / groups)
    for (let n = 0; n < groups; n += 1) {
      const group = sites.slice(Math.max(0, n * size - 1), (n + 1) * size)
      if (group.length >= 2) ways[n]?.run(scope, operator, group)
    }
  },
}
