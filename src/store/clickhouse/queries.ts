import { assert } from '../../base/index.ts'
import type { SqlFile } from './sql-file.ts'
import { loadQueries } from './sql-file.ts'

let loaded: ReadonlyMap<string, SqlFile> | undefined

/** A query of queries/ by the name of its file. Read once, when first asked for. */
export function shippedQuery(name: string): SqlFile {
  loaded ??= loadQueries()
  const query = loaded.get(name)
  assert(query !== undefined, `no query file is called ${name}`)
  return query
}
