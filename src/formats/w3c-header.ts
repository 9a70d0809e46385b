import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'

/**
 * The directives of a log in the W3C Extended Log File Format (WD-logfile-960323), as IIS, HTTP.sys and Blue Coat write
 * them. They may come again anywhere in a log, with other columns.
 *
 *     #Software: Microsoft Internet Information Services 10.0
 *     #Version: 1.0
 *     #Date: 2026-03-02 10:00:00
 *     #Fields: date time s-ip cs-method cs-uri-stem cs(User-Agent) sc-status
 */
export type W3cHeader = {
  /** Without its version; empty until a line says it. */
  readonly software: string
  /** `2026-03-02`, of logs that have a time and no date in their lines. */
  readonly date: string
  /** Empty until a `#Fields` line is read. */
  readonly columns: readonly string[]
}

export const w3cDefaults: W3cHeader = { software: '', date: '', columns: [] }

const mostColumns = 500

/** The header as it stands after one more `#` line, without its newline. A line that says nothing known changes nothing. */
export function readW3cHeaderLine(
  header: W3cHeader,
  line: string,
): { readonly header: W3cHeader; readonly problem?: Problem } {
  const [, directive = '', value = ''] = /^#([A-Za-z-]{1,30}):[ \t]*(.*?)[ \t]*$/.exec(line.slice(0, 65_536)) ?? []
  switch (directive.toLowerCase()) {
    case 'software':
      return { header: { ...header, software: value.replace(/[ /]v?\d[\d.]*$/i, '') } }
    case 'date':
      return { header: { ...header, date: /^\d{4}-\d{2}-\d{2}/.exec(value)?.[0] ?? '' } }
    case 'fields': {
      const columns = value.split(/[ \t]+/).filter(name => name !== '')
      if (columns.length > mostColumns)
        return {
          header,
          problem: {
            code: 'w3c/too-many-columns',
            expected: `at most ${mostColumns} columns`,
            found: String(columns.length),
          },
        }
      if (new Set(columns).size !== columns.length)
        return {
          header,
          problem: { code: 'w3c/repeated-column', expected: 'column names that differ', found: excerpt(value) },
        }
      return { header: { ...header, columns } }
    }
    default:
      return { header }
  }
}
