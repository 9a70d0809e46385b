/**
 * Reads the text of a mapping as far as it takes to say from which names of an event a column gets its value: the names that
 * stand in `data['name']`, `own['name']` or `fields['name']`, or in double quotes. What only decides (the conditions of if and multiIf,
 * the lists of transform) is passed over. Columns and places of lists are followed. It is told from the text alone.
 */

/**
 * `ending`: a select list, or several one after the other. In the order of the text. `*.x`: whatever name ends so, as the
 * mapping puts it together.
 */
export function namesBehind(ending: string, column: string, more?: 'decisions too'): readonly string[] {
  const items = itemsOf(ending)
  const found = new Set<string>()
  const followed = new Set<string>()
  const follow = (expression: string): void => {
    for (const name of quotedNames(expression)) found.add(name)
    const words = withoutTexts(expression).matchAll(/\b([A-Za-z_]\w*)(?:\[(\d+)\])?/g)
    for (const [word, name = '', place] of words) {
      if (followed.has(word)) continue
      followed.add(word)
      for (const item of items.get(name) ?? [])
        follow(withoutDecisions(place === undefined ? item : (placeOf(item, Number(place)) ?? item)))
    }
  }
  followed.add(column)
  for (const item of items.get(column) ?? []) follow(more === undefined ? withoutDecisions(item) : item)
  // What is made of nothing but a decision: then of that.
  if (found.size === 0) for (const item of items.get(column) ?? []) follow(item)
  return [...found]
}

/** A mapping may give names of Windows to what has others: `('Image', fields['process.executable'])`. */
export function pairedNames(mapping: string, name: string): readonly string[] {
  const found: string[] = []
  const start = `('${name}',`
  for (let at = mapping.indexOf(start); at >= 0; at = mapping.indexOf(start, at + 1)) {
    const end = closing(mapping, at)
    found.push(...namesBehind(`${mapping},\n${mapping.slice(at + start.length, end)} AS paired_here`, 'paired_here'))
  }
  return found
}

function quotedNames(expression: string): readonly string[] {
  const names = expression.matchAll(/\b(?:data|own|fields)\[(?:'([^']+)'|concat\(\w+, '([^']+)'\))\]|"([^"]+)"/g)
  return [...names].map(([, key, end, path]) => key ?? (end === undefined ? path : `*${end}`) ?? '')
}

function withoutTexts(expression: string): string {
  return expression.replaceAll(/'(?:[^'\\]|\\.)*'/g, "''").replaceAll(/"[^"]*"/g, '""')
}

/** By column; one that is made in several steps has several. */
function itemsOf(list: string): ReadonlyMap<string, readonly string[]> {
  const items = new Map<string, string[]>()
  for (const text of argumentsOf(list.replaceAll(/^\s*--.*$/gm, ''))) {
    const cut = text.lastIndexOf(' AS ')
    const name = text.slice(cut + 4).trim()
    if (cut < 0 || !/^\w+$/.test(name)) continue
    items.set(name, [...(items.get(name) ?? []), text.slice(0, cut)])
  }
  return items
}

/** Of `arrayMap(value -> …, [a, b])` the b, for 2. */
function placeOf(expression: string, place: number): string | undefined {
  const text = expression.trimEnd()
  if (!text.endsWith('])')) return undefined
  const start = opening(text, text.length - 2)
  return start < 0 ? undefined : argumentsOf(text.slice(start + 1, -2))[place - 1]
}

const decides: Readonly<Record<string, (at: number, count: number) => boolean>> = {
  if: at => at === 0,
  multiIf: (at, count) => at % 2 === 0 && at < count - 1,
  transform: at => at === 1 || at === 2,
  replaceRegexpOne: at => at > 0,
}

/** The expression without what only decides. */
function withoutDecisions(expression: string): string {
  const call = /\b(if|multiIf|transform|replaceRegexpOne)\(/g
  let [left, rest] = ['', expression]
  for (let found = call.exec(rest); found !== null; found = call.exec(rest)) {
    const open = found.index + found[0].length - 1
    const end = closing(rest, open)
    const inner = argumentsOf(rest.slice(open + 1, end))
    const kept = inner.filter((_, at) => !decides[found?.[1] ?? '']?.(at, inner.length)).map(withoutDecisions)
    left += `${rest.slice(0, open + 1)}${kept.join(',')}`
    rest = rest.slice(end)
    call.lastIndex = 0
  }
  return left + rest
}

/** Cuts at the commas that stand in no bracket and in no text. */
function argumentsOf(list: string): readonly string[] {
  const parts: string[] = []
  let [depth, start] = [0, 0]
  for (const { 0: token, index } of list.matchAll(tokens)) {
    if ('([{'.includes(token)) depth += 1
    else if (')]}'.includes(token)) depth -= 1
    else if (token === ',' && depth === 0) {
      parts.push(list.slice(start, index))
      start = index + 1
    }
  }
  return [...parts, list.slice(start)]
}

const tokens = /'(?:[^'\\]|\\.)*'|"[^"]*"|[([{]|[)\]}]|,/g

/** Where the bracket that opens at a place closes; the end of the text when it does not. */
function closing(text: string, open: number): number {
  let depth = 0
  for (const { 0: token, index } of text.slice(open).matchAll(tokens)) {
    if ('([{'.includes(token)) depth += 1
    else if (')]}'.includes(token)) depth -= 1
    if (depth === 0) return open + index
  }
  return text.length
}

/** Where the bracket that closes at a place opens; below 0 when it does not. */
function opening(text: string, close: number): number {
  const open: number[] = []
  for (const { 0: token, index } of text.slice(0, close + 1).matchAll(tokens)) {
    if ('([{'.includes(token)) open.push(index)
    else if (')]}'.includes(token)) {
      const last = open.pop() ?? -1
      if (index === close) return last
    }
  }
  return -1
}
