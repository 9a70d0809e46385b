/**
 * Brings a checkout to where Counterseal can run: the right Node, the locked packages, a finished build.
 * Used by start.mjs, test.mjs and build.mjs. Node built-ins only: nothing is installed when this begins.
 * Says what it does on stderr, so that stdout stays the tool's own. Each step costs milliseconds when nothing changed.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout these scripts lie in. */
export const checkout = dirname(dirname(fileURLToPath(import.meta.url)))

/** What a process exits with when it could not be brought up; `unreadable` in src/base/error.ts. */
const exitUnprepared = 3

/** Something the person at the keyboard can mend; shown without a stack trace. */
class Unprepared extends Error {}

/** Runs `work`; what cannot be prepared ends the process with its message alone, a defect keeps its stack. */
export function orExit(work) {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Unprepared)) throw error
    toStderr(error.message)
    process.exit(exitUnprepared)
  }
}

/** Throws unless `version` is at least the `engines.node` of package.json. */
export function requireNode(root = checkout, version = process.versions.node) {
  const wanted = readJson(join(root, 'package.json')).engines.node.replace('>=', '')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number)
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return
  throw new Unprepared(`Counterseal needs Node.js ${wanted} or newer; this is ${version} (${process.execPath}).`)
}

/**
 * Installs the locked packages unless they are there. Returns whether it installed.
 * The record lies inside node_modules and goes first, so an interrupted install never looks finished.
 */
export function ensureInstalled({ root = checkout, install = npmCi, say = toStderr } = {}) {
  const modules = join(root, 'node_modules')
  const record = join(modules, '.counterseal-install')
  const wanted = installationOf(root)
  if (readText(record) === wanted) return false
  // A developer's own `npm install` may have done the work already.
  const isDone = holdsWhatIsLocked(root)
  if (!isDone) {
    say('Installing the locked packages (once; the event store alone is about 540 MB on disk)…')
    rmSync(record, { force: true })
    install(root)
    for (const name of absentOptional(root)) {
      say(
        `The optional package ${name} is not there: no build for ${process.platform}-${process.arch}, or not fetched.`,
      )
    }
  }
  mkdirSync(modules, { recursive: true })
  writeFileSync(record, wanted)
  return !isDone
}

/**
 * Builds src into dist unless dist was built from these very bytes. Returns whether it built.
 * By content and not by time: a fresh clone has no meaningful times. The build grows beside dist and is renamed into
 * place with its hash inside, so an interrupted build never looks finished.
 */
export function ensureBuilt({ root = checkout, compile = tsc, say = toStderr } = {}) {
  const dist = join(root, 'dist')
  const sources = buildInputs(root)
  const hash = hashOf(root, sources)
  if (readText(join(dist, '.build-hash')) === hash) return false
  say('Building…')
  for (const left of readdirSync(root).filter(name => name.startsWith('.dist-'))) {
    const builder = Number(left.split('-')[1])
    if (builder === process.pid || !isRunning(builder)) rmSync(join(root, left), { recursive: true, force: true })
  }
  const growing = join(root, `.dist-${process.pid}`)
  const old = `${growing}-old`
  mkdirSync(growing)
  // Until it is renamed, no tool that honours .gitignore (git, the linter) looks in.
  writeFileSync(join(growing, '.gitignore'), '*\n')
  try {
    compile(root, growing)
    for (const path of sources.filter(path => path.startsWith('src/') && !path.endsWith('.ts'))) {
      const target = join(growing, path.slice('src/'.length))
      mkdirSync(dirname(target), { recursive: true })
      copyFileSync(join(root, path), target)
    }
    writeFileSync(join(growing, '.build-hash'), hash)
    rmSync(join(growing, '.gitignore'))
    // A rename cannot replace a full directory, so the old one steps aside; between the two there is no dist at all.
    if (existsSync(dist)) renameSync(dist, old)
    renameSync(growing, dist)
  } catch (error) {
    // Another process may have finished the same build first.
    if (readText(join(dist, '.build-hash')) !== hash) throw error
  } finally {
    for (const left of [growing, old]) rmSync(left, { recursive: true, force: true })
  }
  return true
}

function tsc(root, outDir) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const args = [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', outDir]
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status === 0) return
  throw new Unprepared(`The build failed: ${error?.message ?? 'the compiler lists the reasons above'}.`)
}

/**
 * No install script runs: none of our packages needs one (chdb's does nothing, esbuild's only replaces a launcher), and
 * what never runs cannot harm. Development packages are asked for by name because NODE_ENV=production drops them.
 */
function npmCi(root) {
  const args = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = process.env.npm_execpath ?? ''
  const options = { cwd: root, stdio: ['ignore', 2, 2] }
  const { status, error } =
    basename(npm) === 'npm-cli.js'
      ? spawnSync(process.execPath, [npm, ...args], options)
      : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
  if (status === 0) return
  const reason = error?.message ?? `npm ended with ${status ?? 'a signal'}; its own words are above`
  throw new Unprepared(
    `Installing the packages failed: ${reason}.\n` +
      'Check the network and the npm registry setting (npm config get registry), then run the same command again.',
  )
}

/** One line that changes when another installation is wanted: the lock file's bytes, and what native packages are for. */
function installationOf(root) {
  const lock = join(root, 'package-lock.json')
  if (!existsSync(lock)) throw new Unprepared(`${lock} is missing; restore it from the repository.`)
  return `${hashOf(root, ['package-lock.json'])} ${process.platform}-${process.arch}\n`
}

/** True when npm's own record of node_modules, written only when an install ends well, agrees with the lock file. */
function holdsWhatIsLocked(root) {
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages
  if (installed === undefined) return false
  return Object.entries(readJson(join(root, 'package-lock.json')).packages).every(([place, wanted]) => {
    if (place === '') return true
    const found = installed[place]
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true
    return found.version === wanted.version && found.integrity === wanted.integrity
  })
}

/** Our optional packages that are not there, or whose every build for a platform is not there. */
function absentOptional(root) {
  const packages = readJson(join(root, 'package-lock.json')).packages
  const isThere = name => existsSync(join(root, 'node_modules', name))
  return Object.keys(packages['']?.optionalDependencies ?? {}).filter(name => {
    const builds = Object.keys(packages[`node_modules/${name}`]?.optionalDependencies ?? {})
    return !isThere(name) || (builds.length > 0 && !builds.some(isThere))
  })
}

/** Everything a build is made of, as sorted paths with `/`. Tests are not built. */
function buildInputs(root) {
  const inSrc = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter(path => !path.endsWith('.test.ts') && !path.endsWith('.contract.ts'))
  return [...inSrc.sort(), 'package-lock.json', 'tsconfig.build.json', 'tsconfig.json']
}

/** SHA-256 over name, length and bytes of each file, so that moving a byte between two files is seen. */
function hashOf(root, paths) {
  const hash = createHash('sha256')
  for (const path of paths) {
    const bytes = readFileSync(join(root, path))
    hash.update(`${path}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function readText(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function readJson(path) {
  const text = readText(path)
  return text === undefined ? undefined : JSON.parse(text)
}

function toStderr(line) {
  process.stderr.write(`${line}\n`)
}
