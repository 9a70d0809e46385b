import { type Calendar, day } from './calendar.ts'
import type { Cdn } from './cdns.ts'
import type { Corpus, CorpusCertificate, CorpusListEntry, CorpusSighting, Role } from './corpus.ts'
import type { DeviceFamily } from './devices.ts'
import type { Hoster } from './hosters.ts'
import type { Issued } from './issue.ts'
import type { Kit } from './kits.ts'
import type { Names } from './names.ts'
import { namesOf } from './names.ts'
import { addressAt, networkOf, type Provider } from './network.ts'
import type { PackName } from './packs/index.ts'
import type { Random } from './random.ts'
import type { SoftwareDefault } from './software-defaults.ts'

/** Somebody who has certificates. */
export type Holder = Pick<CorpusCertificate, 'owner' | 'operator' | 'adversary'>

export type Host = { readonly ip: string; readonly port: number }

/** What stands in the world before anybody moves in. */
export type Furniture = {
  readonly vps: readonly Provider[]
  readonly access: readonly Provider[]
  readonly corporate: readonly Provider[]
  readonly cdns: readonly Cdn[]
  readonly hosters: readonly Hoster[]
  readonly devices: readonly DeviceFamily[]
  readonly defaults: readonly SoftwareDefault[]
  readonly kits: readonly Kit[]
}

/** One pack's hand on the world: its own stream of choices, and where it puts what it makes. */
export type Scope = {
  readonly pack: PackName | 'background'
  readonly random: Random
  readonly calendar: Calendar
  readonly names: Names
  readonly furniture: Furniture
  /** Multiplies how many people live in the background. */
  readonly scale: number
  /** A whole number between the two, kept for the record under this name. */
  draw(name: string, low: number, high: number): number
  /** A number from `low` to below `high`, kept for the record under this name. */
  drawShare(name: string, low: number, high: number): number
  /** A number that came about, kept for the record. */
  note(name: string, value: number): void
  /** A certificate in somebody's hands, served at these hosts (none: known from a log only). */
  hold(holder: Holder, issued: Issued, role: Role, hosts: readonly Host[], service?: Partial<Calendar>): void
  list(entry: CorpusListEntry): void
  network(kind: Provider['kind'], size: number): Provider
  /** Someone of his own, with nothing behind him. */
  stranger(): Holder
  /** A moment of the observed time. */
  moment(): number
  /** An address at any VPS hoster. */
  vps(): Host
}

/** An empty world and the way to give it out. */
export function emptyWorld(seedRandom: Random, calendar: Calendar, scale: number) {
  const certificates: CorpusCertificate[] = []
  const sightings: CorpusSighting[] = []
  const lists: CorpusListEntry[] = []
  const drawn: Record<string, Record<string, number>> = {}
  const names = namesOf()
  const network = networkOf(seedRandom.branch('network'))

  /** `part`: of the background, which has several, each with a stream and a record of its own. */
  const scopeOf = (pack: Scope['pack'], furniture: Furniture, part = ''): Scope => {
    const random = seedRandom.branch(pack + part)
    const record: Record<string, number> = {}
    drawn[pack + part] = record
    const keep = (name: string, value: number) => {
      record[name] = value
      return value
    }
    let strangers = 0
    const see = (certificate: number, { ip, port }: Host, from: number, until: number) => {
      if (from >= until) return
      sightings.push({ certificate, ip, port, first: Math.floor(from), last: Math.floor(until) })
    }
    return {
      pack,
      random,
      calendar,
      names,
      furniture,
      scale,
      network,
      draw: (name, low, high) => keep(name, random.whole(low, high)),
      drawShare: (name, low, high) => keep(name, random.fraction(low, high)),
      note: (name, value) => void keep(name, value),
      list: entry => void lists.push(entry),
      stranger: () => {
        const id = `${pack}/stranger-${++strangers}`
        return { owner: id, operator: id, adversary: false }
      },
      moment: () => random.whole(calendar.start, calendar.end - 10 * day),
      vps: () => {
        const provider = random.some(furniture.vps)
        return { ip: provider === undefined ? '5.1.1.1' : addressAt(random, provider), port: 443 }
      },
      hold: (holder, issued, role, hosts, service = {}) => {
        const index = certificates.push({ der: issued.der, ...holder, pack, role }) - 1
        if (issued.precertificate !== undefined)
          certificates.push({ der: issued.precertificate, ...holder, pack, role })
        for (const host of hosts) {
          // A scanner comes by within four days, and last saw it up to four days before the end.
          const from = Math.max(service.start ?? issued.made, calendar.start) + random.whole(0, 4 * day)
          const until = Math.min(service.end ?? issued.until, calendar.end) - random.whole(0, 4 * day)
          const middle = random.fraction(from, until)
          // One in six is missed for a while: two sightings with a gap.
          if (until - from > 30 * day && random.chance(1 / 6)) {
            see(index, host, from, middle - 2 * day)
            see(index, host, Math.min(middle + 5 * day, until - day), until)
          } else see(index, host, from, until)
        }
      },
    }
  }
  const corpus = (seed: number): Corpus => ({ seed, certificates, sightings, lists, drawn })
  return { scopeOf, corpus, network, names }
}
