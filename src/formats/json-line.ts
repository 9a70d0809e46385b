/** The record on one line, its odd numbers between quotes. Newlines stand between values: in a string none is allowed. */
export function lineOf(text: Buffer, start: number, numbers: readonly (readonly [number, number])[]): Buffer {
  const line = text.includes(0x0a) ? Buffer.from(text.map(byte => (byte === 0x0a ? 0x20 : byte))) : text
  if (numbers.length === 0) return line
  const parts: Buffer[] = []
  let at = 0
  for (const [from, to] of numbers) {
    parts.push(line.subarray(at, from - start), quote, line.subarray(from - start, to - start), quote)
    at = to - start
  }
  return Buffer.concat([...parts, line.subarray(at)])
}

const quote = Buffer.from('"')

/** `1e999` has five characters; a whole number within 64 bits at most twenty. */
export const shortestOddNumber = 5
const longestWhole = 19

/**
 * Whether the engine refuses the whole record for a number: a whole one beyond 64 bits, as Shodan writes serial numbers,
 * or one beyond a double. Both become texts, digit for digit.
 */
export function isOddNumber(token: Buffer): boolean {
  const first = token[0] ?? 0
  if (first !== 0x2d && (first < 0x30 || first > 0x39)) return false
  const text = token.toString('latin1')
  if (token.length > longestWhole && /^-?\d+$/.test(text)) return true
  return /^[-+.\deE]+$/.test(text) && !Number.isFinite(Number(text))
}
