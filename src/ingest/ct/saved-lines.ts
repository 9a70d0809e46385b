import { longestPage } from '../../ct/index.ts'

/** Lines without their newlines, each valid for itself. What is longer than a page of a log ends there: it is no line of one. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = []
  let length = 0
  for await (const piece of bytes) {
    let begin = 0
    for (let end = piece.indexOf(0x0a); end !== -1; end = piece.indexOf(0x0a, begin)) {
      const line = Buffer.concat([...parts, piece.subarray(begin, end)])
      parts = []
      length = 0
      begin = end + 1
      yield line
    }
    const rest = piece.subarray(begin)
    if (length + rest.length > longestPage) continue
    parts.push(Buffer.from(rest)) // a stream may use its memory again
    length += rest.length
  }
  if (length > 0) yield Buffer.concat(parts)
}
