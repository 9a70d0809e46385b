import { expect, test } from 'vitest'
import { checkRooms, readSources } from './check-rooms.ts'
import { checkout } from './prepare.mjs'

/** `file:line: what`, for a house that holds just these files. */
function faults(files: Record<string, string>): string[] {
  return checkRooms(new Map(Object.entries(files))).map(({ file, line, what }) => `${file}:${line}: ${what}`)
}

const fault = (file: string, text: string): string | undefined => faults({ [file]: text }).join('\n')

test('an import up a floor is a fault, shown with file and line', () => {
  expect(fault('src/model/finding.ts', "import { z } from 'zod'\nimport { hunt } from '../ingest/index.ts'\n")).toBe(
    'src/model/finding.ts:2: goes up from model (floor 2) to ingest (floor 4)',
  )
})

test('a type-only import upward counts like any other', () => {
  const up = 'src/base/error.ts:1: goes up from base (floor 0) to model (floor 2)'
  expect(fault('src/base/error.ts', "import type { Finding } from '../model/index.ts'")).toBe(up)
  expect(fault('src/base/error.ts', "import { type Finding } from '../model/index.ts'")).toBe(up)
  expect(fault('src/base/error.ts', "type Finding = import('../model/index.ts').Finding")).toBe(up)
})

test('a re-export upward is a fault', () => {
  expect(fault('src/x509/index.ts', "\nexport { map } from '../mapping/index.ts'")).toMatch(/^src\/x509\/index.ts:2: /)
  expect(fault('src/x509/index.ts', "export * from '../mapping/index.ts'")).toContain('goes up from x509')
  expect(fault('src/x509/index.ts', "export * as all from '../mapping/index.ts'")).toContain('goes up from x509')
})

test('a dynamic import, a side-effect import and a require upward are faults', () => {
  expect(fault('src/ingest/read.ts', "const app = await import('../app.ts')")).toContain('goes up from ingest')
  expect(fault('src/ingest/read.ts', 'const app = await import(\n  /* later */ `../app.ts`,\n)')).toContain(
    ':2: goes up',
  )
  expect(fault('src/ingest/read.ts', "import '../app.ts'")).toContain('goes up from ingest')
  expect(fault('src/ingest/read.ts', "const app = require('../app.ts')")).toContain('goes up from ingest')
})

test('an import() whose path is computed is a fault, because nobody can check it', () => {
  expect(fault('src/ingest/read.ts', 'await import(name)')).toContain('cannot be checked')
  expect(fault('src/ingest/read.ts', "await import('../' + name)")).toContain('cannot be checked')
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text under test
  expect(fault('src/ingest/read.ts', 'await import(`../${name}/index.ts`)')).toContain('cannot be checked')
})

test('an import sideways is a fault', () => {
  expect(fault('src/evtx/read.ts', "import { der } from '../x509/index.ts'")).toBe(
    'src/evtx/read.ts:1: goes sideways from evtx to x509, both on floor 1',
  )
})

test('the two stores may not know each other', () => {
  expect(fault('src/store/postgres/a.ts', "import { open } from '../clickhouse/index.ts'")).toContain('goes sideways')
})

test('a room is entered by its front door', () => {
  expect(fault('src/model/finding.ts', "import { excerpt } from '../base/problem.ts'")).toBe(
    'src/model/finding.ts:1: reaches past the front door of base; import src/base/index.ts',
  )
  expect(fault('src/model/finding.ts', "import { excerpt } from '../base/index.ts'")).toBe('')
})

test('only app.ts knows the adapters', () => {
  const text = "import { openChdb } from './store/clickhouse/index.ts'"
  expect(fault('src/config.ts', text)).toContain('only src/app.ts may know an adapter')
  expect(fault('src/app.ts', text)).toBe('')
  expect(fault('src/ingest/run.ts', "import { openChdb } from '../store/clickhouse/index.ts'")).toContain(
    'only src/app',
  )
})

