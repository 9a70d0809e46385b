import { factsOf, type HostSighting, type UngroupedCertificate, ungroupedCertificate } from '../../src/pivots/index.ts'
import { fingerprintsOf, readCertificate } from '../../src/x509/index.ts'
import type { Corpus, CorpusListEntry, PackName, Role } from '../corpus-s/index.ts'

/**
 * A corpus as the product sees it, with the truth beside it. The product gets `certificates`, `sightings` and what it
 * computes from them; `entries` and `lists` are the benchmark's.
 */
export type World = {
  readonly seed: number
  /** Each DER once, by id. */
  readonly certificates: readonly UngroupedCertificate[]
  readonly sightings: readonly HostSighting[]
  readonly entries: readonly Entry[]
  readonly lists: readonly CorpusListEntry[]
}

/** One certificate in the hands of one owner. Precertificate and certificate are one. */
export type Entry = {
  readonly issuance: string
  /** certificate_id of all forms of the issuance that this owner has; the first is the one pivoted from. */
  readonly ids: readonly string[]
  readonly owner: string
  readonly operator: string
  readonly adversary: boolean
  readonly pack: PackName | 'background'
  readonly role: Role
  /** Addresses at which this owner served it. */
  readonly addresses: readonly string[]
}

/** Reads every DER with the product's reader. A certificate it cannot read is the benchmark's fault, and throws. */
export function worldOf(corpus: Corpus): World {
  const read = new Map<Uint8Array, UngroupedCertificate>()
  for (const { der } of corpus.certificates) if (!read.has(der)) read.set(der, indexed(der))
  const byId = new Map<string, UngroupedCertificate>()
  for (const one of read.values()) byId.set(one.certificate_id, one)
  const idOf = (der: Uint8Array) => read.get(der)?.certificate_id ?? ''
  const entries = new Map<string, Entry>()
  const keys: string[] = []
  for (const { der, owner, operator, adversary, pack, role } of corpus.certificates) {
    const certificate = read.get(der)
    if (certificate === undefined) throw new Error('a certificate of the corpus was not read')
    const { issuance, certificate_id } = certificate
    const key = `${issuance} ${owner}`
    keys.push(key)
    const before = entries.get(key)
    const ids = [...new Set([...(before?.ids ?? []), certificate_id])]
    entries.set(
      key,
      before ? { ...before, ids } : { issuance, ids, owner, operator, adversary, pack, role, addresses: [] },
    )
  }
  const addresses = new Map<string, Set<string>>()
  const sightings = corpus.sightings.map(({ certificate, ip, port, first, last }): HostSighting => {
    const key = keys[certificate] ?? ''
    addresses.set(key, (addresses.get(key) ?? new Set()).add(ip))
    return {
      certificate_id: idOf(corpus.certificates[certificate]?.der ?? new Uint8Array()),
      ip,
      port,
      sighting: 'scan',
      server_name: '',
      first_seen: new Date(first).toISOString(),
      last_seen: new Date(last).toISOString(),
    }
  })
  return {
    seed: corpus.seed,
    certificates: [...byId.values()].sort((a, b) => (a.certificate_id < b.certificate_id ? -1 : 1)),
    sightings,
    entries: [...entries].map(([key, entry]) => ({ ...entry, addresses: [...(addresses.get(key) ?? [])].sort() })),
    lists: corpus.lists,
  }
}

function indexed(der: Uint8Array): UngroupedCertificate {
  const reading = readCertificate(der)
  if (!('certificate' in reading))
    throw new Error(`a certificate of the corpus cannot be read: ${reading.problem.code}`)
  const { certificate } = reading
  return ungroupedCertificate(factsOf(certificate, fingerprintsOf(certificate)))
}
