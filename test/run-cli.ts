import { spawnSync } from 'node:child_process'
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
  const lines = stdout.split('\n').filter(line => line.startsWith('{'))
  return {
    status,
    stdout,
    stderr,
    records: args.includes('--json') ? lines.map(line => JSON.parse(line) as Record<string, unknown>) : [],
  }
}

/** Whether the embedded engine is there; tests that need it are skipped with {@link noEngine} otherwise. */
export const engineInstalled = await import('chdb').then(
  () => true,
  () => false,
)

export const noEngine = 'the optional package chdb is not installed on this platform'
