import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, ensureInstalled, requireNode } from './prepare.mjs'

let root: string
let said: string[]
const say = (line: string): void => void said.push(line)

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

function lockOf(...packages: readonly (readonly [name: string, version: string, optional?: boolean])[]): string {
  const entries = packages.map(([name, version, optional = false]) => [`node_modules/${name}`, { version, optional }])
  return JSON.stringify({ packages: { '': { name: 'house' }, ...Object.fromEntries(entries) } })
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'counterseal-prepare-'))
  said = []
  write('package.json', JSON.stringify({ engines: { node: '>=20.19' } }))
  write('package-lock.json', lockOf(['zod', '4.0.0']))
  write('tsconfig.json', '{}')
  write('tsconfig.build.json', '{}')
  write('src/cli/main.ts', 'export {}\n')
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('Node', () => {
  test('the oldest supported version and all newer ones pass', () => {
    for (const version of ['20.19.0', '20.20.2', '22.0.0', '100.1.0'])
      expect(() => requireNode(root, version)).not.toThrow()
  })

  test('an older version is refused with both versions named', () => {
    expect(() => requireNode(root, '20.18.3')).toThrow(/needs Node\.js 20\.19 or newer; this is 20\.18\.3/)
    expect(() => requireNode(root, '18.20.0')).toThrow(/this is 18\.20\.0/)
  })
})

describe('installing', () => {
  let installs = 0
  /** What npm does, as far as anyone can see it afterwards. */
  const install = (): void => {
    installs++
    rmSync(join(root, 'node_modules'), { recursive: true, force: true })
    write('node_modules/.package-lock.json', read('package-lock.json'))
  }
  beforeEach(() => {
    installs = 0
  })

  test('a fresh clone is installed once', () => {
    expect(ensureInstalled({ root, say, install })).toBe(true)
    expect(ensureInstalled({ root, say, install })).toBe(false)
    expect(installs).toBe(1)
  })

  test('a changed lock file is installed again', () => {
    ensureInstalled({ root, say, install })
    write('package-lock.json', lockOf(['zod', '4.0.1']))
    expect(ensureInstalled({ root, say, install })).toBe(true)
    expect(installs).toBe(2)
  })

  test('a removed node_modules is installed again', () => {
    ensureInstalled({ root, say, install })
    rmSync(join(root, 'node_modules'), { recursive: true })
    expect(ensureInstalled({ root, say, install })).toBe(true)
  })

  test('an install that fails is not recorded, whatever it left behind', () => {
    const failing = (): void => {
      write('node_modules/zod/package.json', '{}')
      throw new Error('no network')
    }
    expect(() => ensureInstalled({ root, say, install: failing })).toThrow('no network')
    expect(ensureInstalled({ root, say, install })).toBe(true)
  })

  test('an install that fails over a good one does not leave the old record standing', () => {
    ensureInstalled({ root, say, install })
    const before = read('package-lock.json')
    write('package-lock.json', lockOf(['zod', '4.0.1']))
    const failing = (): void => {
      rmSync(join(root, 'node_modules/.package-lock.json'))
      throw new Error('killed')
    }
    expect(() => ensureInstalled({ root, say, install: failing })).toThrow('killed')
    write('package-lock.json', before)
    expect(ensureInstalled({ root, say, install })).toBe(true)
  })

  test("a developer's own npm install is taken as it is when it holds what is locked", () => {
    write('package-lock.json', lockOf(['zod', '4.0.0'], ['chdb', '3.4.0', true]))
    write('node_modules/.package-lock.json', lockOf(['zod', '4.0.0'], ['extra', '1.0.0']))
    expect(ensureInstalled({ root, say, install })).toBe(false)
    expect(installs).toBe(0)
  })

  test('a node_modules that lacks a locked package, or has another version of it, is installed again', () => {
    write('node_modules/.package-lock.json', lockOf(['yaml', '2.9.0']))
    expect(ensureInstalled({ root, say, install })).toBe(true)
    rmSync(join(root, 'node_modules/.counterseal-install'))
    write('node_modules/.package-lock.json', lockOf(['zod', '3.9.0']))
    expect(ensureInstalled({ root, say, install })).toBe(true)
  })

  test('an optional package without a build for this platform is named', () => {
    const packages = {
      '': { optionalDependencies: { chdb: '3.4.0', pglite: '0.5.0', absent: '1.0.0' } },
      'node_modules/chdb': { optional: true, optionalDependencies: { '@chdb/lib-plan9': '1.0.0' } },
      'node_modules/@chdb/lib-plan9': { optional: true },
      'node_modules/pglite': { optional: true },
      'node_modules/absent': { optional: true },
    }
    write('package-lock.json', JSON.stringify({ packages }))
    const installSome = (): void => {
      write('node_modules/chdb/package.json', '{}')
      write('node_modules/pglite/package.json', '{}')
    }
    ensureInstalled({ root, say, install: installSome })
    const notes = said.filter(line => line.startsWith('The optional package '))
    expect(notes.map(line => line.split(' ')[3])).toEqual(['chdb', 'absent'])
  })

  test('a missing lock file is named', () => {
    rmSync(join(root, 'package-lock.json'))
    expect(() => ensureInstalled({ root, say, install })).toThrow(/package-lock\.json is missing/)
  })
})

