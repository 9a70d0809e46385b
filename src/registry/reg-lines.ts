import { Buffer, isUtf8 } from 'node:buffer'
import { windows1252 } from '../base/index.ts'
import { longestLine } from './bounds.ts'

export type RegEncoding = 'utf-16le' | 'utf-8' | 'windows-1252'

/** A line without its end, and at which octet it begins; text is absent when it is longer than is read. */
export type RegLine = { readonly number: number; readonly offset: number; readonly text: string | undefined }

/** Lines one after the other; some may be put back. */
export type RegLines = {
  readonly encoding: RegEncoding
  next(): RegLine | undefined
  putBack(lines: readonly RegLine[]): void
}

/**
 * The lines of registry text. Regedit writes UTF-16LE with its mark; others write UTF-8, with or without one. Text that is
 * neither is taken for Windows-1252, as REGEDIT4 files are of the code page of their machine and do not say which.
 */
export function regLines(bytes: Uint8Array): RegLines {
  const { encoding, begin } = encodingOf(bytes)
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const width = encoding === 'utf-16le' ? 2 : 1
  const waiting: RegLine[] = []
  let at = begin
  let number = 0
  const read = (): RegLine | undefined => {
    if (at >= bytes.length) return undefined
    const end = endOfLine(buffer, at, width)
    const line = buffer.subarray(at, end)
    const offset = at
    at = end + width
    number += 1
    if (line.length > longestLine) return { number, offset, text: undefined }
    const text = decoded(line, encoding)
    return { number, offset, text: text.endsWith('\r') ? text.slice(0, -1) : text }
  }
  return {
    encoding,
    next: () => waiting.pop() ?? read(),
    putBack: lines => {
      for (let i = lines.length - 1; i >= 0; i -= 1) {
        const line = lines[i]
        if (line !== undefined) waiting.push(line)
      }
    },
  }
}

function decoded(line: Buffer, encoding: RegEncoding): string {
  if (encoding === 'windows-1252') return windows1252(line)
  return line.toString(encoding === 'utf-8' ? 'utf8' : 'utf16le')
}

function encodingOf(bytes: Uint8Array): { encoding: RegEncoding; begin: number } {
  const [first, second, third] = bytes
  if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le', begin: 2 }
  if (first === 0xef && second === 0xbb && third === 0xbf) return { encoding: 'utf-8', begin: 3 }
  // Both headers begin with an ASCII letter.
  if (second === 0 && first !== 0) return { encoding: 'utf-16le', begin: 0 }
  return { encoding: isUtf8(bytes) ? 'utf-8' : 'windows-1252', begin: 0 }
}

/** Where the line feed stands, or the end. */
function endOfLine(buffer: Buffer, from: number, width: number): number {
  let at = buffer.indexOf(0x0a, from)
  while (width === 2 && at !== -1 && ((at - from) % 2 === 1 || buffer[at + 1] !== 0)) at = buffer.indexOf(0x0a, at + 1)
  return at === -1 ? buffer.length : at
}
