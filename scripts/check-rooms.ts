/**
 * Checks that src is built as planned: imports go downstairs, through front doors, and quiet rooms stay quiet.
 *
 *   npx tsx scripts/check-rooms.ts        (part of `npm run check`)
 *
 * Prints `file:line: what is wrong` for each place and exits 1. Type-only imports count like any other.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { lineAt, scanModule } from './imports.ts'
import { checkout } from './prepare.mjs'

/** The floor plan: each room under src, or file standing alone in it, and its floor. Imports go from high to low. */
const floors: Readonly<Record<string, number>> = {
  base: 0,
  x509: 1,
  merkle: 1,
  hostname: 1,
  evtx: 1,
  registry: 1,
  formats: 1,
  threads: 1,
  network: 1,
  authenticode: 2,
  model: 2,
  definitions: 2,
  mapping: 3,
  rules: 3,
  ct: 3,
  inputs: 3,
  'store/clickhouse': 3,
  'store/postgres': 3,
  pivots: 3,
  correlate: 3,
  corroborate: 3,
  exports: 3,
  wire: 3,
  baseline: 4,
  ingest: 4,
  detect: 4,
  sandbox: 4,
  search: 4,
  telemetry: 4,
  trust: 4,
  canary: 4,
  checklist: 4,
  contain: 4,
  triage: 4,
  issuance: 4,
  investigate: 4,
  review: 4,
  validate: 4,
  upkeep: 4,
  desk: 4,
  // The composition root: one room in two files, so app.ts may read config.ts.
  'app.ts': 5,
  'config.ts': 5,
  cli: 6,
  server: 6,
}

/** Bytes in, values out. Their tests may read files. */
const quietRooms: ReadonlySet<string> = new Set([
  'base',
  'x509',
  'merkle',
  'hostname',
  'evtx',
  'registry',
  'formats',
  'authenticode',
])

const loudModules =
  /^(?:node:)?(?:fs|net|tls|dgram|http|https|http2|child_process|cluster|worker_threads|dns|timers|perf_hooks|readline|os|process|console)(?:\/|$)/

/** Loud without an import. `new Date(value)` is a conversion; without an argument it reads the clock. */
const loudCode =
  /(?<![.\w$])(?:Date\.now\b|new\s+Date\b(?!\s*\(\s*[^\s)])|performance\.|process\.(?:env|argv|cwd|exit|hrtime|uptime|std(?:in|out|err))\b|setTimeout\b|setInterval\b|setImmediate\b|fetch\s*\(|console\.)/g

export type Violation = { readonly file: string; readonly line: number; readonly what: string }

/**
 * @param files text by path, `src/room/file.ts`, with `/`
 * @returns in the order of the files, then of the lines
 */
export function checkRooms(files: ReadonlyMap<string, string>): readonly Violation[] {
  return [...files].flatMap(([file, text]) => checkFile(file, text).sort((a, b) => a.line - b.line))
}

function checkFile(file: string, text: string): Violation[] {
  const room = roomOf(file)
  const floor = floors[room]
  if (floor === undefined) {
    const what = `the room ${room} has no floor; give it one in \`floors\` in scripts/check-rooms.ts`
    return [{ file, line: 1, what }]
  }
  const isTest = /\.(?:test|contract)\.ts$/.test(file)
  const { imports, code } = scanModule(text)
  const violations: Violation[] = []
  for (const { specifier, line } of imports) {
    const what =
      specifier === undefined
        ? 'the path of this import() is computed, so it cannot be checked; write it out'
        : specifier.startsWith('.')
          ? faultOf(file, room, floor, isTest, specifier)
          : quietRooms.has(room) && !isTest && loudModules.test(specifier)
            ? `${room} is a quiet room (no files, network, processes, clock) and imports ${specifier}`
            : undefined
    if (what !== undefined) violations.push({ file, line, what })
  }
  if (quietRooms.has(room) && !isTest) {
    for (const match of code.matchAll(loudCode)) {
      const what = `${room} is a quiet room (no files, network, processes, clock) and uses ${match[0].trim()}`
      violations.push({ file, line: lineAt(text, match.index), what })
    }
  }
  return violations
}

/** What is wrong with importing `specifier` from `file`. A test may look sideways and behind front doors, never up. */
function faultOf(file: string, room: string, floor: number, isTest: boolean, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(file), specifier)
  if (!target.startsWith('src/')) return isTest ? undefined : `${specifier} lies outside src`
  const targetRoom = roomOf(target)
  const targetFloor = floors[targetRoom]
  if (targetRoom === room) return undefined
  if (targetFloor === undefined)
    return `${targetRoom} has no floor; give it one in \`floors\` in scripts/check-rooms.ts`
  if (targetFloor > floor) return `goes up from ${room} (floor ${floor}) to ${targetRoom} (floor ${targetFloor})`
  if (isTest || (isCompositionRoot(room) && isCompositionRoot(targetRoom))) return undefined
  if (targetFloor === floor) return `goes sideways from ${room} to ${targetRoom}, both on floor ${floor}`
  if (targetRoom.startsWith('store/') && room !== 'app.ts') return `only src/app.ts may know an adapter, ${targetRoom}`
  const door = isCompositionRoot(targetRoom) ? `src/${targetRoom}` : `src/${targetRoom}/index.ts`
  return target === door ? undefined : `reaches past the front door of ${targetRoom}; import ${door}`
}

function isCompositionRoot(room: string): boolean {
  return room === 'app.ts' || room === 'config.ts'
}

/** `src/x509/der.ts` → `x509`; `src/store/clickhouse/param.ts` → `store/clickhouse`; `src/app.ts` → `app.ts`. */
function roomOf(path: string): string {
  const [, first = '', second = '', ...deeper] = path.split('/')
  // Tests of the composition root stand beside it.
  if (second === '') return first.replace(/\.(?:test|contract)\.ts$/, '.ts')
  return first === 'store' && deeper.length > 0 ? `store/${second}` : first
}

/** Every .ts file under `root`/src. */
export function readSources(root: string): Map<string, string> {
  const entries = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  const paths = entries
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => join(entry.parentPath, entry.name))
  return new Map(paths.sort().map(path => [relative(root, path).replaceAll(sep, '/'), readFileSync(path, 'utf8')]))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const violations = checkRooms(readSources(checkout))
  for (const { file, line, what } of violations) console.log(`${file}:${line}: ${what}`)
  if (violations.length > 0) process.exitCode = 1
}
