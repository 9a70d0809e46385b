import { Buffer } from 'node:buffer'
import { beginsAsCompoundFile } from './compound-file.ts'
import { beginsAsSignature } from './signature.ts'

/** Whether a file that begins so has a signature, or could have: a program, an installer, a catalog. Scripts are told otherwise. */
export function couldBeSigned(head: Uint8Array): boolean {
  return beginsAsPe(head) || beginsAsCompoundFile(head) || beginsAsSignature(head)
}

/** `MZ`, and where it points, `PE\0\0`: text may begin with the first. Headers that lie behind the head are not found. */
function beginsAsPe(head: Uint8Array): boolean {
  if (head[0] !== 0x4d || head[1] !== 0x5a || head.length < 64) return false
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const at = view.getUint32(0x3c, true)
  return at + 4 <= head.length && view.getUint32(at) === 0x50450000
}

/** Whether there is a block of a signature in text, in octets or in UTF-16: all of it is needed, since the block stands at the end. */
export function hasSignatureBlock(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return marks.some(mark => text.includes(mark))
}

const marks = ['Begin signature block', '** SIG **'].flatMap(mark => [
  Buffer.from(mark, 'latin1'),
  Buffer.from(mark, 'utf16le'),
  Buffer.from(mark, 'utf16le').swap16(),
])
