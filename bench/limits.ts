import { mkdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a process and its children may use at most. */
export type Limits = {
  /** Memory with the page cache, in bytes. */
  readonly memoryBytes?: number
  /** Reading from the disk that holds a path, in bytes per second. */
  readonly read?: { readonly path: string; readonly bytesPerSecond: number }
}

export type Limited = { add(pid: number): void; remove(): void }

const groups = '/sys/fs/cgroup'

/**
 * Control groups (version 1, as root). Undefined where the machine has none: then the bench says that it was not
 * measured, rather than to pretend.
 */
export function limitedGroup(limits: Limits): Limited | undefined {
  const name = `counterseal-bench-${process.pid}`
  const made: string[] = []
  const make = (controller: string, file: string, value: string) => {
    const group = join(groups, controller, name)
    mkdirSync(group)
    made.push(group)
    writeFileSync(join(group, file), value)
  }
  try {
    if (limits.memoryBytes !== undefined) make('memory', 'memory.limit_in_bytes', String(limits.memoryBytes))
    if (limits.read !== undefined)
      make('blkio', 'blkio.throttle.read_bps_device', `${deviceOf(limits.read.path)} ${limits.read.bytesPerSecond}`)
  } catch {
    for (const group of made) rmdirSync(group)
    return undefined
  }
  return {
    add: pid => {
      for (const group of made) writeFileSync(join(group, 'cgroup.procs'), String(pid))
    },
    remove: () => {
      for (const group of made) rmdirSync(group)
    },
  }
}

/** Major and minor number of the whole disk: a partition cannot be throttled. */
function deviceOf(path: string): string {
  const { dev } = statSync(path)
  return `${(dev >> 8) & 0xfff}:${dev & 0xff}`
}

/** Forgets what the system has cached of files, so that reading means reading. False where that needs rights we lack. */
export function dropCaches(): boolean {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '1')
    return true
  } catch {
    return false
  }
}
