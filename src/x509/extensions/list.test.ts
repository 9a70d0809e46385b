import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { extensionReaders } from './list.ts'

/** Files that are no reader: what several readers share, and the types. */
const shared = ['access-descriptions', 'distribution-points', 'index', 'list', 'reader', 'values']

const folder = new URL('.', import.meta.url)

describe('the list of extensions', () => {
  it('has every reader of the folder, and nothing else', () => {
    const fields = readdirSync(folder)
      .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts') && !shared.includes(file.slice(0, -3)))
      .map(file => /^ {2}field: '(\w+)',$/m.exec(readFileSync(new URL(file, folder), 'utf8'))?.[1] ?? file)
    expect(fields.toSorted()).toEqual(extensionReaders.map(reader => reader.field).toSorted())
  })

  it('has each identifier, name and field once', () => {
    for (const key of ['oid', 'name', 'field'] as const)
      expect(new Set(extensionReaders.map(reader => reader[key])).size).toBe(extensionReaders.length)
  })

  it('is in the order of the identifiers', () => {
    const arcs = extensionReaders.map(({ oid }) => oid.split('.').map(Number))
    expect(arcs.toSorted(compare)).toEqual(arcs)
  })
})

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((arc, i) => arc !== b[i])
  return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1)
}
