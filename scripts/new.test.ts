import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadDetection, loadDetections } from '../src/detect/index.ts'
import { loadSource } from '../src/mapping/index.ts'
import type { Pivot } from '../src/pivots/index.ts'
import { parseSqlFile } from '../src/store/clickhouse/sql-file.ts'
import { openDoor } from './new.ts'
import { checkout } from './prepare.mjs'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'counterseal-new-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a source gets its folder with all that must be filled in, and it loads under its own name', () => {
  const folder = 'sources/zeek-ssl'
  const files = ['expected.ndjson', 'mapping.sql', 'sample.ndjson', 'source.yaml'].map(file => `${folder}/${file}`)
  expect(openDoor(root, 'source', 'zeek-ssl')).toEqual(files)
  const { id, producer } = loadSource(join(root, folder))
  expect({ id, producer }).toEqual({ id: 'zeek-ssl', producer: 'zeek' })
})

test('a detection lies in its family, loads, and has a uuid of its own', () => {
  openDoor(root, 'detection', 'trust-store/root-added')
  openDoor(root, 'detection', 'trust-store/root-removed')
  const [added, removed] = loadDetections([join(root, 'detections')])
  expect([added?.id, removed?.id]).toEqual(['trust-store/root-added', 'trust-store/root-removed'])
  expect(added?.uuid).not.toBe(removed?.uuid)
})

test('the query of a new detection has a finished header', () => {
  openDoor(root, 'detection', 'trust-store/root-added')
  const { query } = loadDetection(join(root, 'detections/trust-store/root-added'))
  expect(parseSqlFile(query.name, query.text).params).toEqual(new Map([['except_known_clients', 'Array(String)']]))
})

test('a pivot attribute is one file, whose name in the store follows from that of the file', async () => {
  const path = 'src/pivots/attributes/extension-oid2.ts'
  expect(openDoor(root, 'pivot', 'extension-oid2')).toEqual([path])
  const text = readFileSync(join(root, path), 'utf8')
  expect(text).toContain('export const extensionOid2: Pivot = {')
  expect(text).toContain("name: 'extension_oid2',")
  expect(() => openDoor(root, 'pivot', 'extension-oid2')).toThrow(`${path} is there already; nothing was changed.`)
})

test('a new pivot attribute keeps the promises of all others as soon as it stands in the checkout', async () => {
  openDoor(root, 'pivot', 'made-up')
  const code = readFileSync(join(root, 'src/pivots/attributes/made-up.ts'), 'utf8')
  const here = code.replaceAll("from '../", `from '${join(checkout, 'src/pivots')}/`)
  writeFileSync(join(root, 'made-up.ts'), here)
  const { madeUp } = (await import(join(root, 'made-up.ts'))) as { madeUp: Pivot } // what the template exports
  expect(madeUp.extract(madeUp.example.facts)).toEqual(madeUp.example.values)
})

test('nothing that ships still says REPLACE', () => {
  for (const folder of ['sources', 'detections', 'src/pivots/attributes'])
    for (const file of readdirSync(join(checkout, folder), { recursive: true, withFileTypes: true }))
      if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toContain('REPLACE')
})

test('no placeholder is left in what is created', () => {
  for (const path of [
    ...openDoor(root, 'source', 'a-b'),
    ...openDoor(root, 'detection', 'a/b'),
    ...openDoor(root, 'pivot', 'a-b'),
  ])
    expect(readFileSync(join(root, path), 'utf8')).not.toContain('{{')
})

test('what is there already is not touched', () => {
  mkdirSync(join(root, 'sources/zeek-ssl'), { recursive: true })
  expect(() => openDoor(root, 'source', 'zeek-ssl')).toThrow('sources/zeek-ssl is there already; nothing was changed.')
  expect(readdirSync(join(root, 'sources/zeek-ssl'))).toEqual([])
})

test('a name that is not one is refused with an example, and creates nothing', () => {
  for (const name of ['', 'Zeek-ssl', 'zeek', 'zeek-', '-ssl', 'zeek--ssl', '../zeek-ssl', 'zeek-ssl/x', 'zeek_ssl-a'])
    expect(() => openDoor(root, 'source', name)).toThrow(/is not a name for a source: .*for example zeek-ssl/)
  for (const name of ['root-added', 'trust-store/', 'a/b/c', '../a/b', 'a/..'])
    expect(() => openDoor(root, 'detection', name)).toThrow('is not a name for a detection')
  for (const name of ['subject_cn', '2fa', 'Subject', 'a/b', '../a', 'a--b'])
    expect(() => openDoor(root, 'pivot', name)).toThrow('is not a name for a pivot')
  expect(readdirSync(root)).toEqual([])
})

test('an unknown door is refused with the doors there are', () => {
  expect(() => openDoor(root, 'plugin', 'a-b')).toThrow('There is no door "plugin". Doors: source, detection, pivot.')
  expect(() => openDoor(root, 'toString', 'a-b')).toThrow('There is no door "toString".')
})
