import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { CountersealError } from '../base/index.ts'
import type { Transport } from './transport.ts'

/** Paths of logs, and nothing that could lead out of the directory. */
const harmless = /^(?:checkpoint|issuer\/[0-9a-f]{64}|tile\/(?:[0-5]|data|names)\/(?:x\d{3}\/)*\d{3}(?:\.p\/\d{1,3})?)$/

/** A static-ct log whose tiles lie on the disk as they were fetched, for sites that reach no log. Throws `input/unreadable`. */
export function directoryTransport(directory: string): Transport {
  return {
    async read(path, { atMost }) {
      if (!harmless.test(path)) return undefined
      try {
        const file = await open(join(directory, path), 'r')
        try {
          const { size } = await file.stat()
          if (size > atMost)
            throw new CountersealError('input/unreadable', {
              message: `${path} has ${size} bytes, more than ${atMost}.`,
            })
          return await file.readFile()
        } finally {
          await file.close()
        }
      } catch (cause) {
        if (cause instanceof CountersealError) throw cause
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw new CountersealError('input/unreadable', { message: `${join(directory, path)} cannot be read.`, cause })
      }
    },
  }
}
