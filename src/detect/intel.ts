import { createHash, randomUUID } from 'node:crypto'
import { basename } from 'node:path'
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

const entry = z.strictObject({
  id: z.string().min(1),
  /** What a query matches on: key to values, compared in lower case. */
  keys: z.record(z.string().regex(/^[a-z0-9_]+$/), z.array(z.string().min(1)).min(1)),
  attributes: z.record(z.string(), z.string()).default({}),
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
