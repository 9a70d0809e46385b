import type { GeneralName } from './certificate.ts'
import type { Walk } from './der.ts'
import { expectEnd, hexOf, note, readElement, readExpected, tags, tagText } from './der.ts'
import { readName } from './names.ts'
import { oidAt } from './oids.ts'
import { readIa5, readString } from './strings.ts'

/** Lists with more are not read to their end. Public CAs stop at 100 to 2000. */
const mostNames = 20_000

/**
 * The GeneralNames from `at` to `end`. RFC 5280 §4.2.1.6:
 *
 *   GeneralName ::= CHOICE {
 *     otherName                 [0] SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY },
 *     rfc822Name                [1] IA5String,
 *     dNSName                   [2] IA5String,
 *     x400Address               [3] ORAddress,
 *     directoryName             [4] EXPLICIT Name,
 *     ediPartyName              [5] EDIPartyName,
 *     uniformResourceIdentifier [6] IA5String,
 *     iPAddress                 [7] OCTET STRING,
 *     registeredID              [8] OBJECT IDENTIFIER }
 *
 * One that cannot be read is left out, with a problem.
 */
export function readGeneralNames(walk: Walk, from: number, end: number): GeneralName[] {
  const names: GeneralName[] = []
  for (let at = from; at < end; ) {
    if (names.length === mostNames) {
      note(walk, 'name/too-many', at, `at most ${mostNames} names`)
      break
    }
    if (!readElement(walk, at, end)) break
    at = walk.end
    const name = readGeneralName(walk)
    if (name !== undefined) names.push(name)
  }
  return names
}

/** The GeneralName that is the element read last. Addresses of networks, as in name constraints, have a mask. */
export function readGeneralName(walk: Walk, addresses: 'hosts' | 'networks' = 'hosts'): GeneralName | undefined {
  const { tag, start, contents, contentsEnd, cut } = walk
  if (cut && tag !== 0xa4) return undefined // the problem is noted
  switch (tag) {
    case 0x82:
      return { type: 'dns', value: readIa5(walk, contents, contentsEnd) }
    case 0x81:
      return { type: 'email', value: readIa5(walk, contents, contentsEnd) }
    case 0x86:
      return { type: 'uri', value: readIa5(walk, contents, contentsEnd) }
    case 0x87:
      return { type: 'ip', value: readAddress(walk, addresses) }
    case 0xa4:
      return readDirectoryName(walk)
    case 0xa0:
      return readOtherName(walk)
    case 0x88:
      return { type: 'registered_id', value: oidAt(walk, contents, contentsEnd).text }
    case 0xa3:
    case 0x83: // seen in zlint's test data: the contents of a SEQUENCE in a primitive element
      return { type: 'x400', value: hexOf(walk, start, walk.end) }
    case 0xa5:
    case 0x85:
      return { type: 'edi', value: hexOf(walk, start, walk.end) }
    default:
      note(walk, 'name/kind', start, 'a GeneralName', tagText(tag))
      return undefined
  }
}

function readDirectoryName(walk: Walk): GeneralName | undefined {
  const { contents, contentsEnd } = walk
  if (!readExpected(walk, contents, contentsEnd, tags.sequence, 'directoryName')) return undefined
  const { end } = walk
  const value = readName(walk)
  expectEnd(walk, end, contentsEnd)
  return { type: 'directory', value }
}

function readOtherName(walk: Walk): GeneralName | undefined {
  const { contents, contentsEnd } = walk
  if (!readExpected(walk, contents, contentsEnd, tags.oid, 'type-id')) return undefined
  const oid = oidAt(walk, walk.contents, walk.contentsEnd).text
  if (!readExpected(walk, walk.end, contentsEnd, 0xa0, 'value')) return undefined
  const { contents: from, contentsEnd: to } = walk
  expectEnd(walk, walk.end, contentsEnd)
  if (!readElement(walk, from, to)) return { type: 'other', oid, value: '' }
  const { start, end } = walk
  const text = readString(walk, walk.tag, walk.contents, walk.contentsEnd)
  expectEnd(walk, end, to)
  return { type: 'other', oid, value: text ?? hexOf(walk, start, end) }
}

/** RFC 5280 §4.2.1.6: 4 or 16 octets; §4.2.1.10: twice as many, the second half is the mask. */
function readAddress(walk: Walk, kind: 'hosts' | 'networks'): string {
  const { bytes, contents, contentsEnd } = walk
  const length = contentsEnd - contents
  const one = kind === 'hosts' ? length : length / 2
  if (one !== 4 && one !== 16) {
    const expected = kind === 'hosts' ? '4 or 16 octets' : '8 or 32 octets'
    note(walk, 'name/address', contents, expected, `${length} octets`)
    return hexOf(walk, contents, contentsEnd)
  }
  const address = addressText(bytes, contents, one)
  return kind === 'hosts' ? address : `${address}/${addressText(bytes, contents + one, one)}`
}

function addressText(bytes: Uint8Array, at: number, length: 4 | 16): string {
  if (length === 4) return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[at + 2 * i] ?? 0) * 256 + (bytes[at + 2 * i + 1] ?? 0))
  return ipv6Text(groups)
}

/** RFC 5952 §4: lower case, no leading zeros, the first of the longest runs of two and more zeros as `::`. */
function ipv6Text(groups: readonly number[]): string {
  let [best, bestLength] = [-1, 1]
  for (let from = 0; from < 8; from += 1) {
    let to = from
    while (to < 8 && groups[to] === 0) to += 1
    if (to - from > bestLength) [best, bestLength] = [from, to - from]
    from = Math.max(from, to - 1)
  }
  const hex = groups.map(group => group.toString(16))
  if (best === -1) return hex.join(':')
  return `${hex.slice(0, best).join(':')}::${hex.slice(best + bestLength).join(':')}`
}
