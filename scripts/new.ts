/**
 * Opens one of the doors through which Counterseal grows: creates the folder with everything in it that must be filled.
 *
 *   npm run new -- source <producer>-<log>       sources/<producer>-<log>/
 *   npm run new -- detection <family>/<name>     detections/<family>/<name>/
 *   npm run new -- pivot <name>                  src/pivots/attributes/<name>.ts
 *
 * Nothing that exists is overwritten. What is created is scripts/templates/<door>/ with {{producer}} and its like filled in.
 */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkout } from './prepare.mjs'

type Door = {
  /** The folder that holds all entries of this door. */
  readonly folder: string
  /** An entry is a folder of its own, or one file with this ending. */
  readonly file?: '.ts'
  /** How a name looks, and one for example. */
  readonly shape: { readonly pattern: RegExp; readonly example: string }
  readonly next: readonly string[]
}

const word = '[a-z0-9]+(?:-[a-z0-9]+)*'

export const doors: Readonly<Record<string, Door>> = {
  source: {
    folder: 'sources',
    shape: { pattern: new RegExp(`^[a-z0-9]+-${word}$`), example: 'zeek-ssl' },
    next: [
      'Put real lines, made harmless, into sample.ndjson (sample.log for zeek-tsv), and beside them lines that are wrong.',
      'Say in source.yaml how a record is recognised and how its fields are read.',
      'Write mapping.sql: one field of the dictionary per line.',
      'Run `UPDATE=1 npx vitest run test/doors/sources`, and read expected.ndjson line by line.',
      'Run `npm run gen` and `npm test -- doors`. CONTRIBUTING.md has a whole example.',
    ],
  },
  detection: {
    folder: 'detections',
    shape: { pattern: new RegExp(`^${word}/${word}$`), example: 'trust-store/root-added' },
    next: [
      'Fill in detection.yaml: what it claims, what else looks like it, what it cannot see.',
      'Write query.sql, and say in its header which key it reads by.',
      'Put what it must find into fires.ndjson and the near misses into quiet.ndjson.',
      'Run `npm run gen` and `npm test -- doors`. CONTRIBUTING.md has a whole example.',
    ],
  },
  pivot: {
    folder: 'src/pivots/attributes',
    file: '.ts',
    shape: { pattern: new RegExp(`^(?![0-9])${word}$`), example: 'subject-cn' },
    next: [
      'Say what two certificates share, how it is read from the facts, and how it misleads.',
      'Give it the reliability and the correlation group of its row in the specification (AN1972 §2.1).',
      'Put it into src/pivots/list.ts, the stronger first.',
      'Run `npx vitest run src/pivots/attributes`: one suite holds every attribute to the same promises.',
      'Count the frequencies of a store again: certificates that are read from now on have the new value.',
    ],
  },
}

/**
 * @returns the paths created, from `root`, sorted
 * @throws Error whose message tells the person what to type instead
 */
export function openDoor(root: string, doorName: string, name: string): readonly string[] {
  const door = Object.hasOwn(doors, doorName) ? doors[doorName] : undefined
  if (door === undefined) throw new Error(`There is no door "${doorName}". Doors: ${Object.keys(doors).join(', ')}.`)
  if (!door.shape.pattern.test(name)) {
    const rule = 'lower-case letters and digits, words joined by hyphens'
    throw new Error(`"${name}" is not a name for a ${doorName}: ${rule}, for example ${door.shape.example}.`)
  }
  const entry = `${door.folder}/${name}${door.file ?? ''}`
  if (existsSync(join(root, entry))) throw new Error(`${entry} is there already; nothing was changed.`)
  const templates = join(checkout, 'scripts', 'templates', doorName)
  const values: Readonly<Record<string, string>> = {
    producer: name.split('-')[0] ?? name,
    uuid: randomUUID(),
    attribute: name.replaceAll('-', '_'),
    constant: name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
  }
  return readdirSync(templates)
    .sort()
    .map(file => {
      // A template that is code ends in .txt, so that nobody compiles it.
      const path = door.file === undefined ? `${entry}/${file}` : entry
      const text = readFileSync(join(templates, file), 'utf8')
      mkdirSync(dirname(join(root, path)), { recursive: true })
      const filled = text.replaceAll(/\{\{(\w+)\}\}/g, (whole, key: string) => values[key] ?? whole)
      writeFileSync(join(root, path), filled, { flag: 'wx' })
      return path
    })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [doorName = '', name = '', ...rest] = process.argv.slice(2)
  try {
    if (name === '' || rest.length > 0) throw new Error('Usage: npm run new -- <source|detection|pivot> <name>')
    for (const path of openDoor(checkout, doorName, name)) console.log(`created ${path}`)
    console.log('\nNext:')
    for (const [at, step] of (doors[doorName]?.next ?? []).entries()) console.log(`  ${at + 1}. ${step}`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 2
  }
}