describe('building', () => {
  let builds = 0
  const compile = (_root: string, outDir: string): void => {
    builds++
    mkdirSync(join(outDir, 'cli'), { recursive: true })
    writeFileSync(join(outDir, 'cli', 'main.js'), read('src/cli/main.ts'))
  }
  const leftovers = (): string[] => readdirSync(root).filter(name => name.startsWith('.dist-'))
  beforeEach(() => {
    builds = 0
  })

  test('unchanged sources are built once, whatever their times say', () => {
    expect(ensureBuilt({ root, say, compile })).toBe(true)
    utimesSync(join(root, 'src/cli/main.ts'), new Date(0), new Date(4e12))
    expect(ensureBuilt({ root, say, compile })).toBe(false)
    expect(builds).toBe(1)
    expect(leftovers()).toEqual([])
  })

  test('a changed, added, renamed or removed source is built again', () => {
    const again = (): boolean => ensureBuilt({ root, say, compile })
    again()
    write('src/cli/main.ts', 'export const a = 1\n')
    expect(again()).toBe(true)
    write('src/cli/help.ts', '')
    expect(again()).toBe(true)
    rmSync(join(root, 'src/cli/help.ts'))
    write('src/cli/helper.ts', '')
    expect(again()).toBe(true)
    rmSync(join(root, 'src/cli/helper.ts'))
    expect(again()).toBe(true)
    expect(again()).toBe(false)
    write('tsconfig.json', '{"compilerOptions":{}}')
    expect(again()).toBe(true)
  })

  test('a changed test is not built again', () => {
    ensureBuilt({ root, say, compile })
    write('src/cli/main.test.ts', 'export {}\n')
    write('src/cli/main.contract.ts', 'export {}\n')
    expect(ensureBuilt({ root, say, compile })).toBe(false)
  })

  test('what is not TypeScript is copied to the same place', () => {
    write('src/store/clickhouse/queries/by_key.sql', 'SELECT 1\n')
    write('src/model/attack.json', '{}\n')
    ensureBuilt({ root, say, compile })
    expect(read('dist/store/clickhouse/queries/by_key.sql')).toBe('SELECT 1\n')
    expect(read('dist/model/attack.json')).toBe('{}\n')
    expect(existsSync(join(root, 'dist/cli/main.ts'))).toBe(false)
  })

  test('a file removed from src is gone from dist', () => {
    write('src/model/old.sql', 'SELECT 1\n')
    ensureBuilt({ root, say, compile })
    rmSync(join(root, 'src/model/old.sql'))
    ensureBuilt({ root, say, compile })
    expect(existsSync(join(root, 'dist/model/old.sql'))).toBe(false)
  })

  test('a build that fails leaves the old one, and is tried again', () => {
    ensureBuilt({ root, say, compile })
    const old = read('dist/cli/main.js')
    write('src/cli/main.ts', 'export const a: = 1\n')
    const failing = (_root: string, outDir: string): void => {
      writeFileSync(join(outDir, 'half.js'), '')
      throw new Error('does not compile')
    }
    expect(() => ensureBuilt({ root, say, compile: failing })).toThrow('does not compile')
    expect(read('dist/cli/main.js')).toBe(old)
    expect(leftovers()).toEqual([])
    expect(ensureBuilt({ root, say, compile })).toBe(true)
  })

  test('what a killed build left behind is swept away, and never taken for a build', () => {
    // No process has this number: it is above the largest that Linux gives out.
    write('.dist-99999999/cli/main.js', 'half')
    write('.dist-99999999-old/cli/main.js', 'old')
    expect(ensureBuilt({ root, say, compile })).toBe(true)
    expect(leftovers()).toEqual([])
  })

  test('a dist without its hash is no build', () => {
    write('dist/cli/main.js', 'half')
    expect(ensureBuilt({ root, say, compile })).toBe(true)
    expect(read('dist/cli/main.js')).toBe('export {}\n')
  })
})
