import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { integer, name, plainCertificate } from '../../../test/der.ts'
import { registrableDomain } from '../../hostname/index.ts'
import { certificateLines } from '../../ingest/certificate-line.ts'
import type { EventStore } from '../../model/index.ts'
import type { CertificateFacts, NameFact } from '../../pivots/index.ts'
import { certificateIdOf, issuanceOf, ownerOf } from '../../pivots/index.ts'

/**
 * Invented certificates: from few words, so that searches find some of them, and with whatever makes searching hard. Put
 * into a store as ingest does it; their facts stay in memory for whoever wants to search them in the simplest way.
 */
export type Invented = {
  /** What its bytes say, where they were seen. */
  readonly bytes: CertificateFacts | undefined
  /** The bytes themselves, where more than their facts is asked; else some that say nothing. */
  readonly der?: Uint8Array
  /** What sensors said, each its part. */
  readonly descriptions: readonly CertificateFacts[]
  readonly hosts: readonly InventedHost[]
}

export type InventedHost = {
  readonly ip: string
  readonly port: number
  /** Milliseconds since the epoch. */
  readonly first: number
  readonly last: number
}

/** Under which id a certificate is found: that of its bytes, or that of its best description. */
export function idOf({ bytes, descriptions }: Invented): string {
  const facts = bytes ?? descriptions[0]
  return (facts === undefined ? undefined : certificateIdOf(facts)) ?? ''
}

/** Hard words: separators, marks of LIKE and of patterns, quotation marks, what SQL and terminals take for more. */
export const words = [
  'login',
  'shop',
  'Example Corp',
  'Größe',
  "O'Neil, Inc.",
  '100%_sure',
  'a\\b',
  '*',
  '.*',
  'x" OR 1=1 --',
  '#hash',
  'a+b=c',
]
export const domains = ['example.com', 'shop.example', 'b.example.co.uk', 'xn--bcher-kva.example']
export const start = Date.UTC(2024, 0, 1)
const day = 86_400_000

/** mulberry32, as published by its author into the public domain; the same numbers everywhere. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export function invent(seed: number, count: number): readonly Invented[] {
  const random = randomOf(seed)
  const upTo = (n: number) => Math.floor(random() * n)
  const one = <T>(items: readonly T[]): T => items[upTo(items.length)] as T // items are never empty
  const maybe = <T>(item: () => T): T | undefined => (random() < 0.75 ? item() : undefined)
  const hash = (kind: string, nth: number, digits: number) =>
    createHash('sha512').update(`${kind}/${seed}/${nth}`).digest('hex').slice(0, digits)
  const nameOf = (): readonly NameFact[] =>
    [
      { type: 'C', value: one(['DE', 'US']) },
      { type: 'O', value: one(words) },
      { type: 'CN', value: one([...words, ...domains]) },
    ].filter(() => random() < 0.8)

  const whole = (nth: number): CertificateFacts => {
    const names = Array.from({ length: upTo(4) }, () => {
      const name = `${one(['', 'www.', '*.', 'login.', 'a.login.'])}${one(domains)}`
      return random() < 0.1
        ? { type: 'ip' as const, value: one(['192.0.2.7', '2001:db8::7']) }
        : { type: 'dns' as const, value: name }
    })
    const apexes = names.flatMap(({ type, value }) => (type === 'dns' ? (registrableDomain(value) ?? []) : []))
    const not_before = start + upTo(60) * 10 * day
    const [key_algorithm, key_bits, key_curve] = one([
      ['rsa', 1024, undefined],
      ['rsa', 2048, undefined],
      ['ec', 256, 'P-256'],
      ['ed25519', undefined, undefined],
    ] as const)
    const facts = {
      sha256: hash('sha256', nth, 64),
      sha1: hash('sha1', nth, 40),
      md5: hash('md5', nth, 32),
      spki_sha256: hash('spki', nth % 9, 64),
      tbs_no_ct_sha256: hash('tbs', nth - (nth % 2), 64),
      subject_key_id: hash('ski', nth % 7, 40),
      serial: maybe(() => one(['01', '08BB00EE', '4096', '-05', hash('serial', nth, 32).toUpperCase()])),
      subject: nameOf(),
      issuer: nameOf(),
      not_before: maybe(() => not_before),
      not_after: maybe(() => not_before + one([90, 365, 398, 3650]) * day - one([0, 1_000])),
      names,
      apexes: [...new Set(apexes)].sort(),
      key_algorithm,
      key_bits,
      key_curve,
      signature_algorithm: one(['sha256WithRSAEncryption', 'sha1WithRSAEncryption', 'ecdsa-with-SHA256']),
      self_issued: maybe(() => random() < 0.3),
      is_ca: maybe(() => random() < 0.2),
      is_precertificate: nth % 2 === 0,
      problems: random() < 0.3 ? [one(['name/embedded-nul', 'name/empty', 'time/offset'])] : [],
    }
    // Absent, not undefined: what is not known has no property.
    return JSON.parse(JSON.stringify(facts)) as CertificateFacts
  }

  /** What a sensor says: each fact only sometimes, and nothing that only bytes tell. */
  const described = (facts: CertificateFacts, keys: readonly (keyof CertificateFacts)[]): CertificateFacts => {
    const kept = Object.entries(facts).filter(
      ([key]) =>
        keys.some(one => one === key) ||
        key === 'names' ||
        key === 'apexes' ||
        (key !== 'sha256' && key !== 'sha1' && key !== 'md5' && key !== 'tbs_no_ct_sha256' && random() < 0.6),
    )
    return { ...(Object.fromEntries(kept) as CertificateFacts), problems: [] } // some of its own properties
  }

  return Array.from({ length: count }, (_, nth): Invented => {
    const facts = whole(nth)
    const key = one([['sha256'], ['sha1'], ['md5'], ['sha1', 'md5']] as const)
    const descriptions = Array.from({ length: one([0, 0, 1, 2, 3]) }, () => described(facts, key))
    const bytes = descriptions.length === 0 || random() < 0.5 ? facts : undefined
    const hosts = Array.from({ length: one([0, 0, 1, 3]) }, (): InventedHost => {
      const first = start + upTo(400) * day
      return {
        ip: one(['198.51.100.7', '198.51.100.200', '203.0.113.9', '2001:db8::1', '2001:db8:1::1']),
        port: one([443, 8443, 993]),
        first,
        last: first + upTo(100) * day,
      }
    })
    return { bytes, descriptions, hosts }
  })
}

