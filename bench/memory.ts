import { readFileSync } from 'node:fs'

/** Peak of resident memory of this process so far, in MB of 10^6 bytes; 0 where /proc does not tell. */
export function peakMegabytes(): number {
  return megabytesOf('VmHWM')
}

/** Resident memory of this process now, likewise. */
export function residentMegabytes(): number {
  return megabytesOf('VmRSS')
}

function megabytesOf(name: string): number {
  try {
    const [, kibibytes] =
      new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    return (Number(kibibytes ?? 0) * 1024) / 1e6
  } catch {
    return 0 // not Linux: the table says 0
  }
}
