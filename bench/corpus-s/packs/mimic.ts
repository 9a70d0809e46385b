import { day } from '../calendar.ts'
import { makeKey } from '../keys.ts'
import { selfSigned } from '../makers/self-signed.ts'
import { type Operator, type Site, serving, type Tactic } from '../operators.ts'
import { populate } from '../populate.ts'
import { keyReuse } from '../tactics/key-reuse.ts'
import { raiseVictim, type Victim } from '../victims.ts'
import type { Scope } from '../world.ts'

/** Attackers copy the DN of a victim, some also its serial number and validity. Several copy the same victim. */
export function mimic(scope: Scope): void {
  const { random } = scope
  // Few victims, so that attackers meet at them.
  const victims = Array.from({ length: scope.draw('victims', 3, 5) }, () => raiseVictim(scope))
  const clone = (
    operator: Operator,
    site: Site,
    victim: Victim,
    key = makeKey(random, operator.keyKind),
    whole = false,
  ) => {
    const [panel] = victim.panels
    const issued = selfSigned(random, {
      tool: operator.tool,
      subject: victim.dn,
      key,
      made: site.started,
      // Tools that impersonate take over what stands in the victim's certificate.
      ...(whole && panel !== undefined
        ? { notBefore: Math.floor(panel.made / 1000) * 1000, days: 1825, serial: victim.serial }
        : { days: random.pick([365, 730, 3650]) }),
    })
    scope.hold(site, issued, 'own', [site.host], serving(site))
  }
  /** One key under the copied words: what joins the sites is the key. */
  const withKey: Tactic = {
    id: 'mimic_with_key',
    run: (_scope, operator, sites) => {
      const victim = random.some(victims)
      const key = makeKey(random, operator.keyKind)
      const whole = random.chance(0.4)
      if (victim !== undefined) for (const site of sites) clone(operator, site, victim, key, whole)
    },
  }
  /** A new key each time: only the victim's words join the sites, and they join the victim and others too. */
  const wordsOnly: Tactic = {
    id: 'mimic_words_only',
    run: (_scope, operator, sites) => {
      const victim = random.some(victims)
      if (victim !== undefined) for (const site of sites) clone(operator, site, victim)
    },
  }
  /** Several victims, one key. */
  const manyFaces: Tactic = {
    id: 'mimic_many_faces',
    run: (_scope, operator, sites) => {
      const key = makeKey(random, operator.keyKind)
      for (const site of sites) {
        const victim = random.some(victims)
        if (victim !== undefined) clone(operator, { ...site, started: site.started + day }, victim, key)
      }
    },
  }
  populate(scope, { tactics: [withKey, withKey, wordsOnly, manyFaces, keyReuse], operators: [8, 13], sites: [2, 7] })
}
