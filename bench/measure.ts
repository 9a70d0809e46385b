import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Job, Run } from './roads.ts'

export type Measured = Run & {
  /** 1-minute load average when it began. */
  readonly load: number
  readonly peakMegabytes: number
}

const checkout = fileURLToPath(new URL('..', import.meta.url))

/** Runs a job in a process of its own. */
export async function measure(job: Job): Promise<Measured> {
  mkdirSync(job.scratch, { recursive: true })
  const file = join(job.scratch, 'job.json')
  writeFileSync(file, JSON.stringify(job))
  const { output } = await node(['--import', 'tsx', join('bench', 'child.ts'), file])
  return JSON.parse(output) as Measured // what child.ts has printed
}

export type Command = {
  readonly seconds: number
  readonly load: number
  readonly peakMegabytes: number
  readonly exitCode: number
}

/** Runs the built command line and waits for its end. Its output is thrown away. */
export async function measureCommand(scratch: string, args: readonly string[]): Promise<Command> {
  mkdirSync(scratch, { recursive: true })
  const peak = join(scratch, 'peak')
  const hook = `import { writeFileSync } from 'node:fs'; import { peakMegabytes } from ${JSON.stringify(new URL('memory.ts', import.meta.url).href)}; process.on('exit', () => writeFileSync(${JSON.stringify(peak)}, String(peakMegabytes())))`
  writeFileSync(join(scratch, 'hook.mjs'), hook)
  const [load = 0] = loadavg()
  const started = performance.now()
  const { exitCode } = await node(['--import', 'tsx', '--import', join(scratch, 'hook.mjs'), ...args], [0, 1])
  const seconds = (performance.now() - started) / 1000
  const peakMegabytes = Number(readFileSync(peak, 'utf8'))
  rmSync(peak)
  return { seconds, load, peakMegabytes, exitCode }
}

function node(
  args: readonly string[],
  good: readonly number[] = [0],
): Promise<{ readonly output: string; readonly exitCode: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] })
    const [output, complaints]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (piece: Buffer) => output.push(piece))
    child.stderr.on('data', (piece: Buffer) => complaints.push(piece))
    child.on('error', reject)
    child.on('close', code => {
      if (code !== null && good.includes(code))
        resolve({ output: Buffer.concat(output).toString('utf8'), exitCode: code })
      else
        reject(new Error(`node ${args.join(' ')} ended with ${code}:\n${Buffer.concat(complaints).toString('utf8')}`))
    })
  })
}

/** The middle of an odd number of values, the lower middle of an even one. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN
}
