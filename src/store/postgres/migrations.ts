import { readdirSync, readFileSync } from 'node:fs'

/** One step forward. Never edited after it was released: a store remembers the hash. */
export type Migration = {
  /** `NNNN_what`; migrations run in the order of their names. */
  readonly name: string
  /** Statements, divided by lines that read `--> statement-breakpoint`. */
  readonly text: string
}

/** The migrations of this build, oldest first. Read from beside this file, in the sources and in the build alike. */
export function shippedMigrations(): readonly Migration[] {
  const folder = new URL('./migrations/', import.meta.url)
  const files = readdirSync(folder).filter(file => file.endsWith('.sql'))
  return files.sort().map(file => ({
    name: file.slice(0, -'.sql'.length),
    text: readFileSync(new URL(file, folder), 'utf8'),
  }))
}
