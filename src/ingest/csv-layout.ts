import type { CsvOptions, CsvStart } from '../formats/index.ts'
import { areNames, readCsvStart } from '../formats/index.ts'
import type { Source } from '../mapping/index.ts'
import { claims, isMapped, looksLike } from '../mapping/index.ts'

/** Whose a CSV file is, what its columns are called, and where its first record with values is. */
export type CsvLayout = CsvOptions & { readonly source: Source }

/**
 * Told from the head alone. The columns are named by the first record, or by the last comment before it; where neither
 * is anybody's, the first record must look like the values of a source that knows files without names. Undefined when
 * no source claims it.
 */
export function csvLayout(head: Uint8Array, sources: readonly Source[]): CsvLayout | undefined {
  const start = readCsvStart(head)
  if (start === undefined) return undefined
  const { comments, commented, first, first_offset, next_offset } = start
  const own = areNames(first) ? claimant(first, sources) : undefined
  if (own !== undefined) return { source: own, columns: first, first_offset: next_offset, comments }
  const named = commented === undefined ? undefined : claimant(commented, sources)
  if (commented !== undefined && named !== undefined)
    return { source: named, columns: commented, first_offset, comments }
  for (const source of sources) {
    const columns = source.columns?.find(names => fits(source, names, start))
    if (columns !== undefined) return { source, columns, first_offset, comments }
  }
  return undefined
}

function claimant(names: readonly string[], sources: readonly Source[]): Source | undefined {
  const record = Object.fromEntries(names.map(name => [name, 'present']))
  return sources.find(source => claims(source, record))
}

/** Every value must look like its field's type; a text may be anything. */
function fits(source: Source, columns: readonly string[], { first }: CsvStart): boolean {
  if (!isMapped(source) || columns.length !== first.length) return false
  return source.fields.every(({ path, type }) => {
    const nth = columns.indexOf(path)
    return nth === -1 || type === 'string' || looksLike(type, first[nth] ?? '')
  })
}
