import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CountersealError } from '../../base/index.ts'

/** A forward-only step of the schema. Yesterday's code must live with it. */
export type Migration = {
  /** File name without `.sql`: four digits, then what it does. */
  readonly name: string
  /** SHA-256 of the text, lower-case hexadecimal. */
  readonly sha256: string
  readonly statements: readonly string[]
}

/** All migrations in order. Statements end with a semicolon at the end of a line; none contains one elsewhere. */
export function loadMigrations(directory = new URL('./migrations/', import.meta.url)): readonly Migration[] {
  return readdirSync(directory)
    .filter(entry => entry.endsWith('.sql'))
    .sort()
    .map(entry => {
      const content = readFileSync(fileURLToPath(new URL(entry, directory)), 'utf8')
      return {
        name: entry.replace(/\.sql$/, ''),
        sha256: createHash('sha256').update(content).digest('hex'),
        statements: content
          .split(/;[ \t]*\n/)
          .map(statement => statement.replace(/^--.*$/gm, '').trim())
          .filter(statement => statement !== ''),
      }
    })
}

/**
 * Which migrations are still to come, given those a store names. Throws `store/newer-schema` when the store knows one
 * that this build does not, and `store/damaged` when an applied one has another text.
 */
export function pendingMigrations(
  known: readonly Migration[],
  applied: ReadonlyMap<string, string>,
  location: string,
): readonly Migration[] {
  const unknown = [...applied.keys()].filter(name => !known.some(migration => migration.name === name))
  if (unknown.length > 0)
    throw new CountersealError('store/newer-schema', {
      message: `The event store at ${location} was written by a newer Counterseal: it has ${unknown.join(', ')}.`,
    })
  const altered = known.find(({ name, sha256 }) => applied.has(name) && applied.get(name) !== sha256)
  if (altered !== undefined)
    throw new CountersealError('store/damaged', {
      message: `The event store at ${location} was migrated with another text of ${altered.name} than this build has.`,
    })
  return known.filter(({ name }) => !applied.has(name))
}
