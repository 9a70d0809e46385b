import type { JudgedItem, LocalItem, TimeSettings } from '../corroborate/index.ts'
import { gradeOf, timeClassOf } from '../corroborate/index.ts'
import type { EventStore, Row } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { Subject } from './subject.ts'

/** What one machine did with a name, an address or a certificate on one day, by one kind of log. Times are milliseconds since the epoch. */
export type Contact = {
  readonly family: 'dns' | 'web' | 'tls' | 'flow'
  readonly asset: string
  readonly name: string
  readonly address: string
  /** Of the certificate that was served, where it is one that was asked about. */
  readonly hash: string
  /** Addresses of the leads that DNS answered. */
  readonly answers: readonly string[]
  readonly records: number
  readonly from: number
  readonly until: number
  readonly completed: number
  readonly answered: number
  readonly octets_out: number
  readonly octets_in: number
  readonly packet: string
  readonly event_uid: string
}

export type ContactWindow = { readonly from: number; readonly until: number; readonly signal?: AbortSignal }

/** The contacts with all subjects, in one question to the store. */
export async function contactsOf(
  store: EventStore,
  subjects: readonly Subject[],
  { from, until, signal }: ContactWindow,
): Promise<readonly Contact[]> {
  const distinct = (of: (subject: Subject) => readonly string[]) => [...new Set(subjects.flatMap(of))].sort()
  const params = {
    names: distinct(({ names }) => names.map(name => (name.startsWith('*.') ? name.slice(1) : name))),
    addresses: distinct(({ addresses }) => addresses.map(({ ip }) => ip)),
    hashes: distinct(({ hashes }) => hashes),
    from: instantText(from),
    until: instantText(until),
  }
  const rows = await rowsOf(store, 'lead-contacts', { params, ...(signal === undefined ? {} : { signal }) })
  return rows.map(contactFrom)
}

function contactFrom(row: Row): Contact {
  const text = (name: string) => String(row[name])
  const time = (name: string) => Date.parse(`${text(name).replace(' ', 'T')}Z`)
  const family = text('family')
  return {
    family: family === 'dns' || family === 'web' || family === 'tls' ? family : 'flow',
    ...{
      asset: text('asset'),
      name: text('name'),
      address: text('address'),
      hash: text('hash'),
      packet: text('packet'),
      event_uid: text('event_uid'),
    },
    answers: (row.answers as readonly unknown[]).map(String), // an array of addresses, by the query
    ...{ records: Number(row.records), from: time('first_seen'), until: time('last_seen') },
    ...{
      completed: Number(row.completed),
      answered: Number(row.answered),
      octets_out: Number(row.octets_out),
      octets_in: Number(row.octets_in),
    },
  }
}

function instantText(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').replace('Z', '')
}

/** An answer of DNS speaks for a connection of the same machine for so long. */
const answerSpeaks = 3_600_000 + 300_000

export type JudgeOptions = { readonly isShared: (address: string) => boolean; readonly times: TimeSettings }

/** Contacts that have to do with one subject, each with its grade and the class of its time. */
export function judgeContacts(
  subject: Subject,
  contacts: readonly Contact[],
  { isShared, times }: JudgeOptions,
): readonly JudgedItem[] {
  const own = contacts.flatMap(contact => {
    const shares = sharesOf(subject, contact, contacts)
    return shares.size === 0 ? [] : [{ contact, shares }]
  })
  return own.map(({ contact, shares }) => {
    const { event_uid, family, asset, address, packet, from } = contact
    const place = subject.addresses.find(({ ip }) => ip === address || contact.answers.includes(ip))
    const time = timeClassOf(
      from,
      {
        ...(subject.validity === undefined ? {} : { validity: subject.validity }),
        ...(place === undefined ? {} : { sighted: place }),
        ...(subject.registered === undefined ? {} : { registered: subject.registered }),
      },
      times,
    )
    const item: LocalItem = {
      event_uid,
      family,
      asset,
      time: from,
      entity: subject.certificate_id,
      shares,
      packet,
    }
    const in_interval = time.class === 'IN_SIGHTING' || time.class === 'IN_VALIDITY_UNSIGHTED'
    return { item, time, grade: gradeOf(item, { is_shared: isShared(address), in_interval }) }
  })
}

function sharesOf(
  { names, addresses, hashes }: Subject,
  contact: Contact,
  all: readonly Contact[],
): LocalItem['shares'] {
  const { family, name, address, hash, answers } = contact
  const isNamed = name !== '' && names.some(one => (one.startsWith('*.') ? name.endsWith(one.slice(1)) : one === name))
  const isThere = addresses.some(({ ip }) => ip === address)
  const isAnswered = addresses.some(({ ip }) => answers.includes(ip))
  const shares = new Set<LocalItem['shares'] extends ReadonlySet<infer Kind> ? Kind : never>()
  if (family === 'dns') {
    if (!isNamed && !isAnswered) return shares
    if (isNamed) shares.add('question')
    if (isFollowed(contact, all)) shares.add('answered')
    return shares
  }
  if (hash !== '' && hashes.includes(hash)) shares.add('certificate')
  if (isNamed) shares.add('name')
  if (isThere) shares.add('address')
  return shares
}

/** A connection of the same machine to an address that DNS had told it, soon after. */
function isFollowed({ asset, answers, from, until }: Contact, all: readonly Contact[]): boolean {
  return all.some(
    other =>
      other.family !== 'dns' &&
      other.asset === asset &&
      answers.includes(other.address) &&
      other.until >= from &&
      other.from <= until + answerSpeaks,
  )
}
