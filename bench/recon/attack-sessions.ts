import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Detection } from '../../src/detect/index.ts'
import type { Random } from '../generate/random.ts'
import type { Extent } from './benign-traffic.ts'
import { networkKinds } from './benign-traffic.ts'

/** Events of one attack in the dictionary's words: a case of fires.ndjson whose detection tells of networks alone. */
export type Attack = {
  readonly detection_id: string
  readonly name: string
  readonly events: readonly Readonly<Record<string, unknown>>[]
}

const inside = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/

/** Cases that ask for no more than a note are left out: what nobody need look at nobody need find. */
export function attacksOf(detections: readonly Detection[]): readonly Attack[] {
  return detections.flatMap(({ id, directory }) => {
    const cases = new Map<string, Record<string, unknown>[]>()
    const noted = new Set<string>()
    for (const line of readFileSync(join(directory, 'fires.ndjson'), 'utf8').split('\n')) {
      if (line === '') continue
      const { case: name, expect, ...event } = JSON.parse(line) // held to be so by the suite of the detections
      cases.set(name, [...(cases.get(name) ?? []), event])
      if (expect?.verdict === 'informational') noted.add(name)
    }
    return [...cases].flatMap(([name, events]) => {
      const ofNetworks = events.every(({ kind }) => (networkKinds as readonly unknown[]).includes(kind))
      return ofNetworks && !noted.has(name) ? [{ detection_id: id, name, events }] : []
    })
  })
}

export type Placed = Attack & {
  /** Addresses inside that it was given. */
  readonly addresses: ReadonlySet<string>
  readonly first: Date
  readonly last: Date
}

/** Of each detection one attack, drawn. All of them in one store would drown one another: hundreds of lookups are nobody's surprise. */
export function drawn(attacks: readonly Attack[], random: Random): readonly Attack[] {
  const ids = [...new Set(attacks.map(({ detection_id }) => detection_id))]
  return ids.flatMap(id => {
    const own = attacks.filter(({ detection_id }) => detection_id === id)
    return own[random.whole(0, own.length - 1)] ?? []
  })
}

/** Days, the last of the traffic among them, of which one is drawn for each attack: those before are its past. */
export const daysOfAttacks = 14

/**
 * The attack as if hosts of this traffic had been in it: it ends at a time within it, on one of the last days. What was one network
 * inside stays one, and two stay two. Addresses outside stay.
 */
export function placed(attack: Attack, { first, last, hosts }: Extent, random: Random): Placed {
  const times = attack.events.map(event => Date.parse(String(event.event_time)))
  const start = Math.min(...times)
  const within = first.getTime() + random.next() * Math.max(0, last.getTime() - first.getTime())
  const end = within - random.whole(0, daysOfAttacks - 1) * 86_400_000
  const begin = end - (Math.max(...times) - start)
  const moved = (time: number) => new Date(Math.floor(begin / 1000) * 1000 + time - start)
  const given = new Map<string, string>()
  const places = placesAmong(hosts, random)
  const host = (address: string): string => {
    const chosen = given.get(address) ?? places(address)
    given.set(address, chosen)
    return chosen
  }
  const readdress = (value: unknown) => (typeof value === 'string' && inside.test(value) ? host(value) : value)
  const events = attack.events.map((event, nth) => ({
    ...Object.fromEntries(
      Object.entries(event).map(([name, value]) => [name, /_(ip|address)$/.test(name) ? readdress(value) : value]),
    ),
    event_time: moved(times[nth] ?? start).toISOString(),
    record_key: `${attack.detection_id}/${attack.name}/${nth}/${begin}`,
  }))
  return { ...attack, events, addresses: new Set(given.values()), first: moved(start), last: moved(Math.max(...times)) }
}

/**
 * Gives each address another among these: of one network, which is that of a host drawn, all of the addresses of one network, as long as
 * there are. Where hosts or networks run out an address stays.
 */
function placesAmong(hosts: readonly string[], random: Random): (address: string) => string {
  const networkOf = (address: string) => address.split('.').slice(0, 3).join('.')
  const networks = new Map<string, string>()
  const taken = new Set<string>()
  const oneOf = (some: readonly string[]) => some[random.whole(0, Math.max(0, some.length - 1))]
  return address => {
    const own = networkOf(address)
    const drawnHost = oneOf(hosts.filter(one => ![...networks.values()].includes(networkOf(one))))
    const network = networks.get(own) ?? networkOf(drawnHost ?? address)
    networks.set(own, network)
    const chosen = oneOf(hosts.filter(one => networkOf(one) === network && !taken.has(one))) ?? address
    taken.add(chosen)
    return chosen
  }
}
