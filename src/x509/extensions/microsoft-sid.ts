import type { Walk } from '../der.ts'
import { expectEnd, note, readElement, readExpected, tags } from '../der.ts'
import type { ExtensionReader } from './reader.ts'
import { readOidText } from './values.ts'

/**
 * szOID_NTDS_CA_SECURITY_EXT, [MS-WCCE] §2.2.2.7.7.4: the SID of the account it was issued to. Domain controllers check it
 * since KB5014754, because names alone could be borrowed (CVE-2022-26923).
 */
export const microsoftSid: ExtensionReader<'microsoft_sid'> = {
  oid: '1.3.6.1.4.1.311.25.2',
  name: 'microsoftSid',
  field: 'microsoft_sid',
  repeats: false,
  read: readSid,
}

/**
 * A SEQUENCE with one otherName, whose type is szOID_NTDS_OBJECTSID and whose value is the SID in text:
 *
 *   SEQUENCE { [0] { OBJECT IDENTIFIER 1.3.6.1.4.1.311.25.2.1, [0] { OCTET STRING "S-1-5-21-…" } } }
 */
function readSid(walk: Walk, start: number, end: number): string | undefined {
  if (!readExpected(walk, start, end, tags.sequence, 'SEQUENCE')) return undefined
  const { contentsEnd, end: sequenceEnd } = walk
  if (!readExpected(walk, walk.contents, contentsEnd, 0xa0, 'otherName')) return undefined
  expectEnd(walk, walk.end, contentsEnd)
  const { contentsEnd: last } = walk
  const type = readOidText(walk, walk.contents, last, 'type-id')
  if (type !== '1.3.6.1.4.1.311.25.2.1') {
    if (type !== undefined) note(walk, 'extension/value', start, '1.3.6.1.4.1.311.25.2.1', type)
    return undefined
  }
  if (!readExpected(walk, walk.end, last, 0xa0, 'value')) return undefined
  if (!readElement(walk, walk.contents, walk.contentsEnd) || walk.cut) return undefined
  const text = walk.buffer.toString('latin1', walk.contents, walk.contentsEnd)
  if (walk.tag !== tags.octetString || !/^S-1-\d{1,15}(?:-\d{1,10}){0,15}$/.test(text)) {
    note(walk, 'extension/value', walk.start, 'a SID in text', text)
    return undefined
  }
  expectEnd(walk, sequenceEnd, end)
  return text
}
