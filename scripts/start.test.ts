import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkout, ensureBuilt, ensureInstalled } from './prepare.mjs'

/** A checkout that is installed and built, whose CLI says how it was called and exits 42. */
let root: string

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'counterseal-start-')))
  write('package.json', JSON.stringify({ type: 'module', engines: { node: '>=20.19' } }))
  write('package-lock.json', JSON.stringify({ packages: {} }))
  write('tsconfig.json', '{}')
  write('tsconfig.build.json', '{}')
  write('src/cli/main.ts', '')
  mkdirSync(join(root, 'scripts'))
  mkdirSync(join(root, 'case', 'one'), { recursive: true })
  for (const file of ['start.mjs', 'prepare.mjs'])
    copyFileSync(join(checkout, 'scripts', file), join(root, 'scripts', file))
  const say = (): void => undefined
  ensureInstalled({ root, say, install: () => undefined })
  const cli = 'console.log(JSON.stringify([process.cwd(), ...process.argv.slice(1)])); process.exitCode = 42'
  const compile = (_root: string, outDir: string): void => {
    mkdirSync(join(outDir, 'cli'))
    writeFileSync(join(outDir, 'cli', 'main.js'), cli)
  }
  ensureBuilt({ root, say, compile })
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** What the CLI was given, below its own path, when the command is typed in `at`. */
function start(at: string, ...args: readonly string[]): { cwd: string; args: string[]; status: number | null } {
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'scripts', 'start.mjs'), ...args], {
    cwd: root,
    env: { ...process.env, INIT_CWD: join(root, at) },
    encoding: 'utf8',
  })
  const [cwd = '', main, ...rest] = JSON.parse(stdout) as string[]
  expect(main).toBe(join(root, 'dist', 'cli', 'main.js'))
  return { cwd, args: rest, status }
}

test('without a path it hunts through the examples, and the exit code is the CLI’s own', () => {
  expect(start('.')).toEqual({ cwd: root, args: ['hunt', 'examples/'], status: 42 })
})

test('paths are those of the directory where the command was typed', () => {
  expect(start('case', 'one')).toMatchObject({ cwd: join(root, 'case'), args: ['hunt', 'one'] })
  expect(start('case')).toMatchObject({ cwd: join(root, 'case'), args: ['hunt', '../examples/'] })
})

test('options are passed on, and their values are not taken for paths', () => {
  expect(start('.', 'case', '--json').args).toEqual(['hunt', 'case', '--json'])
  expect(start('.', '--json').args).toEqual(['hunt', 'examples/', '--json'])
  expect(start('.', '--fail-on', 'alert').args).toEqual(['hunt', 'examples/', '--fail-on', 'alert'])
  expect(start('.', '--fail-on', 'alert', 'case').args).toEqual(['hunt', '--fail-on', 'alert', 'case'])
  expect(start('.', '--data=here').args).toEqual(['hunt', 'examples/', '--data=here'])
})

test('a dash means standard input, not the examples', () => {
  expect(start('.', '-').args).toEqual(['hunt', '-'])
})
