import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CountersealError } from '../../base/index.ts'
import type { Sql } from '../../model/index.ts'

/**
 * A `.sql` file: a header that reads like a docstring, then one statement.
 *
 * ```sql
 * -- What it answers, in one or more lines.
 * -- param name Type: meaning and unit
 * -- returns: the columns
 * -- order: the order of the rows, or "none"
 * -- key: which table is read by which key
 * ```
 */
export type SqlFile = Sql & {
  readonly what: string
  /** Parameter name to type, as declared; the loader holds it equal to what the text uses. */
  readonly params: ReadonlyMap<string, string>
  readonly returns: string
  readonly order: string
  readonly key: string
}

const parameterUse = /\{([a-z][a-z0-9_]*):\s*([^{}]+)\}/g

/** Reads and checks one text. `name` is for messages. Throws `data/bad-definition` with everything that is wrong. */
export function parseSqlFile(name: string, content: string): SqlFile {
  const lines = content.split('\n')
  const end = lines.findIndex(line => !line.startsWith('--'))
  const header = lines.slice(0, end === -1 ? lines.length : end).map(line => line.slice(2).trim())
  const text = lines
    .slice(end === -1 ? lines.length : end)
    .join('\n')
    .trim()
  const labelled = (label: string): string =>
    header
      .find(line => line.startsWith(`${label}:`))
      ?.slice(label.length + 1)
      .trim() ?? ''
  const params = new Map(
    header.flatMap(line => {
      const match = /^param ([a-z][a-z0-9_]*) ([^:]+):\s*\S/.exec(line)
      return match?.[1] !== undefined && match[2] !== undefined ? [[match[1], match[2].trim()] as const] : []
    }),
  )
  const what = header
    .filter(line => !/^(param |returns:|order:|key:)/.test(line))
    .join(' ')
    .trim()
  const file = {
    name,
    text,
    what,
    params,
    returns: labelled('returns'),
    order: labelled('order'),
    key: labelled('key'),
  }
  const faults = faultsOf(file)
  if (faults.length > 0)
    throw new CountersealError('data/bad-definition', {
      message: `The query file ${name} is not finished: ${faults.join('; ')}.`,
    })
  return file
}

function faultsOf(file: SqlFile): string[] {
  const used = new Map([...file.text.matchAll(parameterUse)].map(([, name, type]) => [name ?? '', (type ?? '').trim()]))
  return [
    ...(file.text === '' ? ['no statement'] : []),
    ...(file.what === '' ? ['the header does not say what it answers'] : []),
    ...(['returns', 'order', 'key'] as const).filter(label => file[label] === '').map(label => `no "${label}:" line`),
    ...[...used]
      .filter(([name, type]) => file.params.get(name) !== type)
      .map(([name, type]) => `{${name}:${type}} is not declared so`),
    ...[...file.params.keys()].filter(name => !used.has(name)).map(name => `param ${name} is declared and not used`),
    ...(/\bselect\s+(?:\w+\.)?\*/i.test(file.text) ? ['SELECT * instead of columns'] : []),
  ]
}

/** Every query of this room, by name. */
export function loadQueries(directory = new URL('./queries/', import.meta.url)): ReadonlyMap<string, SqlFile> {
  return new Map(
    readdirSync(directory)
      .filter(entry => entry.endsWith('.sql'))
      .sort()
      .map(entry => {
        const name = basename(entry, '.sql')
        return [name, parseSqlFile(name, readFileSync(fileURLToPath(new URL(entry, directory)), 'utf8'))]
      }),
  )
}
