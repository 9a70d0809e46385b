import { Buffer } from 'node:buffer'
import type { Problem } from '../base/index.ts'
import { windows1252 } from '../base/index.ts'
import { longestScript } from './bounds.ts'
import { note } from './note.ts'
import type { FileRanges } from './ranges.ts'
import { copyRange } from './ranges.ts'
import type { ScriptStyle } from './script-styles.ts'
import { scriptStyles } from './script-styles.ts'

/** A script: text, and perhaps a signature in comments. */
export type ScriptLayout = {
  readonly kind: 'script'
  readonly style: ScriptStyle
  /** There is a block, or one that never ends. */
  readonly is_signature_told: boolean
  /** Octets of the block with the line before it; undefined when there is none. */
  readonly block: { readonly offset: number; readonly size: number } | undefined
  readonly signature: Uint8Array | undefined
  /** Octets behind the block. They are hashed as the rest is. */
  readonly after_block: number
  /** What may have been hashed, the usual first. */
  readonly forms: readonly ScriptForm[]
}

/** The text as it was hashed: how it was read, and whether the place of the block was hashed too. */
export type ScriptForm = {
  readonly encoding: 'utf16le' | 'utf16be' | 'utf8' | 'windows-1252' | 'latin1'
  readonly has_position: boolean
  /** UTF-16LE, and the place of the block in characters where it has it. */
  readonly octets: () => Uint8Array
}

type Mark = 'utf16le' | 'utf16be' | 'utf8' | undefined

/**
 * Reads a script.
 *
 * @param extension in lower case, without a dot: Windows goes by it. Undefined: by the signature block, if there is one
 * @returns undefined when nothing tells that it is a script
 */
export async function readScript(
  file: FileRanges,
  extension: string | undefined,
  problems: Problem[],
): Promise<ScriptLayout | undefined> {
  const style = scriptStyles.find(({ extensions }) => extension !== undefined && extensions.includes(extension))
  if (file.size > longestScript) {
    if (style !== undefined)
      note(problems, 'authenticode/too-long', 'script', `at most ${longestScript}`, String(file.size))
    return undefined
  }
  const bytes = await copyRange(file, 0, file.size)
  const mark = markOf(bytes)
  const isWide = mark === 'utf16le' || mark === 'utf16be'
  // One character for each octet, or two of them: places in the text are places in the file.
  const text = isWide
    ? wideText(bytes, mark)
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const width = isWide ? 2 : 1
  for (const candidate of style === undefined ? scriptStyles : [style]) {
    const block = findBlock(text, candidate)
    if (block === undefined) continue
    const after = text.length - block.end
    if (after > 0 && candidate.name !== 'wsf')
      note(problems, 'authenticode/script-after-block', `byte ${block.end * width}`, 'the end', `${after} characters`)
    const parts = [bytes.subarray(0, block.start * width), bytes.subarray(block.end * width)] as const
    return {
      kind: 'script',
      style: candidate,
      is_signature_told: true,
      block: { offset: block.start * width, size: (block.end - block.start) * width },
      signature: decodeBlock(text, block, candidate, problems),
      after_block: after * width,
      forms: formsOf(parts, mark, candidate),
    }
  }
  if (style === undefined) return undefined
  const isBegun = findLine(text, style.begin, 0) !== undefined
  if (isBegun) note(problems, 'authenticode/script-block', 'script', style.end)
  const forms = formsOf([bytes, new Uint8Array(0)], mark, style)
  return {
    kind: 'script',
    style,
    is_signature_told: isBegun,
    block: undefined,
    signature: undefined,
    after_block: 0,
    forms,
  }
}

function markOf([first, second, third]: Uint8Array): Mark {
  if (first === 0xff && second === 0xfe) return 'utf16le'
  if (first === 0xfe && second === 0xff) return 'utf16be'
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf8' : undefined
}

function wideText(bytes: Uint8Array, mark: Mark): string {
  const whole = Buffer.from(bytes.subarray(0, bytes.length & ~1))
  return (mark === 'utf16be' ? whole.swap16() : whole).toString('utf16le')
}

