/** The checks that need no test runner, and how one is run. `npm run check` and `npm test` share them. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { checkout } from './prepare.mjs'

export type Step = {
  readonly name: string
  /** Arguments to this Node. */
  readonly args: readonly string[]
}

export type StepResult = {
  readonly name: string
  readonly ok: boolean
  readonly durationMs: number
  /** What it wrote to both streams, in order of arrival. */
  readonly output: string
}

const packageFile = (...parts: string[]): string => join('node_modules', ...parts)
const script = (...args: string[]): string[] => ['--import', 'tsx', ...args]

export const staticSteps: readonly Step[] = [
  { name: 'types', args: [packageFile('typescript', 'bin', 'tsc'), '-p', '.'] },
  { name: 'lint', args: [packageFile('@biomejs', 'biome', 'bin', 'biome'), 'check', '--colors=off'] },
  { name: 'rooms', args: script(join('scripts', 'check-rooms.ts')) },
  { name: 'generated', args: script(join('scripts', 'gen.ts'), '--check') },
]

export const buildStep: Step = { name: 'build', args: [join('scripts', 'build.mjs')] }

/** Runs one step in the checkout. Never rejects: a step that cannot start has failed, and says why. */
export function runStep(step: Step): Promise<StepResult> {
  const started = performance.now()
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    const child = spawn(process.execPath, step.args, { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] })
    const end = (ok: boolean, reason = ''): void => {
      const output = `${Buffer.concat(chunks)}${reason}`.trimEnd()
      resolve({ name: step.name, ok, durationMs: performance.now() - started, output })
    }
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', error => end(false, error.message))
    child.on('close', (code, signal) => end(code === 0, signal === null ? '' : `\nended by ${signal}`))
  })
}

/** `ok    types      1.2 s`, and below a failure everything it said. */
export function describeStep(result: StepResult): string {
  const seconds = `${(result.durationMs / 1000).toFixed(1)} s`
  const line = `${result.ok ? 'ok  ' : 'FAIL'}  ${result.name.padEnd(10)} ${seconds}`
  return result.ok ? line : `${line}\n${result.output}`
}
