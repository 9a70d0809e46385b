import type { Walk } from '../der.ts'
import { expectEnd, note, readElement } from '../der.ts'
import { readString } from '../strings.ts'
import type { ExtensionReader } from './reader.ts'

/** An IA5String. `OpenSSL Generated Certificate` and the comments of makers' own tools: rare ones are good leads. */
export const netscapeComment: ExtensionReader<'netscape_comment'> = {
  oid: '2.16.840.1.113730.1.13',
  name: 'netscapeComment',
  field: 'netscape_comment',
  repeats: true,
  read: readComment,
}

function readComment(walk: Walk, start: number, end: number): string | undefined {
  if (!readElement(walk, start, end) || walk.cut) return undefined
  expectEnd(walk, walk.end, end)
  const comment = readString(walk, walk.tag, walk.contents, walk.contentsEnd)
  if (comment === undefined) note(walk, 'name/not-a-string', start, 'a string')
  return comment
}