/** In characters. The line end before the block belongs to it. */
type Block = { readonly start: number; readonly first: number; readonly last: number; readonly end: number }

/** The first block with both of its lines. */
function findBlock(text: string, { begin, end }: ScriptStyle): Block | undefined {
  const from = findLine(text, begin, 0)
  const to = from && findLine(text, end, from.next)
  if (from === undefined || to === undefined) return undefined
  const before = text.startsWith('\r\n', from.start - 2) ? 2 : text.startsWith('\n', from.start - 1) ? 1 : 0
  return { start: Math.max(0, from.start - before), first: from.next, last: to.start, end: to.next }
}

function findLine(
  text: string,
  line: string,
  from: number,
): { readonly start: number; readonly next: number } | undefined {
  for (let at = text.indexOf(line, from); at !== -1; at = text.indexOf(line, at + 1)) {
    const stop = at + line.length
    const isStart =
      at === 0 || text[at - 1] === '\n' || (at === 1 && text[0] === '\ufeff') || (at === 3 && text.startsWith('ï»¿'))
    if (!isStart) continue
    if (stop === text.length) return { start: at, next: stop }
    if (text.startsWith('\r\n', stop)) return { start: at, next: stop + 2 }
    if (text[stop] === '\n') return { start: at, next: stop + 1 }
  }
  return undefined
}

function decodeBlock(text: string, block: Block, { open, close }: ScriptStyle, problems: Problem[]): Uint8Array {
  const parts: string[] = []
  let strange = 0
  for (const line of text.slice(block.first, block.last).split('\n')) {
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line
    if (whole === '') continue
    const inner = whole.slice(open.length, whole.length - close.length)
    if (whole.startsWith(open) && whole.endsWith(close) && /^[A-Za-z0-9+/=]*$/.test(inner)) parts.push(inner)
    else strange += 1
  }
  if (strange > 0)
    note(
      problems,
      'authenticode/script-block',
      `character ${block.first}`,
      `${open}base64${close}`,
      `${strange} other lines`,
    )
  return Uint8Array.from(Buffer.from(parts.join(''), 'base64'))
}

/**
 * How the text may have been read before it was hashed. Interface packages turn all text into UTF-16LE.
 *
 * @param parts before the block, and behind it
 */
function formsOf(
  parts: readonly [before: Uint8Array, after: Uint8Array],
  mark: Mark,
  style: ScriptStyle,
): readonly ScriptForm[] {
  const { is_mark_hashed, is_position_hashed, is_utf8_expected } = style
  const isAscii = parts.every(part => part.every(octet => octet < 0x80))
  const guesses = is_utf8_expected ? (['utf8', 'windows-1252'] as const) : (['windows-1252', 'latin1', 'utf8'] as const)
  const encodings: readonly ScriptForm['encoding'][] = mark !== undefined ? [mark] : isAscii ? ['utf8'] : guesses
  const octetsOf = (encoding: ScriptForm['encoding'], hasPosition: boolean) => {
    const before = asUtf16(parts[0], encoding).subarray(mark !== undefined && !is_mark_hashed ? 2 : 0)
    const place = Buffer.alloc(hasPosition ? 4 : 0)
    if (hasPosition) place.writeUInt32LE(Math.floor(before.length / 2))
    return Buffer.concat([before, asUtf16(parts[1], encoding), place])
  }
  return (is_position_hashed ? [true, false] : [false]).flatMap(has_position =>
    encodings.map(encoding => ({ encoding, has_position, octets: () => octetsOf(encoding, has_position) })),
  )
}

function asUtf16(signed: Uint8Array, encoding: ScriptForm['encoding']): Uint8Array {
  if (encoding === 'utf16le') return signed
  if (encoding === 'utf16be') return Buffer.from(signed.subarray(0, signed.length & ~1)).swap16()
  const text =
    encoding === 'windows-1252'
      ? windows1252(signed)
      : Buffer.from(signed.buffer, signed.byteOffset, signed.byteLength).toString(encoding)
  return Buffer.from(text, 'utf16le')
}
