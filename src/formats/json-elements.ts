/**
 * Takes a record apart by a list in it: one record for each element, with the element in the place of the list. So a
 * host with ten services becomes ten records that each say whose service it is.
 *
 *     {"ip":"192.0.2.7","services":[{"port":443},{"port":8443}]}
 *     {"ip":"192.0.2.7","services":{"port":443}}
 *     {"ip":"192.0.2.7","services":{"port":8443}}
 */

/** All records made of one together: what stands around a list is repeated for each element. */
const mostBytes = 64 << 20
const mostElements = 65_536

/**
 * The record itself when it has none of the lists, or an empty one. Undefined when it would become too many or too much.
 * `record`: a JSON object; where it is not well-formed, it comes back as it is or is cut where nobody reads it.
 */
export function elementsApart(record: Buffer, lists: readonly string[]): readonly Buffer[] | undefined {
  for (const name of lists) {
    if (!record.includes(`"${name}"`)) continue
    const list = findList(record, name)
    if (list === undefined || list.elements.length === 0) continue
    const around = record.length - (list.close - list.open)
    const total = list.elements.reduce((sum, [from, to]) => sum + around + to - from, 0)
    if (list.elements.length > mostElements || total > mostBytes) return undefined
    const [before, after] = [record.subarray(0, list.open), record.subarray(list.close)]
    return list.elements.map(([from, to]) => Buffer.concat([before, record.subarray(from, to), after]))
  }
  return [record]
}

type List = {
  /** Offsets of the opening bracket, and behind the closing one. */
  readonly open: number
  readonly close: number
  readonly elements: readonly (readonly [number, number])[]
}

/** The list that the object has under a name; undefined when there is none. */
function findList(record: Buffer, name: string): List | undefined {
  const wanted = Buffer.from(`"${name}"`)
  let depth = 0
  for (let at = 0; at < record.length; at += 1) {
    const byte = record[at]
    if (byte === 0x7b || byte === 0x5b) depth += 1
    else if (byte === 0x7d || byte === 0x5d) depth -= 1
    else if (byte === 0x22) {
      const end = stringEnd(record, at)
      const isName = depth === 1 && record.subarray(at, end).equals(wanted)
      at = end - 1
      const colon = isName ? spaceEnd(record, end) : -1
      if (record[colon] !== 0x3a) continue
      const open = spaceEnd(record, colon + 1)
      return record[open] === 0x5b ? readList(record, open) : undefined
    }
  }
  return undefined
}

function readList(record: Buffer, open: number): List | undefined {
  const elements: [number, number][] = []
  let depth = 0
  let start = -1
  for (let at = open; at < record.length; at += 1) {
    const byte = record[at] ?? 0
    const isEnd = byte === 0x5d && depth === 1
    if (depth === 1 && (byte === 0x2c || isEnd)) {
      if (start !== -1) elements.push([start, at])
      start = -1
      if (isEnd) return { open, close: at + 1, elements }
      continue
    }
    if (depth === 1 && start === -1 && byte > 0x20) start = at
    if (byte === 0x22) at = stringEnd(record, at) - 1
    else if (byte === 0x7b || byte === 0x5b) depth += 1
    else if (byte === 0x7d || byte === 0x5d) depth -= 1
  }
  return undefined
}

function stringEnd(record: Buffer, start: number): number {
  for (let at = start + 1; at < record.length; at += 1) {
    if (record[at] === 0x5c) at += 1
    else if (record[at] === 0x22) return at + 1
  }
  return record.length
}

function spaceEnd(record: Buffer, start: number): number {
  let at = start
  while (record[at] === 0x20 || record[at] === 0x09 || record[at] === 0x0a || record[at] === 0x0d) at += 1
  return at
}
