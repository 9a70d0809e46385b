import { type Calendar, day } from './calendar.ts'
import { type CdnPlan, raiseCdn } from './cdns.ts'
import { type DeviceFamily, type DevicePlan, designDevice, knownDevices } from './devices.ts'
import type { Dn } from './distinguished-name.ts'
import { type DefaultStyle, type Hoster, knownHosters, raiseHoster } from './hosters.ts'
import { kitsOf } from './kits.ts'
import type { Names } from './names.ts'
import type { Provider } from './network.ts'
import type { Random } from './random.ts'
import { softwareDefaults } from './software-defaults.ts'
import type { Furniture } from './world.ts'

type Network = (kind: Provider['kind'], size: number) => Provider

/** Builds what stands in the world before anybody moves in. */
export function furnish(random: Random, names: Names, network: Network, calendar: Calendar): Furniture {
  const many = <T>(low: number, high: number, make: (n: number) => T): T[] =>
    Array.from({ length: random.whole(low, high) }, (_, n) => make(n))
  const opened = calendar.start - 30 * day
  return {
    // Operators spread over some tens of cheap hosters; a few thousand addresses of each are in sight.
    vps: many(22, 40, () => network('vps', random.heavy(1500, 16_000))),
    access: many(20, 35, () => network('access', random.heavy(8000, 65_000))),
    corporate: many(10, 20, () => network('corporate', 65_000)),
    cdns: [...knownCdns, ...many(1, 3, n => inventCdn(random, names, n))].map(plan =>
      raiseCdn(random, network('cdn', random.heavy(12, 400)), opened, plan),
    ),
    // Spec §3.6 has 60 hosting defaults; a few more or less.
    hosters: [
      ...knownHosters.map(plan =>
        raiseHoster(random, network('shared', 3000), opened, {
          ...plan,
          domain: names.domain(random),
          density: random.heavy(1, 8),
        }),
      ),
      ...many(32, 48, n => inventHoster(random, names, network, opened, `hoster-${n + 1}`)),
    ],
    // Spec §3.6 has 40 device families.
    devices: [
      ...knownDevices.map(plan => designDevice(random, opened, plan)),
      ...many(28, 42, n => inventDevice(random, names, opened, `device-${n + 1}`)),
    ],
    // For each form that everybody knows there is another that nobody has listed.
    defaults: softwareDefaults(
      random,
      opened,
      many(6, 14, (): Dn => [['C', 'US'], ['O', `${names.word(random)} ${random.pick(['Server', 'Project', 'Appliance', 'Demo'])}`]]), // biome-ignore format: a DN on a line
    ),
    kits: kitsOf(random, names, opened, random.whole(3, 6)),
  }
}

/** Names of §3.4 (CF-1, AK-1, FA-1, IM-1); sizes of packs from §3.3: old shared packs, SAN limits of 100. */
const knownCdns: readonly CdnPlan[] = [
  { id: 'cloudflare', name: 'sni.cloudflaressl.com', packSize: 1, keys: 0 },
  { id: 'cloudflare-packs', name: 'sni31415.cloudflaressl.com', packSize: 24, keys: 2 },
  { id: 'akamai', name: 'a248.e.akamai.net', packSize: 38, keys: 2 },
  { id: 'fastly', name: 'ssl.fastly.net', packSize: 45, keys: 3 },
  { id: 'incapsula', name: 'incapsula.com', packSize: 14, keys: 1 },
]

/** One that no list of today has. Most pack, as the ones that do not cannot be mistaken for operators. */
export function inventCdn(random: Random, names: Names, n: number): CdnPlan {
  return {
    id: `cdn-${n + 1}`,
    name: `edge.${names.domain(random)}`,
    packSize: random.chance(0.25) ? 1 : random.heavy(4, 95),
    keys: random.whole(0, 3),
  }
}

const styles = ['wildcard', 'copied', 'copied', 'per_server', 'per_server', 'image_key', 'panel_ca'] as const

export function inventHoster(random: Random, names: Names, network: Network, opened: number, id: string): Hoster {
  const style: DefaultStyle = random.pick([...styles])
  const [country, state, city] = names.place(random)
  const domain = names.domain(random)
  const company = names.company(random)
  const dn: Dn = [
    ['C', country],
    ...(random.chance(0.5) ? ([['ST', state], ['L', city]] as const) : []), // biome-ignore format: a pair on a line
    ['O', company],
    ...(random.chance(0.3) ? ([['OU', random.pick(['Hosting', 'Webserver', 'Support'])]] as const) : []),
    ['CN', style === 'panel_ca' ? `${company} Panel CA` : `default.${domain}`],
  ]
  // Root servers hold one tenant, web space up to some dozens.
  return raiseHoster(random, network('shared', random.heavy(60, 4000)), opened, {
    id,
    style,
    dn,
    domain,
    density: random.heavy(1, 40),
  })
}

export function inventDevice(random: Random, names: Names, opened: number, id: string): DeviceFamily {
  const [country, state, city] = names.place(random)
  const maker = names.company(random)
  const style = random.pick([
    'factory_certificate',
    'factory_key',
    'factory_key',
    'own_key',
    'numbered',
    'maker_ca',
  ] as const)
  const dn: Dn = [['C', country], ['ST', state], ['L', city], ['O', maker], ['OU', random.pick(['Router', 'Camera', 'NAS', 'PBX', 'Firewall'])]] // biome-ignore format: a DN on a line
  return designDevice(random, opened, { id, style, dn, cn: names.word(random).toUpperCase() } satisfies DevicePlan)
}
