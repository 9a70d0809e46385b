import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'

/** What Debian's `hivexml` (libhivex-bin) tells of a hive: another reader to compare with. */
export type ExportedKey = {
  readonly path: string
  /** To the second. */
  readonly mtime: string
  readonly values: readonly ExportedValue[]
}

export type ExportedValue = {
  /** Empty: the default value. */
  readonly name: string
  /** `string`, `int32`, `string-list`, … */
  readonly type: string
  /** Text as it stands; octets in base64, marked; the items of a list. */
  readonly data: string | readonly string[] | { readonly base64: string }
}

export function hasHivexml(): boolean {
  return spawnSync('hivexml', [], { stdio: 'ignore' }).error === undefined
}

/**
 * @param path of the hive; what hivexml says is left beside it
 * @returns keys in the order of the file, each before its subkeys; undefined when hivexml gives up
 */
export function exportedKeys(path: string): readonly ExportedKey[] | undefined {
  // It opens its output a second time by name, which only a file allows.
  const output = `${path}.xml`
  const descriptor = openSync(output, 'w')
  const { status } = spawnSync('hivexml', [path], { stdio: ['ignore', descriptor, 'ignore'] })
  closeSync(descriptor)
  return status === 0 ? keysIn(readFileSync(output, 'utf8')) : undefined
}

type Open = { path: string; mtime: string; values: ExportedValue[] }

function keysIn(xml: string): readonly ExportedKey[] {
  const keys: Open[] = []
  const open: Open[] = []
  let value: { name: string; type: string; items: string[]; data: ExportedValue['data'] } | undefined
  let text = ''
  for (const match of xml.matchAll(/<(\/?)(\w+)((?:\s+[\w-]+="[^"]*")*)\s*(\/?)>|([^<]+)/g)) {
    const [, close, element, attributes = '', empty, words] = match
    if (words !== undefined) {
      text = unescaped(words)
      continue
    }
    const attribute = (name: string) => {
      const found = new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1]
      return found === undefined ? undefined : unescaped(found)
    }
    const top = open.at(-1)
    if (element === 'node' && close === '') {
      const parent = top?.path
      const name = attribute('name') ?? ''
      const key = {
        path: parent === undefined ? '' : parent === '' ? name : `${parent}\\${name}`,
        mtime: '',
        values: [],
      }
      keys.push(key)
      if (empty === '') open.push(key)
    } else if (element === 'node') open.pop()
    else if (element === 'mtime' && close === '/' && top !== undefined) top.mtime = text
    else if (element === 'string') {
      if (close === '/') value?.items.push(text)
      else if (empty === '/') value?.items.push('')
    } else if (element === 'value' && close === '') {
      const told = attribute('value') ?? ''
      const data = attribute('encoding') === 'base64' ? { base64: told.replaceAll(/\s/g, '') } : told
      value = { name: attribute('key') ?? '', type: attribute('type') ?? '', items: [], data }
    }
    if (element === 'value' && (close === '/' || empty === '/') && value !== undefined) {
      const { name, type, items, data } = value
      top?.values.push({ name, type, data: type === 'string-list' ? items : data })
      value = undefined
    }
    text = ''
  }
  return keys
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(
    /&(?:#(x?)([\da-fA-F]+)|(\w+));/g,
    (whole, isHex: string, code: string | undefined, name: string) =>
      code === undefined
        ? (entities[name] ?? whole)
        : String.fromCodePoint(Number.parseInt(code, isHex === 'x' ? 16 : 10)),
  )
}
