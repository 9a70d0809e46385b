import { expect, test } from 'vitest'
import { escapeJson, escapeText, unescapeJson, unescapeText } from './stored-text.ts'

const escapeMark = '\u0010'

test('ordinary text is stored as it is', () => {
  for (const text of ['', 'ws-017.corp.example', 'Größe 🛰️\n\t\u001b[0m', '\\u0000']) expect(escapeText(text)).toBe(text)
})

test('NUL, lone surrogates, byte order marks and the escape mark become the mark and four digits', () => {
  expect(escapeText('a\u0000b')).toBe(`a${escapeMark}0000b`)
  expect(escapeText('\ufeffx')).toBe(`${escapeMark}feffx`)
  expect(escapeText('\udc00\ud800')).toBe(`${escapeMark}dc00${escapeMark}d800`)
  expect(escapeText(`${escapeMark}0000`)).toBe(`${escapeMark}00100000`)
})

test('a whole surrogate pair is left alone', () => {
  expect(escapeText('\ud83d\ude00')).toBe('😀')
})

/** Mulberry32, so that a failure can be repeated. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

test('whatever the text, it is storable and comes back unit for unit', () => {
  const random = seeded(20260501)
  const units = [0, 0x10, 0x30, 0x31, 0x61, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xfeff, 0xfffe]
  for (let round = 0; round < 20_000; round++) {
    const length = Math.floor(random() * 12)
    const text = String.fromCharCode(...Array.from({ length }, () => units[Math.floor(random() * units.length)] ?? 0))
    const stored = escapeText(text)
    expect(stored).not.toContain('\u0000')
    expect(Buffer.from(stored, 'utf8').toString('utf8')).toBe(stored)
    expect(unescapeText(stored)).toBe(text)
  }
})

test('every string in a JSON value is treated, and nothing else', () => {
  const value = { a: ['\u0000', 1, null, true, { b: 'x\ud800' }], c: {} }
  expect(escapeJson(value)).toEqual({ a: ['\u00100000', 1, null, true, { b: 'x\u0010d800' }], c: {} })
  expect(unescapeJson(escapeJson(value))).toEqual(value)
})
