import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { CountersealError } from '../base/index.ts'
import { objectOf, rowsOfList } from '../inputs/index.ts'
import type { Approval } from '../model/index.ts'
import { approval, fields } from '../model/index.ts'

export type ApprovalsRead = {
  readonly approvals: readonly Approval[]
  /** Rows that are no approval, and why. They cost nothing but themselves. */
  readonly refused: readonly { readonly where: string; readonly why: string }[]
}

/** A list of approvals is read whole into memory: so long at most, in bytes and in approvals. */
const most = { bytes: 16 << 20, approvals: 20_000 }

/** Without a day on which it ends, an approval ends so many days after its window. */
const usualDays = 90

/** Approvals from CSV with a header, from a JSON array, or from one JSON object a line: docs/approvals.md. */
export function readApprovalFile(path: string): ApprovalsRead {
  let bytes: Buffer
  try {
    const { size } = statSync(path)
    if (size > most.bytes) throw new Error(`it has ${size} bytes, and a list of approvals has at most ${most.bytes}`)
    bytes = readFileSync(path)
  } catch (cause) {
    throw new CountersealError('usage/bad-argument', {
      message: `${path} could not be read as a list of approvals: ${cause instanceof Error ? cause.message : String(cause)}.`,
      remedy: 'Name a file of CSV or JSON; docs/approvals.md has its columns.',
      cause,
    })
  }
  return approvalsOfText(bytes, path)
}

/** `name` is what rows are called by when they are refused. */
export function approvalsOfText(bytes: Buffer, name: string): ApprovalsRead {
  const approvals: Approval[] = []
  const refused: { where: string; why: string }[] = []
  const rows = rowsOfList(bytes)
  if (rows.length > most.approvals)
    throw new CountersealError('usage/bad-argument', {
      message: `${name} has ${rows.length} approvals, and at most ${most.approvals} are read.`,
      remedy: 'Split it, and leave out what expired.',
    })
  for (const [nth, row] of rows.entries()) {
    const read = typeof row === 'string' ? row : approvalOf(row)
    if (typeof read === 'string') refused.push({ where: `${name} row ${nth + 1}`, why: read })
    else approvals.push(read)
  }
  return { approvals, refused }
}

const ownFields: ReadonlySet<string> = new Set(Object.keys(approval.shape))
const lists: ReadonlySet<string> = new Set(['hosts', 'writers'])

/** An approval of what a row or the command line says, or why it is none. Fields of the dictionary are the object. */
export function approvalOf(row: Readonly<Record<string, unknown>>): Approval | string {
  const draft: Record<string, unknown> = {}
  const object: Record<string, readonly string[]> = Object.create(null)
  for (const [column, value] of Object.entries({ ...row, ...membersOf(row.object) })) {
    if (column === 'object' || value === '' || value === null) continue
    if (lists.has(column)) draft[column] = partsOf(value)
    else if (ownFields.has(column)) draft[column] = typeof value === 'string' ? value.trim() : value
    else if (!Object.hasOwn(fields, column))
      return `${column.slice(0, 80)} is neither a column of approvals nor a field of docs/dictionary.md`
    else {
      const parts = partsOf(value)
      const wrong = parts.find(one => factOf(column, one) === undefined)
      if (wrong !== undefined)
        return `${column}: ${wrong.slice(0, 80)} is not of ${hexDigits(column)} hexadecimal digits`
      object[column] = parts.map(one => factOf(column, one) ?? '')
    }
  }
  if (typeof draft.exercise === 'string') draft.exercise = draft.exercise.toLowerCase() === 'true'
  for (const time of ['from', 'until', 'expires'])
    if (typeof draft[time] === 'string') draft[time] = instantOf(draft[time])
  if (draft.expires === undefined && typeof draft.until === 'string') draft.expires = daysAfter(draft.until, usualDays)
  draft.kind ??= 'change'
  draft.object = { ...object }
  draft.approval_id ??= idOf(draft)
  const checked = approval.safeParse(draft)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  return `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`
}

function membersOf(object: unknown): Record<string, unknown> {
  const members = objectOf(object)
  return typeof members === 'string' ? {} : members
}

/** `a|b` in CSV, a list in JSON. */
function partsOf(value: unknown): readonly string[] {
  const parts: readonly unknown[] = Array.isArray(value) ? value : String(value).split('|')
  return parts.map(part => String(part).trim()).filter(part => part !== '')
}

function hexDigits(column: string): number | undefined {
  if (column.endsWith('_sha256')) return 64
  return column.endsWith('_sha1') ? 40 : undefined
}

/** Hashes as the store tells them; undefined for one that is none, so that nobody waits for it to match. */
function factOf(column: string, value: string): string | undefined {
  const digits = hexDigits(column)
  if (digits === undefined) return value
  const bare = value.replaceAll(':', '').replaceAll(' ', '').toLowerCase()
  return bare.length === digits && /^[0-9a-f]+$/.test(bare) ? bare : undefined
}

/** A day is its first moment in UTC. What is no time is left for the schema to refuse. */
export function instantOf(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?Z)?$/.test(text) ? new Date(text) : undefined
  if (time === undefined || Number.isNaN(time.getTime())) return text
  return /\.\d{6}Z$/.test(text) ? text : time.toISOString().replace('Z', '000Z')
}

export function daysAfter(instant: string, days: number): string {
  const time = Date.parse(instant)
  if (Number.isNaN(time)) return instant
  return new Date(time + days * 86_400_000).toISOString().replace('Z', '000Z')
}

/** The same row has the same id, so that importing it twice adds nothing. A UUID of version 8 (RFC 9562 §5.8). */
function idOf(draft: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(Object.entries(draft).sort(([a], [b]) => (a < b ? -1 : 1)))
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