/** Bytes of a certificate that nobody can read. */
export const nothingSaid = Buffer.from([0x30, 0])

/** Cases that chance would not make, by what they are. */
export type Chosen = Readonly<Record<'precertificate' | 'certificate' | 'first' | 'second' | 'either', Invented>>

/**
 * A precertificate and its certificate, which a sensor met and told only issuer and serial of; and two certificates of
 * different issuances with the same issuer and serial, as tools write them, with a sensor that met one of them.
 */
export function chosen(): Chosen {
  const facts = (
    name: string,
    tbs: string,
    serial: string,
    more: Partial<CertificateFacts> = {},
  ): CertificateFacts => ({
    sha256: createHash('sha256').update(name).digest('hex'),
    sha1: createHash('sha1').update(name).digest('hex'),
    tbs_no_ct_sha256: createHash('sha256').update(tbs).digest('hex'),
    spki_sha256: createHash('sha256').update(`key of ${tbs}`).digest('hex'),
    issuer: [{ type: 'CN', value: 'Chosen CA' }],
    subject: [{ type: 'CN', value: name }],
    serial,
    names: [],
    apexes: [],
    problems: [],
    ...more,
  })
  const told = (serial: string): CertificateFacts => ({
    issuer: [{ type: 'CN', value: 'Chosen CA' }],
    serial,
    names: [],
    apexes: [],
    problems: [],
  })
  const met = [{ ip: '198.51.100.200', port: 993, first: start, last: start }]
  const only = (bytes: CertificateFacts): Invented => ({ bytes, descriptions: [], hosts: [] })
  const der = plainCertificate({ serial: integer(0x0a0a), issuer: name([['CN', 'Chosen CA']]) })
  return {
    precertificate: { ...only(facts('pre', 'one', '0A0A', { is_precertificate: true })), der },
    certificate: {
      bytes: facts('post', 'one', '0A0A', { is_precertificate: false }),
      der,
      descriptions: [told('0A0A')],
      hosts: met,
    },
    first: only(facts('first', 'two', '0B0B')),
    second: only(facts('second', 'three', '0B0B')),
    either: { bytes: undefined, descriptions: [told('0B0B')], hosts: met },
  }
}

/**
 * Stores them as ingest does, in parts that stay unmerged for a while; where a certificate has descriptions, its hosts were
 * met under the id of the first. Storing them again changes nothing.
 */
export async function storeInvented(
  store: EventStore,
  directory: string,
  invented: readonly Invented[],
): Promise<void> {
  const parts = 4
  for (let part = 0; part < parts; part += 1) {
    const some = invented.filter((_, nth) => nth % parts === part)
    const lines = some.flatMap(({ bytes, der = nothingSaid, descriptions }) => [
      ...descriptions.map(facts => certificateLines(certificateIdOf(facts) ?? '', facts)),
      ...(bytes === undefined ? [] : [certificateLines(certificateIdOf(bytes) ?? '', bytes, der)]),
    ])
    const whole = lines.map(line => `${line.whole}\t1\n`)
    await insertLines(store, join(directory, `certificates-${part}`), whole, ['take-certificates'])
    const index = lines.map(line => `${line.index}\n`)
    await insertLines(store, join(directory, `index-${part}`), index, [
      'take-certificate-pivots',
      'take-certificate-names',
      'take-certificate-aliases',
    ])
    const hosts = some.flatMap(({ bytes, descriptions, hosts }) => {
      const facts = descriptions[0] ?? bytes
      const id = facts === undefined ? undefined : certificateIdOf(facts)
      if (facts === undefined || id === undefined) return []
      return hosts.map(({ ip, port, first, last }) =>
        [id, ip, port, 'tls', '', first * 1_000, last * 1_000, ownerOf(facts, id), issuanceOf(id, facts)].join('\t'),
      )
    })
    await insertLines(
      store,
      join(directory, `hosts-${part}`),
      hosts.map(line => `${line}\n`),
      ['take-certificate-hosts', 'take-host-pivots'],
    )
  }
}

async function insertLines(
  store: EventStore,
  path: string,
  lines: readonly string[],
  statements: readonly string[],
): Promise<void> {
  if (lines.length === 0) return
  await writeFile(path, lines.join(''))
  const chunk = await store.stageChunk(path)
  for (const statement of statements) await store.insert(statement, { chunk })
  await chunk.release()
}
