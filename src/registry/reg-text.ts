import type { Problem } from '../base/index.ts'
import { longestPath, mostProblemsOfItem } from './bounds.ts'
import { type Notes, noNotes, note } from './note.ts'
import { readRegData } from './reg-data.ts'
import { type RegEncoding, type RegLine, type RegLines, regLines } from './reg-lines.ts'
import { isEnd, readQuoted } from './reg-quoted.ts'
import type { RegistryValue } from './value.ts'

/*
 * Registry text, as `reg export` and Regedit write it:
 *
 *   Windows Registry Editor Version 5.00        or REGEDIT4
 *   ; a comment
 *   [HKEY_LOCAL_MACHINE\SOFTWARE\Key]           a key; [-HKEY_…] deletes it with all below it
 *   @="text"                                    the default value; text has \\ and \" and may go on in the next line
 *   "name"=dword:0000000a                       "name"=- deletes it
 *   "name"=hex(2):25,00,\                       a type in hexadecimal; hex: is 3; a backslash goes on in the next line
 *     00,00
 */

/** What one place of registry text does. A file is carried out from top to bottom. */
export type RegItem = {
  /** Counted from 1. */
  readonly line: number
  /** At which octet of the file that line begins. */
  readonly offset: number
  /** The key as it stands there; empty when none was named. */
  readonly path: string
  readonly problems: readonly Problem[]
} & (
  | { readonly action: 'key' }
  | { readonly action: 'delete_key' }
  | { readonly action: 'set_value'; readonly value: RegistryValue }
  /** Empty: the default value. */
  | { readonly action: 'delete_value'; readonly name: string }
  /** Lines that do nothing: the problems say why. */
  | { readonly action: 'none' }
)

export type RegText = {
  /** Absent when the first line is none of the two. */
  readonly version: '4' | '5' | undefined
  readonly encoding: RegEncoding
  /** What is wrong with the file as a whole. */
  readonly problems: readonly Problem[]
  /** In the order of the file; can be gone through once. */
  readonly items: Generator<RegItem>
}

/** The key that values belong to; undefined before the first, below a deleted one, and below one that cannot be read. */
type State = { key: string | undefined }

/** Whether text begins with one of the two first lines that registry text has, in any encoding. */
export function looksLikeRegText(head: Uint8Array): boolean {
  const lines = regLines(head.subarray(0, 1024))
  let line = lines.next()
  while (line?.text?.trim() === '') line = lines.next()
  return versions.has(line?.text?.trim() ?? '')
}

const versions: ReadonlyMap<string, '4' | '5'> = new Map([
  ['Windows Registry Editor Version 5.00', '5'],
  ['REGEDIT4', '4'],
])

export function readRegText(bytes: Uint8Array): RegText {
  const lines = regLines(bytes)
  const notes = noNotes(mostProblemsOfItem)
  const version = readVersion(lines, notes)
  return { version, encoding: lines.encoding, problems: notes.problems, items: itemsOf(lines, version === '4') }
}

function readVersion(lines: RegLines, notes: Notes): '4' | '5' | undefined {
  let line = lines.next()
  while (line?.text?.trim() === '') line = lines.next()
  const text = line?.text?.trim()
  const version = versions.get(text ?? '')
  if (version !== undefined) return version
  note(notes, 'registry/reg-header', `line ${line?.number ?? 1}`, 'Windows Registry Editor Version 5.00', text)
  if (line !== undefined) lines.putBack([line])
  return undefined
}

function* itemsOf(lines: RegLines, isAnsi: boolean): Generator<RegItem> {
  const state: State = { key: undefined }
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const item = readItem(lines, line, state, isAnsi)
    if (item !== undefined) yield item
  }
}

function readItem(lines: RegLines, line: RegLine, state: State, isAnsi: boolean): RegItem | undefined {
  const notes = noNotes(mostProblemsOfItem)
  const where = `line ${line.number}`
  const item = { line: line.number, offset: line.offset, path: state.key ?? '', problems: notes.problems }
  if (line.text === undefined) {
    note(notes, 'registry/reg-too-long', where)
    return { ...item, action: 'none' }
  }
  const text = line.text.trimStart()
  if (text === '' || text.startsWith(';')) return undefined
  if (lines.encoding === 'utf-8' && text.includes('\ufffd')) note(notes, 'registry/reg-encoding', where)
  if (text.startsWith('[')) return readKeyLine(text, item, state, notes, where)
  if (!text.startsWith('"') && !text.startsWith('@')) {
    note(notes, 'registry/reg-line', where, 'a key, a value or a comment', text)
    return { ...item, action: 'none' }
  }
  const read = readValueLine(lines, line, text, item, isAnsi, notes)
  if (state.key !== undefined || read.action === 'none') return read
  note(notes, 'registry/reg-outside', where)
  return { ...item, action: 'none' }
}

type ItemHead = Pick<RegItem, 'line' | 'offset' | 'path' | 'problems'>

function readKeyLine(text: string, item: ItemHead, state: State, notes: Notes, where: string): RegItem {
  // Names of keys may hold brackets: the last one counts.
  const end = text.lastIndexOf(']')
  const isDeleted = text.startsWith('[-')
  const path = text.slice(isDeleted ? 2 : 1, end === -1 ? undefined : end)
  state.key = undefined
  if (end === -1 || path === '' || path.length > longestPath || !isEnd(text.slice(end + 1))) {
    const isLong = path.length > longestPath
    note(notes, isLong ? 'registry/reg-too-long' : 'registry/reg-line', where, 'a key in brackets', text)
    return { ...item, path: '', action: 'none' }
  }
  if (isDeleted) return { ...item, path, action: 'delete_key' }
  state.key = path
  return { ...item, path, action: 'key' }
}

function readValueLine(
  lines: RegLines,
  line: RegLine,
  text: string,
  item: ItemHead,
  isAnsi: boolean,
  notes: Notes,
): RegItem {
  const where = `line ${line.number}`
  const name = text.startsWith('@') ? { text: '', rest: text.slice(1) } : readQuoted(lines, text, notes, where)
  const rest = name?.rest.trimStart()
  if (name === undefined || !rest?.startsWith('=')) {
    note(notes, 'registry/reg-line', where, 'a name and =', text)
    return { ...item, action: 'none' }
  }
  const told = rest.slice(1).trimStart()
  if (told.startsWith('-') && isEnd(told.slice(1))) return { ...item, action: 'delete_value', name: name.text }
  const value = readRegData(lines, name.text, told, isAnsi, notes, where)
  return value === undefined ? { ...item, action: 'none' } : { ...item, action: 'set_value', value }
}
