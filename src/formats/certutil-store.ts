import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'

/**
 * What `certutil -store` prints of a certificate store of Windows, also with `-v`, in any language of Windows:
 *
 *     Root "Trusted Root Certification Authorities"
 *     ================ Certificate 0 ================
 *     Serial Number: 79ad16a14aa0a5ad4c7358f407132e65
 *     Issuer: CN=Example Root, DC=example
 *      NotBefore: 5/9/2001 4:19 PM
 *      NotAfter: 5/9/2021 4:28 PM
 *     Subject: CN=Example Root, DC=example
 *     Cert Hash(sha1): cdd4eeae6000ac7f40c3802c171e30148030c072
 *
 * The words differ by language; the order, the indents and what is in parentheses do not, so these are read. With `-v` names are
 * on lines of their own, indented by four. (Outputs in pages of Microsoft Learn and in public code, 2013 to 2026: English whole,
 * German, French and Japanese in excerpts. No description of the format was found.)
 *
 * It is text that a name can imitate: certutil does not escape a newline within a name.
 */
export type CertutilSection = {
  /** From the start of the text to the heading. */
  readonly byte_offset: number
  readonly bytes: number
  /** As certutil has it, `Root`; empty where it was not printed. Machine or user is not told. */
  readonly store: string
  /** What it stands for in the language of the host; may be empty. */
  readonly described: string
  readonly number: number
  /** Absent for a list (CRL, CTL), and where there is a problem that costs the section. */
  readonly certificate?: CertutilCertificate
  readonly problem?: Problem
  /** What is odd, and costs nothing. */
  readonly notes: readonly Problem[]
}

export type CertutilCertificate = {
  /** Hexadecimal, lower case, as are the hashes. */
  readonly serial: string
  readonly issuer: string
  readonly subject: string
  /** By the clock, in the form, and in the zone of the host: none of them is told. */
  readonly not_before: string
  readonly not_after: string
  readonly sha1: string
  /** With `-v` only. */
  readonly sha256?: string
}

const headingPattern = /^={10,40} [^=]{1,60} (\d{1,6}) ={10,40}$/

/** Characters of a line that are read, and of a name or time that are kept. */
const longestLine = 4096
const longestValue = 2000

