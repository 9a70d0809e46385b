import { spawn, spawnSync } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const root = fileURLToPath(new URL('../', import.meta.url))

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

export type CliResult = {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  readonly records: readonly Record<string, unknown>[]
}

/** Runs the real program as a user would, from the root of the repository. `records`: stdout as JSON lines, where it is. */
export function counterseal(
  args: readonly string[],
  options: { readonly input?: string | Uint8Array; readonly cwd?: string; readonly env?: Record<string, string> } = {},
): CliResult {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), main, ...args],
    {
      cwd: options.cwd ?? root,
      encoding: 'utf8',
      maxBuffer: 256 << 20,
      env: { ...process.env, ...options.env },
      ...(options.input === undefined ? {} : { input: options.input }),
    },
  )
  return resultOf(args, { status, stdout, stderr })
}

/** The same while this process goes on: it serves what the program asks for. */
export async function countersealBeside(args: readonly string[]): Promise<CliResult> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main, ...args], { cwd: root })
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return resultOf(args, { status, stdout, stderr })
}

function resultOf(args: readonly string[], ran: Omit<CliResult, 'records'>): CliResult {
  const lines = ran.stdout.split('\n').filter(line => line.startsWith('{'))
  const records = args.includes('--json') ? lines.map(line => JSON.parse(line) as Record<string, unknown>) : []
  return { ...ran, records }
}

/** Whether the embedded engine is there; tests that need it are skipped with {@link noEngine} otherwise. */
export const engineInstalled = await import('chdb').then(
  () => true,
  () => false,
)

export const noEngine = 'the optional package chdb is not installed on this platform'