test('a quiet room opens no file, socket, process or timer', () => {
  expect(fault('src/x509/der.ts', "\n\nimport { readFileSync } from 'node:fs'")).toBe(
    'src/x509/der.ts:3: x509 is a quiet room (no files, network, processes, clock) and imports node:fs',
  )
  for (const loud of ['fs', 'node:fs/promises', 'node:net', 'node:http', 'node:https', 'node:child_process'])
    expect(fault('src/evtx/a.ts', `import type * as it from '${loud}'`)).toContain(`imports ${loud}`)
  for (const loud of ['node:worker_threads', 'node:dns', 'node:dns/promises', 'node:timers/promises'])
    expect(fault('src/evtx/a.ts', `export * from '${loud}'`)).toContain(`imports ${loud}`)
})

test('a quiet room reads no clock', () => {
  expect(fault('src/base/time.ts', 'const now = Date.now()')).toContain('uses Date.now')
  expect(fault('src/base/time.ts', '\nconst now = new Date()')).toContain('src/base/time.ts:2: ')
  expect(fault('src/base/time.ts', 'const now = new Date')).toContain('uses new Date')
  expect(fault('src/base/time.ts', 'const now = performance.now()')).toContain('uses performance.')
  expect(fault('src/base/time.ts', 'setTimeout(done, 10)')).toContain('uses setTimeout')
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text under test
  expect(fault('src/base/time.ts', 'const text = `now: ${Date.now()}`')).toContain('uses Date.now')
})

test('near misses in a quiet room pass', () => {
  const text = [
    "import { createHash } from 'node:crypto'",
    "import { z } from 'fs-like-package'",
    "// import { readFileSync } from 'node:fs'; Date.now()",
    "/* import '../app.ts' */",
    'const help = \'import "../cli/index.ts" and Date.now()\'',
    'const more = `new Date() \\` import(name) from "../app.ts"`',
    "const pattern = /['\"`]from 'node:fs'/",
    'const from = new Date(0), to = new Date(from), other = clock.Date.now()',
    'const half = from / 2, text = "a" / 3',
    'row.setTimeout(5); cache.fetch(key); const fetched = { performance: 1 }',
  ].join('\n')
  expect(fault('src/formats/pem.ts', text)).toBe('')
})

test('a misread quote does not hide the import after it', () => {
  const text = "if (line) /'/.test(line)\nconst a = b++ / c\nimport { app } from '../app.ts'\n"
  expect(fault('src/ingest/read.ts', text)).toContain('src/ingest/read.ts:3: goes up')
})

test('a room above may import all below, and the composition root is one room', () => {
  expect(fault('src/cli/main.ts', "import { open } from '../app.ts'\nimport { x } from '../base/index.ts'")).toBe('')
  expect(fault('src/app.ts', "import { settings } from './config.ts'")).toBe('')
  expect(fault('src/cli/main.ts', "import { serve } from '../server/index.ts'")).toContain('goes sideways')
})

test('a test may look sideways and behind doors and read files, but not up', () => {
  const text =
    "import { readFileSync } from 'node:fs'\nimport { der } from '../x509/der.ts'\nimport '../../test/tmp.ts'"
  expect(fault('src/evtx/read.test.ts', text)).toBe('')
  expect(fault('src/evtx/read.ts', "import '../../test/tmp.ts'")).toContain('lies outside src')
  expect(fault('src/store/clickhouse/a.test.ts', "import { c } from '../../model/event-store.contract.ts'")).toBe('')
  expect(fault('src/model/event-store.contract.ts', "import { c } from '../store/clickhouse/chdb.ts'")).toContain('up')
})

test('a room that is not in the plan is named with the place to add it', () => {
  const missing = 'has no floor; give it one in `floors` in scripts/check-rooms.ts'
  expect(fault('src/utils/misc.ts', '')).toBe(`src/utils/misc.ts:1: the room utils ${missing}`)
  expect(fault('src/cli/main.ts', "import { x } from '../utils/index.ts'")).toContain(`utils ${missing}`)
})

test('the reader finds this house, and knows each of its rooms', () => {
  const sources = readSources(checkout)
  expect(sources.has('src/base/error.ts')).toBe(true)
  expect(checkRooms(sources).filter(({ what }) => what.includes('has no floor'))).toEqual([])
})
