import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Starts a thread of ours. Node 20 cannot load TypeScript, and in a worker only code can teach it to. Compiled, this file
 * and the entry end in `.js`.
 *
 * @param entry the module it begins with, as it is called in the sources: `new URL('./name.ts', import.meta.url)`
 */
export function startThread(entry: URL, options: Pick<WorkerOptions, 'workerData'> = {}): Worker {
  const all = { ...options, execArgv: [] }
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(entry.href.replace(/\.ts$/, '.js')), all)
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const source = `import { register } from ${tsx}; register(); await import(${JSON.stringify(entry.href)})`
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), all)
}
