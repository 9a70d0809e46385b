import type { MappedSource } from '../../src/mapping/index.ts'
import { mappedColumns, wholeList } from '../../src/mapping/index.ts'

/**
 * Dictionary field, or `identity`, to the record's fields it is made of, as declared; empty when it is made of none by
 * name: it is a constant, or comes out of the record as a whole.
 */
export type Origins = ReadonlyMap<string, readonly string[]>

/** One `expression AS alias` of a select list. An alias inside of an expression counts as its helper. */
type Item = { readonly alias: string; readonly expression: string }

/**
 * Reads out of a mapping which field of the record becomes which field of the dictionary. Helper columns are followed.
 * Told from the text alone: that a name occurs does not say how it is used.
 */
export function originsOf(source: MappedSource): Origins {
  const items = itemsOf(wholeList(source))
  const paths = source.fields.map(({ path }) => path)
  return new Map([...mappedColumns(source), 'identity'].map(column => [column, pathsBehind(column, items, paths)]))
}

function pathsBehind(column: string, items: readonly Item[], paths: readonly string[]): readonly string[] {
  const found = new Set<string>()
  const followed = new Set<string>()
  const follow = (alias: string): void => {
    if (followed.has(alias)) return
    followed.add(alias)
    const expression = items.find(item => item.alias === alias)?.expression ?? ''
    const names = namesIn(expression)
    for (const name of names) {
      if (paths.includes(name)) found.add(name)
      else if (items.some(item => item.alias === name)) follow(name)
    }
  }
  follow(column)
  return paths.filter(path => found.has(path))
}

/** Identifiers of an expression, quoted ones without their quotes; what stands in a text is none. */
function namesIn(expression: string): ReadonlySet<string> {
  const code = expression.replaceAll(/'(?:[^'\\]|\\.)*'/g, "''")
  return new Set([...code.matchAll(/"([^"]+)"|\b([A-Za-z_]\w*)\b/g)].map(([, quoted, bare]) => quoted ?? bare ?? ''))
}

function itemsOf(selectList: string): readonly Item[] {
  return splitAtCommas(selectList).flatMap(text => {
    const [, expression = '', alias = ''] = /^([\s\S]+)\sAS\s+(\w+)\s*$/i.exec(text) ?? []
    return alias === '' ? [] : [{ alias, expression }]
  })
}

/** Cuts at the commas that stand in no bracket and in no text. */
function splitAtCommas(list: string): readonly string[] {
  const parts: string[] = []
  let [depth, start] = [0, 0]
  for (const { 0: token, index } of list.matchAll(/'(?:[^'\\]|\\.)*'|"[^"]*"|[([{]|[)\]}]|,/g)) {
    if ('([{'.includes(token)) depth += 1
    else if (')]}'.includes(token)) depth -= 1
    else if (token === ',' && depth === 0) {
      parts.push(list.slice(start, index))
      start = index + 1
    }
  }
  return [...parts, list.slice(start)]
}
