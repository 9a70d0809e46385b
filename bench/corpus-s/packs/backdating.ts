import { day } from '../calendar.ts'
import { makeKey } from '../keys.ts'
import { selfSigned } from '../makers/self-signed.ts'
import { openssl, python } from '../makers/tools.ts'
import { serving, type Tactic } from '../operators.ts'
import { populate } from '../populate.ts'
import { dnReuse } from '../tactics/dn-reuse.ts'
import { keyReuse } from '../tactics/key-reuse.ts'
import type { Scope } from '../world.ts'

/** notBefore says what its writer wants: old age, a typed date, or the epoch of a clock. Seconds meet by habit. */
export function backdating(scope: Scope): void {
  const { random, names, calendar } = scope
  // Dates that many scripts and firmwares write: midnights, epochs, a date from a manual.
  const common = [
    Date.UTC(2000, 0, 1),
    Date.UTC(2015, 0, 1),
    Date.UTC(2020, 0, 1),
    Date.UTC(random.whole(2009, 2018), random.whole(0, 11), random.whole(1, 28)),
  ] as const
  const typed = () => random.whole(Date.UTC(2008, 0, 1) / 1000, Date.UTC(2023, 0, 1) / 1000) * 1000
  /** One moment typed into a script; words and keys differ. The second is all there is in common. */
  const oneMoment: Tactic = {
    id: 'one_moment',
    run: (_scope, operator, sites) => {
      const notBefore = typed()
      const days = random.pick([1825, 3650, 7300])
      for (const site of sites) {
        const issued = selfSigned(random, {
          tool: operator.tool,
          subject: [['O', names.word(random)], ['CN', site.domain]], // biome-ignore format: a DN on a line
          key: makeKey(random, operator.keyKind),
          made: site.started,
          notBefore,
          days,
        })
        scope.hold(site, issued, 'own', [site.host], serving(site))
      }
    },
  }
  /** A date everybody writes, under a key or words of his own. */
  const commonDate: Tactic = {
    id: 'common_date',
    run: (_scope, operator, sites) => {
      const key = makeKey(random, operator.keyKind)
      const byKey = random.chance(0.5)
      const notBefore = random.pick([...common])
      for (const site of sites) {
        const issued = selfSigned(random, {
          tool: operator.tool,
          subject: byKey ? [['CN', site.domain]] : operator.dn,
          key: byKey ? key : makeKey(random, operator.keyKind),
          made: site.started,
          notBefore,
          days: 9125,
        })
        scope.hold(site, issued, 'own', [site.host], serving(site))
      }
    },
  }
  /** Set back by a fixed number of days to look old; the words are the same, the second never is. */
  const aged: Tactic = {
    id: 'aged',
    run: (_scope, operator, sites) => {
      const back = random.whole(200, 2500) * day
      for (const site of sites) {
        const issued = selfSigned(random, {
          tool: operator.tool,
          subject: operator.dn,
          key: makeKey(random, operator.keyKind),
          made: site.started,
          notBefore: Math.floor((site.started - back) / 1000) * 1000,
          days: 3650,
        })
        scope.hold(site, issued, 'own', [site.host], serving(site))
      }
    },
  }
  populate(scope, { tactics: [oneMoment, commonDate, commonDate, aged, dnReuse, keyReuse], operators: [8, 13] })
  // Appliances and templates that write the common dates, each for somebody else.
  for (const [n, notBefore] of common.entries()) {
    for (let stranger = scope.draw(`strangers_${n + 1}`, 4, 60); stranger > 0; stranger -= 1) {
      const tool = random.pick([openssl, python])
      const issued = selfSigned(random, {
        tool,
        subject: [['O', names.company(random)], ['CN', names.domain(random)]], // biome-ignore format: a DN on a line
        key: makeKey(random, tool.keyKind),
        made: scope.moment(),
        notBefore,
        days: random.pick([7300, 9125, 10_950]),
      })
      scope.hold(scope.stranger(), { ...issued, until: calendar.end }, 'decoy', [scope.vps()])
    }
  }
}
