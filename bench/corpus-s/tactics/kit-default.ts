import { serving, type Tactic } from '../operators.ts'

/** A kit as it comes. The default joins everybody who runs it; only a copied keystore joins one operator's servers. */
export const kitDefault: Tactic = {
  id: 'kit_default',
  run(scope, _operator, sites) {
    const { random, furniture } = scope
    const kit = random.some(furniture.kits)
    const [first] = sites
    if (kit === undefined || first === undefined) return
    // A third sets the kit up once and copies it: the same key on all servers.
    const once = random.chance(0.35) ? kit.write(random, first.started, first.host.ip) : undefined
    for (const site of sites) {
      const issued = kit.brought ?? once ?? kit.write(random, site.started, site.host.ip)
      scope.hold(site, issued, 'kit', [{ ip: site.host.ip, port: kit.port }], serving(site))
    }
  },
}
