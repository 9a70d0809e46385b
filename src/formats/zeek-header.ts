import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'

/**
 * The header of a Zeek log in tab-separated form (Zeek's ASCII writer): lines that begin with `#`.
 *
 *     #separator \x09
 *     #set_separator	,
 *     #empty_field	(empty)
 *     #unset_field	-
 *     #path	ssl
 *     #open	2018-03-24-17-15-20
 *     #fields	ts	uid	id.orig_h …
 *     #types	time	string	addr …
 *     #close	…
 */
export type ZeekHeader = {
  readonly separator: string
  readonly setSeparator: string
  readonly emptyField: string
  readonly unsetField: string
  /** The log's name, `ssl`; empty until a `#path` line is read. */
  readonly path: string
  /** Column names; empty until a `#fields` line is read. */
  readonly columns: readonly string[]
}

export const zeekDefaults: ZeekHeader = {
  separator: '\t',
  setSeparator: ',',
  emptyField: '(empty)',
  unsetField: '-',
  path: '',
  columns: [],
}

/** No Zeek log comes near this many columns; more is an attempt to make us work. */
const mostColumns = 1000

/** The header as it stands after one more `#` line, without its newline. A line that says nothing known changes nothing. */
export function readZeekHeaderLine(
  header: ZeekHeader,
  line: string,
): { readonly header: ZeekHeader; readonly problem?: Problem } {
  if (line.startsWith('#separator '))
    return { header: { ...zeekDefaults, separator: withoutEscapes(line.slice('#separator '.length)) } }
  const [directive, ...values] = line.split(header.separator)
  const value = values[0] ?? ''
  switch (directive) {
    case '#set_separator':
      return { header: { ...header, setSeparator: value } }
    case '#empty_field':
      return { header: { ...header, emptyField: value } }
    case '#unset_field':
      return { header: { ...header, unsetField: value } }
    case '#path':
      return { header: { ...header, path: value } }
    case '#fields':
      if (values.length > mostColumns)
        return {
          header,
          problem: {
            code: 'zeek/too-many-columns',
            expected: `at most ${mostColumns} columns`,
            found: String(values.length),
          },
        }
      if (new Set(values).size !== values.length)
        return {
          header,
          problem: {
            code: 'zeek/repeated-column',
            expected: 'column names that differ',
            found: excerpt(values.join(' ')),
          },
        }
      return { header: { ...header, columns: values } }
    default:
      return { header }
  }
}

function withoutEscapes(text: string): string {
  const plain = text.replace(/\\x([0-9a-fA-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
  return plain === '' ? zeekDefaults.separator : plain
}
