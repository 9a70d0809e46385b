import { createHash, randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { basename } from 'node:path'
import { RE2JS } from 're2js'
import { z } from 'zod'
import { filesIn, parseDefinition, readDefinitionText } from '../definitions/index.ts'
import type { EventStore, Row } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import { absentShards } from './absence.ts'

/**
 * Reference data: catalogues of what is known outside, each row with its source and its dates. Nothing of the kind is
 * written into code; an analyst corrects a row and the next hunt uses it.
 */
const day = z.iso.date()

type Texts = Readonly<Record<string, readonly string[]>>

/** A network in CIDR notation; an address alone becomes /32 or /128. Undefined for what is none. */
function writtenOut(network: string): string | undefined {
  const [address = '', bits, ...rest] = network.split('/')
  const most = { 4: 32, 6: 128 }[isIP(address)] ?? -1
  const whole = bits ?? String(most)
  const fits = rest.length === 0 && !address.includes('%') && /^\d{1,3}$/.test(whole) && Number(whole) <= most
  return fits ? `${address}/${Number(whole)}` : undefined
}

/** Keys that name hosts: one with a space in it matches nothing, and nobody would see why. */
const hostKeys = ['host', 'read_host', 'domain']

function withNetworks(keys: Texts, context: z.RefinementCtx): Texts {
  for (const name of hostKeys.flatMap(key => keys[key] ?? []).filter(one => /\s/.test(one)))
    context.addIssue(`${JSON.stringify(name)} is no name of a host: it has a space in it`)
  const { network: networks } = keys
  if (networks === undefined) return keys
  for (const network of networks.filter(one => writtenOut(one) === undefined))
    context.addIssue(`${JSON.stringify(network)} is no network in CIDR notation, such as 192.0.2.0/24`)
  return { ...keys, network: networks.flatMap(one => writtenOut(one) ?? []) }
}

/** Attributes that the engine reads as RE2: one that is none would stop every hunt. */
const patterns = ['path', 'user_agent']

function isPattern(text: string): boolean {
  try {
    RE2JS.compile(text)
    return true
  } catch {
    return false
  }
}

const entry = z.strictObject({
  id: z.string().min(1),
  /** What a query matches on: key to values, compared in lower case. */
  keys: z.record(z.string().regex(/^[a-z0-9_]+$/), z.array(z.string().min(1)).min(1)).transform(withNetworks),
  attributes: z
    .record(z.string(), z.string())
    .default({})
    .refine(
      all => patterns.every(name => isPattern(all[name] ?? '')),
      `has a pattern (${patterns.join(', ')}) that RE2 does not read`,
    ),
  source: z.string().min(1),
  /** False for what the specification tags as unverified: shipped as data, and shown as such. */
  verified: z.boolean(),
  first_verified: day,
  last_verified: day,
  expires: day,
})

const catalogueFile = z.strictObject({
  catalogue: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string().min(1),
  /** None where only the site can know them. */
  entries: z.array(entry),
})

export type Catalogue = z.infer<typeof catalogueFile>

export type Intel = {
  readonly catalogues: readonly Catalogue[] /** First 16 hexadecimal digits of SHA-256 over all of it. */
  readonly snapshot: string
}

/** Every `.yaml` of the directories. A later directory adds to the catalogues of an earlier one. */
export function loadIntel(directories: readonly string[]): Intel {
  const digest = createHash('sha256')
  const files = directories.flatMap(directory => filesIn(directory, '.yaml'))
  const catalogues = files.map(file => {
    const text = readDefinitionText(file)
    digest.update(basename(file)).update('\0').update(text).update('\0')
    return parseDefinition('catalogue', file, text, catalogueFile)
  })
  return { catalogues, snapshot: digest.digest('hex').slice(0, 16) }
}

/** With further rows of one catalogue, which the site keeps elsewhere. Another content is another snapshot. */
export function withEntries(intel: Intel, catalogue: string, entries: readonly Catalogue['entries'][number][]): Intel {
  if (entries.length === 0) return intel
  const digest = createHash('sha256')
    .update(intel.snapshot)
    .update(JSON.stringify([catalogue, entries]))
    .digest('hex')
  const added = { catalogue, title: catalogue, entries: [...entries] }
  return { catalogues: [...intel.catalogues, added], snapshot: digest.slice(0, 16) }
}

/**
 * Puts a snapshot into the store, once however often it is asked. What is there is looked up: an engine that died in the
 * middle may remember the token of rows that never arrived (docs/decisions/0006).
 */
export async function storeIntel(store: EventStore, intel: Intel): Promise<void> {
  const rows = intel.catalogues.flatMap(({ catalogue, entries }) =>
    entries.flatMap(({ id, keys, attributes, source, verified, first_verified, last_verified, expires }) =>
      Object.entries(keys).flatMap(([key, values]) =>
        values.map((value): Row => {
          const dates = { first_verified, last_verified, expires }
          return {
            snapshot: intel.snapshot,
            catalogue,
            entry: id,
            key,
            value: value.toLowerCase(),
            attributes,
            source,
            verified,
            ...dates,
          }
        }),
      ),
    ),
  )
  const nameOf = ({ catalogue, entry, key, value }: Row) => JSON.stringify([catalogue, entry, key, value])
  const stored = await rowsOf(store, 'intel-of-snapshot', { params: { snapshot: intel.snapshot } })
  const there = new Set(stored.map(nameOf))
  const missing = rows.filter(row => !there.has(nameOf(row)))
  // Without one of its shards a store takes nothing in; what the hunt then lacks is said by its answers.
  if (missing.length === 0 || (await absentShards(store)).length > 0) return
  await store.append('intel_entry', missing, `intel/${intel.snapshot}/${randomUUID()}`)
}
