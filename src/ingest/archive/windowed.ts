import type { RandomAccess } from './disk-file.ts'

type Window = { readonly start: number; readonly bytes: Uint8Array }

const windowBytes = 64 << 10

/**
 * Random access for many small reads that mostly follow one another, by turns at two places, as in the table of contents
 * and among the members of a ZIP archive: two windows are kept, and the one used last stays.
 */
export function windowed(bytes: RandomAccess): RandomAccess {
  let windows: readonly Window[] = []
  return {
    size: bytes.size,
    read: async (position, length) => {
      if (length > windowBytes / 2) return await bytes.read(position, length)
      const wanted = Math.min(length, Math.max(0, bytes.size - position))
      const holds = (window: Window) =>
        position >= window.start && position + wanted <= window.start + window.bytes.length
      const window = windows.find(holds) ?? { start: position, bytes: await bytes.read(position, windowBytes) }
      windows = [window, ...windows.filter(other => other !== window)].slice(0, 2)
      const from = position - window.start
      return window.bytes.subarray(from, from + length)
    },
  }
}
