import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { assert } from '../../base/index.ts'

/**
 * Lines put aside on the disk, written once and then read once. PGlite has one connection: a transaction that waited for
 * whoever reads a copy would keep everything else waiting. So a copy is first put aside here, in one go.
 *
 * The file loses its name as soon as it is open: nobody else can read it, and the system takes it away with its process,
 * `kill -9` included.
 */
export type Spool = {
  /** Without line feeds in them. Throws what the file system says. */
  readonly add: (lines: readonly string[]) => void
  /** The next lines, 256 KiB of them and at least one; empty at the end. */
  readonly page: () => readonly string[]
  readonly close: () => void
}

const readBytes = 256 * 1024

export function openSpool(directory: string): Spool {
  const path = join(directory, `copy-${randomBytes(8).toString('hex')}.spool`)
  const file = openSync(path, 'wx+', 0o600)
  rmSync(path)
  let written = 0
  let read = 0

  /** The bytes from `read` to the end of the last whole line within `length`, or undefined when a line is longer. */
  const wholeLines = (length: number): Buffer | undefined => {
    const bytes = Buffer.allocUnsafe(Math.min(length, written - read))
    let filled = 0
    while (filled < bytes.length) filled += readSync(file, bytes, filled, bytes.length - filled, read + filled)
    const end = bytes.lastIndexOf(0x0a) + 1
    return end === 0 ? undefined : bytes.subarray(0, end)
  }
  return {
    add: lines => {
      for (const line of lines) assert(!line.includes('\n'), 'a line put aside has a line feed in it')
      const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''))
      let done = 0
      while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done, written + done)
      written += bytes.length
    },
    page: () => {
      if (read === written) return []
      let length = readBytes
      let bytes = wholeLines(length)
      while (bytes === undefined) {
        length *= 2
        bytes = wholeLines(length)
      }
      read += bytes.length
      return bytes.toString('utf8', 0, bytes.length - 1).split('\n')
    },
    close: () => closeSync(file),
  }
}
