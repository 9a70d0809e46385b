import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CountersealError, excerpt } from '../base/index.ts'

/**
 * Restores a backup into embedded stores in a temporary directory beside it, which compares every table, and removes
 * them again. In a process of its own: the embedded engine opens one directory per process.
 * Throws `backup/damaged` with what the other process said.
 */
export async function restoreElsewhere(directory: string, signal: AbortSignal): Promise<void> {
  const data = await mkdtemp(`${directory}.verify-`)
  const [script = ''] = process.argv.slice(1)
  const args = [...process.execArgv, script, 'store', 'restore', directory, '--data', join(data, 'data')]
  try {
    const { code, said } = await run(args, signal)
    if (signal.aborted)
      throw new CountersealError('work/aborted', {
        message: `The backup ${directory} is whole; comparing it was stopped.`,
      })
    if (code !== 0)
      throw new CountersealError('backup/damaged', {
        message: `The backup ${directory} was written, and could not be restored: ${excerpt(said, 1000)}`,
        remedy: 'Keep the last backup that was verified, free space if that is missing, and back up again.',
      })
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}

/** Servers named in the environment are for the stores, not for the trial: it goes into embedded ones. */
function withoutServers(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('COUNTERSEAL_')))
}

function run(
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly code: number | null; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      env: withoutServers(process.env),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    const stop = () => void child.kill('SIGTERM')
    signal.addEventListener('abort', stop, { once: true })
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      said = (said + piece).slice(-4000)
    })
    child.on('error', reject)
    child.on('close', code => {
      signal.removeEventListener('abort', stop)
      resolve({ code, said: said.trim() })
    })
  })
}
