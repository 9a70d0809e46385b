import { windows1252 } from '../base/index.ts'
import { longestRegValue } from './bounds.ts'
import { type Notes, note } from './note.ts'
import type { RegLines } from './reg-lines.ts'
import { isEnd, readQuoted } from './reg-quoted.ts'
import { type RegistryValue, typedValue } from './value.ts'
import { bytesOfData, utf16Octets } from './value-bytes.ts'

/** Types that REGEDIT4 files hold one octet a character: text of all kinds. */
const textCodes: ReadonlySet<number> = new Set([1, 2, 6, 7])

/** Reads what stands behind `=`, and the lines in which it goes on. @param isAnsi whether the file is a REGEDIT4 one */
export function readRegData(
  lines: RegLines,
  name: string,
  told: string,
  isAnsi: boolean,
  notes: Notes,
  where: string,
): RegistryValue | undefined {
  if (told.startsWith('"')) {
    const quoted = readQuoted(lines, told, notes, where, isEnd)
    if (quoted === undefined || !isEnd(quoted.rest)) return fault(notes, where, told)
    return typedValue(name, 1, bytesOfData('REG_SZ', quoted.text), notes, where)
  }
  const dword = /^dword:\s{0,100}([0-9a-f]{1,8})\s{0,100}(?:;|$)/i.exec(told)?.[1]
  if (dword !== undefined)
    return typedValue(name, 4, bytesOfData('REG_DWORD', Number.parseInt(dword, 16)), notes, where)
  const head = /^hex(?:\(([0-9a-f]{1,8})\))?:/i.exec(told)
  if (head === null) return fault(notes, where, told)
  const code = head[1] === undefined ? 3 : Number.parseInt(head[1], 16)
  const bytes = readOctets(lines, told.slice(head[0].length), notes, where)
  if (bytes === undefined) return undefined
  const isText = isAnsi && textCodes.has(code)
  return typedValue(name, code, isText ? utf16Octets(windows1252(bytes)) : bytes, notes, where)
}

function fault(notes: Notes, where: string, found: string): undefined {
  note(notes, 'registry/reg-data', where, 'text in quotes, dword: or hex:', found)
  return undefined
}

/** `25,00,\` and the next lines. Undefined when there are too many. */
function readOctets(lines: RegLines, first: string, notes: Notes, where: string): Uint8Array | undefined {
  let bytes = new Uint8Array(64)
  let length = 0
  let isTooLong = false
  for (let text: string | undefined = first; text !== undefined; ) {
    const { octets, goesOn, isWhole } = octetsOf(text)
    if (!isWhole) note(notes, 'registry/reg-data', where, 'octets in hexadecimal', text.trim())
    isTooLong ||= length + octets.length > longestRegValue
    if (!isTooLong) {
      if (length + octets.length > bytes.length) {
        const longer = new Uint8Array(2 * (length + octets.length))
        longer.set(bytes)
        bytes = longer
      }
      bytes.set(octets, length)
      length += octets.length
    }
    text = goesOn ? nextPart(lines, notes, where) : undefined
  }
  if (!isTooLong) return bytes.slice(0, length)
  note(notes, 'registry/reg-too-long', where, `at most ${longestRegValue} octets`)
  return undefined
}

/** The line in which octets go on; comments and empty lines between are left out. */
function nextPart(lines: RegLines, notes: Notes, where: string): string | undefined {
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const text = line.text?.trim() ?? ''
    if (text === '' || text.startsWith(';')) continue
    if (!text.startsWith('[') && !text.startsWith('"') && !text.startsWith('@')) return text
    lines.putBack([line])
    break
  }
  note(notes, 'registry/reg-data', where, 'more octets', 'none')
  return undefined
}

/** Octets up to the end of a line, to what is none, or to the backslash behind which they go on. */
function octetsOf(text: string): { octets: Uint8Array; goesOn: boolean; isWhole: boolean } {
  const octets = new Uint8Array(Math.ceil(text.length / 2))
  let count = 0
  let digits = 0
  const result = (goesOn: boolean, isWhole: boolean) => ({ octets: octets.subarray(0, count), goesOn, isWhole })
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    const digit = digitOf(unit)
    if (digit !== undefined) {
      if (digits === 2) return result(false, false)
      if (digits === 0) {
        octets[count] = digit
        count += 1
      } else octets[count - 1] = 16 * (octets[count - 1] ?? 0) + digit
      digits += 1
    } else {
      if (unit === 0x5c) return result(isEnd(text.slice(at + 1)), isEnd(text.slice(at + 1)))
      if (unit === 0x3b) return result(false, true)
      if (unit !== 0x2c && unit !== 0x20 && unit !== 0x09) return result(false, false)
      if (unit === 0x2c) digits = 0
    }
  }
  return result(false, true)
}

function digitOf(unit: number): number | undefined {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30
  const lower = unit | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined
}