/** Whether a heading stands among the first 40 lines, and a hash follows: other text has lines like a heading. */
export function looksLikeCertutilStore(head: Uint8Array): boolean {
  let [lines, isHeaded] = [0, false]
  for (const { text } of linesOf(head)) {
    lines += 1
    if (headingPattern.test(text)) isHeaded = true
    else if (isHeaded && /^[^(]{1,60}\((?:sha1|md5|sha256)\)/.test(text)) return true
    if (lines > (isHeaded ? 20_000 : 40)) return false
  }
  return false
}

/** Every section, in order. */
export function* readCertutilStore(bytes: Uint8Array): Generator<CertutilSection> {
  let draft: Draft | undefined
  let before = ''
  let expected = 0
  for (const line of linesOf(bytes)) {
    const number = headingPattern.exec(line.text)?.[1]
    if (number === undefined) {
      if (draft !== undefined && line.text !== '') takeLine(draft, line.text)
      if (line.text !== '') before = line.text
      continue
    }
    // A heading below a heading: what lies in it is nested, and still the same section.
    if (draft !== undefined && draft.lines === 0) continue
    if (draft !== undefined) yield sectionOf(draft, line.byte_offset)
    const isNew = draft === undefined || number === '0'
    const store = isNew ? storeIn(before) : draft
    const notes: Problem[] = []
    if (!isNew && Number(number) !== expected)
      notes.push({ code: 'certutil/number', expected: `${expected}`, found: number })
    expected = Number(number) + 1
    draft = newDraft(line.byte_offset, Number(number), store?.store ?? '', store?.described ?? '', notes)
  }
  if (draft !== undefined) yield sectionOf(draft, bytes.length)
}

/** `Root "Trusted Root Certification Authorities"`, or a name alone that certutil has no words for. */
function storeIn(line: string): { readonly store: string; readonly described: string } {
  const quote = line.indexOf(' "')
  if (quote > 0 && line.endsWith('"') && quote + 2 < line.length)
    return { store: excerpt(line.slice(0, quote)), described: excerpt(line.slice(quote + 2, -1)) }
  return { store: /^[^\s:!]{1,100}$/.test(line) ? line : '', described: '' }
}

type Draft = {
  readonly byte_offset: number
  readonly number: number
  readonly store: string
  readonly described: string
  readonly notes: Problem[]
  lines: number
  /** What is looked for. `list`: it is no certificate. */
  phase: 'serial' | 'issuer' | 'dates' | 'subject' | 'hash' | 'list'
  isVerbose: boolean
  serial: string
  issuer: string
  subject: string
  readonly dates: string[]
  /** Whose lines may follow, indented. */
  open: 'issuer' | 'subject' | undefined
  /** Of the certificate and, with `-v`, of its key before it; by label. */
  readonly hashes: Map<string, { readonly sha1?: string; readonly sha256?: string }>
  isAmbiguous: boolean
  isUnreadable: boolean
}

function newDraft(byte_offset: number, number: number, store: string, described: string, notes: Problem[]): Draft {
  const names = { serial: '', issuer: '', subject: '', dates: [], open: undefined, hashes: new Map() }
  const doubts = { isVerbose: false, isAmbiguous: false, isUnreadable: false }
  return { byte_offset, number, store, described, notes, lines: 0, phase: 'serial', ...names, ...doubts }
}

function takeLine(draft: Draft, line: string): void {
  draft.lines += 1
  if (line.includes('\ufffd')) draft.isUnreadable = true
  const indent = line.length - line.trimStart().length
  if (indent >= 4) {
    if (draft.open !== undefined) draft[draft.open] = joined(draft[draft.open], line.trim())
    return
  }
  draft.open = undefined
  const told = labelled(line)
  if (told === undefined || indent > 1) return
  if (indent === 1) takeDate(draft, told.value)
  else if (draft.phase === 'serial') takeSerial(draft, told.value)
  else if (draft.phase === 'issuer') takeName(draft, 'issuer', told.value)
  else if (draft.phase === 'subject') {
    takeName(draft, 'subject', told.value)
    draft.phase = 'hash'
  } else if (draft.phase === 'hash') takeHash(draft, told)
}

function joined(before: string, more: string): string {
  if (before.length >= longestValue) return before
  return excerpt(before === '' ? more : `${before}, ${more}`, longestValue)
}

/** With `-v` the kind of thing and its version stand before the serial number; lists have something else there. */
function takeSerial(draft: Draft, value: string): void {
  if (value === '' && draft.lines === 1) draft.isVerbose = true
  else if (/^(?:[0-9a-f]{2}){1,64}$/i.test(value)) {
    draft.serial = value.toLowerCase()
    draft.phase = 'issuer'
  } else if (!draft.isVerbose || !/^\d$/.test(value)) draft.phase = 'list'
}

/** The last name before the dates is the issuer's: with `-v` the algorithm of the signature stands before it. */
function takeName(draft: Draft, name: 'issuer' | 'subject', value: string): void {
  draft[name] = excerpt(value, longestValue)
  if (value === '') draft.open = name
}

function takeDate(draft: Draft, value: string): void {
  if (draft.phase === 'serial') draft.phase = 'list'
  // A number of a list stands where the serial number does, and no name behind it.
  if (draft.phase === 'issuer') draft.phase = draft.issuer === '' ? 'list' : 'dates'
  if (draft.phase !== 'dates') return
  draft.dates.push(excerpt(value, 100))
  if (draft.dates.length === 2) draft.phase = 'subject'
}

/** Kinds of hashes of one section. With `-v` there are four. */
const mostHashes = 16

const hashLabel = /^(.{0,80})\((sha1|sha256)\)$/

function takeHash(draft: Draft, { label, value }: { readonly label: string; readonly value: string }): void {
  const [, of = '', algorithm] = hashLabel.exec(label) ?? []
  const hash = value.replaceAll(' ', '').toLowerCase()
  if ((algorithm !== 'sha1' && algorithm !== 'sha256') || !/^[0-9a-f]+$/.test(hash)) return
  if (hash.length !== (algorithm === 'sha1' ? 40 : 64)) return
  const before = draft.hashes.get(of)
  const isMore = before === undefined && draft.hashes.size >= mostHashes
  if (isMore || before?.[algorithm] !== undefined) draft.isAmbiguous = true
  if (!isMore) draft.hashes.set(of, { ...before, [algorithm]: hash })
}

/** `Label: value`, also with a space before the colon (French) or a colon of full width (Chinese). */
function labelled(line: string): { readonly label: string; readonly value: string } | undefined {
  const at = line.slice(0, 120).search(/[:：]/)
  if (at < 1) return undefined
  return { label: line.slice(0, at).trim(), value: line.slice(at + 1).trim() }
}

function sectionOf(draft: Draft, end: number): CertutilSection {
  const { byte_offset, number, store, described, notes } = draft
  if (draft.isUnreadable) notes.push({ code: 'certutil/encoding', expected: 'UTF-8, or UTF-16 with its mark' })
  const section = { byte_offset, bytes: end - byte_offset, store, described, number, notes }
  if (draft.phase === 'list') return section
  const found = [...draft.hashes.values()].filter(({ sha1 }) => sha1 !== undefined)
  const { sha1, sha256 } = found.at(-1) ?? {}
  if (draft.phase === 'serial')
    return { ...section, problem: { code: 'certutil/section', expected: 'a serial number or a list' } }
  if (sha1 === undefined)
    return { ...section, problem: { code: 'certutil/no-hash', expected: 'the SHA-1 of the certificate' } }
  if (draft.isAmbiguous || (found.length > 1 && !draft.isVerbose))
    return { ...section, problem: { code: 'certutil/hash-again', expected: 'one SHA-1', found: 'several' } }
  const { serial, issuer, subject, dates } = draft
  const [not_before = '', not_after = ''] = dates
  const certificate = {
    serial,
    issuer,
    subject,
    not_before,
    not_after,
    sha1,
    ...(sha256 === undefined ? {} : { sha256 }),
  }
  return { ...section, certificate }
}

/** Lines without their ends, cut to {@link longestLine}. UTF-16 where it begins with its mark, as PowerShell 5 writes it. */
function* linesOf(bytes: Uint8Array): Generator<{ readonly byte_offset: number; readonly text: string }> {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isWide = content[0] === 0xff && content[1] === 0xfe
  let from = isWide ? 2 : content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf ? 3 : 0
  while (from < content.length) {
    const stop = isWide ? endOfWide(content, from) : content.indexOf(0x0a, from)
    const end = stop < 0 ? content.length : stop
    const shown = content.subarray(from, Math.min(end, from + 2 * longestLine))
    const text = shown.toString(isWide ? 'utf16le' : 'utf8').slice(0, longestLine)
    yield { byte_offset: from, text: text.replace(/\r$/, '').trimEnd() }
    from = end + (isWide ? 2 : 1)
  }
}

function endOfWide(content: Buffer, from: number): number {
  for (let at = content.indexOf(0x0a, from); at >= 0; at = content.indexOf(0x0a, at + 1))
    if ((at - from) % 2 === 0 && content[at + 1] === 0) return at
  return -1
}
