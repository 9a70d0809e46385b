import type { Walk } from '../der.ts'
import { expectEnd, note, readElement } from '../der.ts'
import { readString } from '../strings.ts'
import type { ExtensionReader } from './reader.ts'

/** szOID_ENROLL_CERTTYPE_EXTENSION, [MS-WCCE] §2.2.2.7.7.1: a BMPString with the name of a template of version 1: `Machine`. */
export const microsoftTemplateName: ExtensionReader<'microsoft_template_name'> = {
  oid: '1.3.6.1.4.1.311.20.2',
  name: 'microsoftTemplateName',
  field: 'microsoft_template_name',
  repeats: true,
  read: readTemplateName,
}

function readTemplateName(walk: Walk, start: number, end: number): string | undefined {
  if (!readElement(walk, start, end) || walk.cut) return undefined
  expectEnd(walk, walk.end, end)
  const name = readString(walk, walk.tag, walk.contents, walk.contentsEnd)
  if (name === undefined) note(walk, 'name/not-a-string', start, 'a string')
  return name
}
