import { RE2JS } from 're2js'
import type { SampleRecord } from './match.ts'
import type { Source } from './source.ts'
import { markOf } from './text-relation.ts'
import type { PairStyle, TextShape } from './text-shape.ts'
import { mostParts, syslogEnvelope } from './text-shape.ts'

/**
 * The record that a source makes of a line, as the engine makes it (text-relation.ts): to recognise evidence by its
 * first lines. A seeded test holds that the two agree. Undefined where the line has none of its shapes.
 */
export function readTextLine(source: Source, line: string): SampleRecord | undefined {
  for (const shape of source.lines ?? []) {
    const record = readShape(shape, line)
    if (record === undefined) continue
    const unset = new Set(['', ...(source.unset ?? [])])
    return Object.fromEntries(Object.entries(record).filter(([, text]) => !unset.has(text)))
  }
  return undefined
}

const compiled = new WeakMap<TextShape, RE2JS>()

function readShape(shape: TextShape, line: string): Readonly<Record<string, string>> | undefined {
  if (shape.contains.length > 0 && !shape.contains.some(text => line.includes(text))) return undefined
  const marks = [
    ...(shape.cells === undefined ? [] : [',']),
    ...(shape.pairs === undefined ? [] : [markOf[shape.pairs.style]]),
  ]
  if (marks.some(mark => line.split(mark).length - 1 > mostParts)) return undefined
  const pattern = compiled.get(shape) ?? RE2JS.compile(shape.pattern)
  compiled.set(shape, pattern)
  const header = shape.envelope === 'syslog' ? headerOf(line) : undefined
  const matcher = pattern.matcher(line.slice(header?.text.length ?? 0))
  if (!matcher.find()) return undefined
  const groups: Record<string, string> = { ...header?.groups }
  shape.groups.forEach((name, nth) => {
    groups[name] = matcher.group(nth + 1) ?? ''
  })
  const cells = shape.cells === undefined ? [] : cellsIn(groups[shape.cells.in] ?? '')
  const named = (shape.cells?.names ?? []).flatMap((name, nth) =>
    name === '' ? [] : [[name, cells[nth] ?? ''] as const],
  )
  const pairs = shape.pairs === undefined ? [] : pairsIn(shape.pairs.style, groups[shape.pairs.in] ?? '')
  const record: Record<string, string> = {}
  for (const [name, text] of [...pairs].reverse()) record[name] = text // the first of a name counts
  Object.assign(record, Object.fromEntries(named))
  const own = Object.entries(groups).map(([name, text]) => [name.replace(/__\d+$/, ''), text] as const)
  for (const [name] of own) record[name] = ''
  for (const [name, text] of own) if (record[name] === '') record[name] = text
  return record
}

const header = RE2JS.compile(syslogEnvelope.pattern)

function headerOf(line: string): { readonly text: string; readonly groups: Readonly<Record<string, string>> } {
  const matcher = header.matcher(line)
  if (!matcher.find()) return { text: '', groups: {} }
  const texts = syslogEnvelope.groups.map((name, nth) => [name, matcher.group(nth + 1) ?? ''] as const)
  const text = syslogEnvelope.headers.map(nth => texts[nth - 1]?.[1] ?? '').join('')
  return { text, groups: Object.fromEntries(texts.filter(([name]) => !name.startsWith('syslog_header'))) }
}

function cellsIn(text: string): readonly string[] {
  if (text === '') return []
  return [...`${text},`.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*)),/g)].map(([, quoted, plain]) =>
    quoted !== undefined && quoted !== '' ? quoted.replaceAll('""', '"') : (plain ?? ''),
  )
}

/** As in SQL, character for character. */
function pairsIn(style: PairStyle, text: string): readonly (readonly [string, string])[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are put aside because they stand for something here
  const plain = text.replace(/[\x01-\x03]/g, ' ')
  switch (style) {
    case 'quoted':
      return [...plain.matchAll(/([A-Za-z0-9_.-]{1,100})=(?:"((?:[^"\\]|\\.)*)"|([^ ]*))/g)].map(
        ([, name = '', quoted = '', bare = '']) => [name, quoted !== '' ? quoted.replace(/\\(.)/g, '$1') : bare],
      )
    case 'cef':
      return markedPairs(
        plain.replaceAll('\\=', '\x02').replace(/(^| )([A-Za-z0-9_.-]{1,100})=/g, '\x03$2\x01'),
        value => value.replaceAll('\x02', '=').replace(/\\([\\|])/g, '$1'),
      )
    case 'colon':
      return markedPairs(plain.replace(/(^|, )([A-Za-z][A-Za-z0-9_ ]{0,60}): /g, '\x03$2\x01'), value => value)
    case 'tab':
    case 'caret':
      return plain.split(style === 'tab' ? '\t' : '^').flatMap(part => {
        const at = part.indexOf('=')
        return at > 0 ? [[part.slice(0, at), part.slice(at + 1)] as const] : []
      })
  }
}

function markedPairs(text: string, undone: (value: string) => string): readonly (readonly [string, string])[] {
  return text.split('\x03').flatMap(part => {
    const at = part.indexOf('\x01')
    return at > 0 ? [[part.slice(0, at), undone(part.slice(at + 1)).replace(/^ +| +$/g, '')] as const] : []
  })
}
