import type { PemBlock } from '../formats/index.ts'
import { looksLikePem, readPem } from '../formats/index.ts'

/**
 * The certificates of a PEM bundle or of a DER file, in order.
 *
 * A bundle as OpenSSL writes it (64 characters a line, RFC 7468 §2) or with each certificate on one line is cut here, at a
 * tenth of the cost, and its certificates lie in one piece of memory. Whatever differs from that is left to `readPem`; a
 * test holds the two equal.
 */
export function certificateBlocks(content: Uint8Array): readonly PemBlock[] {
  const buffer = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  const blocks = buffer.includes(begin) ? plainBlocks(buffer) : undefined
  if (blocks !== undefined) return blocks
  return looksLikePem(content) ? readPem(content) : [{ byte_offset: 0, bytes: content.length, der: content }]
}

const begin = Buffer.from('-----BEGIN CERTIFICATE-----')
const anyBegin = Buffer.from('-----BEGIN ')
const end = Buffer.from('-----END CERTIFICATE-----')
const newline = 0x0a
const lineLength = 64
/** Beyond it `readPem` stops. */
const mostBlocks = 1_000_000

/** Undefined when one of them is written otherwise. */
function plainBlocks(content: Buffer): readonly PemBlock[] | undefined {
  const memory = Buffer.allocUnsafeSlow(Math.ceil((content.length * 3) / 4))
  const blocks: PemBlock[] = []
  let used = 0
  for (let start = content.indexOf(anyBegin); start !== -1; ) {
    const body = start + begin.length
    if (!isAt(content, start, begin) || blocks.length === mostBlocks) return undefined
    const bodyEnd = content.indexOf('-', body, 'latin1')
    if (bodyEnd === -1 || content[body] !== newline || !isAt(content, bodyEnd, end)) return undefined
    const length = decode(content, body + 1, bodyEnd, memory, used)
    if (length === undefined) return undefined
    const lineEnd = content.indexOf(newline, bodyEnd)
    const stop = lineEnd === -1 ? content.length : lineEnd
    // As plain arrays: whoever reads octets out of them does so faster than out of a Buffer.
    const der = new Uint8Array(memory.buffer, memory.byteOffset + used, length)
    blocks.push({ byte_offset: start, bytes: stop - start, der })
    used += length
    start = content.indexOf(anyBegin, bodyEnd)
  }
  const first = blocks[0]?.byte_offset ?? -1
  // The first BEGIN is at the start of a line, or looksLikePem has to say.
  return first === 0 || content[first - 1] === newline ? blocks : undefined
}

function isAt(content: Buffer, at: number, text: Buffer): boolean {
  return at + text.length <= content.length && content.compare(text, 0, text.length, at, at + text.length) === 0
}

/**
 * Decodes the lines from `at` to `bodyEnd`, the last newline included. Returns the length of what was decoded; undefined
 * unless newlines are where they belong and all else is base64. The decoder leaves out what is not: then too little comes.
 */
function decode(content: Buffer, at: number, bodyEnd: number, memory: Buffer, to: number): number | undefined {
  const last = bodyEnd - 1
  if (last <= at || content[last] !== newline) return undefined
  let newlines = 0
  if (content[at + lineLength] === newline)
    for (let mark = at + lineLength; mark < last; mark += lineLength + 1) {
      if (content[mark] !== newline) return undefined
      newlines += 1
    }
  let dataEnd = last
  while (dataEnd > last - 2 && content[dataEnd - 1] === 0x3d) dataEnd -= 1
  const digits = dataEnd - at - newlines
  const length = Math.floor((digits * 3) / 4)
  if (digits % 4 === 1) return undefined
  const text = content.toString('latin1', at, last)
  if (text.includes('_')) return undefined // which the decoder takes too
  return memory.write(text, to, 'base64') === length ? length : undefined
}
