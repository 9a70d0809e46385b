import { linePrefix } from '../mapping/index.ts'
import type { Piece } from './piece.ts'

const newline = 0x0a
const end = Buffer.from('\n')

/** Every line of the pieces that the engine is to read, behind where it belongs: index of its piece, number in it. */
export function* prefixedLines(pieces: readonly Piece[]): Generator<Uint8Array> {
  for (const [nth, { lines, headerLines, unreadable, span }] of pieces.entries()) {
    const skipped = new Set(unreadable.map(({ record_number }) => record_number - span.first_record))
    const parts: Uint8Array[] = []
    for (let [start, line] = [0, 0]; start < lines.length; line += 1) {
      const found = lines.indexOf(newline, start)
      const stop = found === -1 ? lines.length : found
      if (line >= headerLines && !skipped.has(line))
        parts.push(Buffer.from(linePrefix(nth, line)), lines.subarray(start, stop), end)
      start = stop + 1
    }
    yield Buffer.concat(parts)
  }
}

/** Bytes of the header lines at the start of a piece. */
export function headerBytes(piece: Piece | undefined): number {
  let bytes = 0
  for (let line = 0; piece !== undefined && line < piece.headerLines; line += 1) {
    const found = piece.lines.indexOf(newline, bytes)
    bytes = found === -1 ? piece.lines.length : found + 1
  }
  return bytes
}
