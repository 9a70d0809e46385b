import { describe, expect, it } from 'vitest'
import type { JsonDocumentOptions } from './json-document.ts'
import { JsonDocumentReader } from './json-document.ts'
import type { CutRecord } from './record-reader.ts'

type Options = Partial<JsonDocumentOptions> & { readonly size?: number; readonly mayGrow?: boolean }

function tell(records: readonly CutRecord[]): (string | readonly string[])[] {
  return records.map(({ lines, problem }) => {
    const [only, ...others] = lines.map(line => Buffer.from(line).toString('utf8'))
    return problem?.code ?? (others.length === 0 ? (only ?? '') : [only ?? '', ...others])
  })
}

function read(text: string | Buffer, { size = 1 << 20, mayGrow = false, records = [], each = [] }: Options = {}) {
  const reader = new JsonDocumentReader({ records, each })
  const bytes = Buffer.from(text)
  const cut: CutRecord[] = []
  for (let at = 0; at < bytes.length; at += size) cut.push(...reader.add(bytes.subarray(at, at + size)))
  const { records: last, ...end } = reader.end(mayGrow)
  cut.push(...last)
  return { told: tell(cut), places: cut.map(({ byte_offset, bytes: length }) => [byte_offset, length]), ...end }
}

describe('records of a JSON document', () => {
  it('are the elements of a list, each on one line, wherever they stand', () => {
    expect(read('[{"a":1},\n {"b":\n[2]}\n]\n')).toEqual({
      told: ['{"a":1}', '{"b": [2]}'],
      places: [
        [1, 7],
        [11, 10],
      ],
    })
  })

  it('are documents one after the other, with or without something between them', () => {
    expect(read('\ufeff{"a":1}{"b":2}\n\n[{"c":3}] , {"d":4}').told).toEqual([
      '{"a":1}',
      '{"b":2}',
      '{"c":3}',
      '{"d":4}',
    ])
  })

  it('stand below names that are asked for; what is around them is passed over', () => {
    const options = { records: ['response/*/Event/Object/*', 'matches/*'] }
    const text =
      '{"response":[{"Event":{"info":"x","Object":[{"o":1},{"o":[{}]}],"z":{}}}],"n":1}\n{"total":2,"matches":[{"m":1}]}'
    expect(read(text, options).told).toEqual(['{"o":1}', '{"o":[{}]}', '{"m":1}'])
  })

  it('are the inner ones of two that lie in each other, and the outer ones where there is no inner one', () => {
    const options = { records: ['data/*'] }
    expect(read('{"ip":1,"data":[{"p":1}]}\n{"ip":2,"data":[]}\n{"ip":3,"data":{"p":2}}', options).told).toEqual([
      '{"p":1}',
      '{"ip":2,"data":[]}',
      '{"ip":3,"data":{"p":2}}',
    ])
  })

  it('are also what is no object: the engine says so of them', () => {
    expect(read('[1,"two",null,[3]]\nfour').told).toEqual(['1', '"two"', 'null', '[3]', 'four'])
  })

  it('are the same however the bytes come in pieces', () => {
    const text =
      '\ufeff[{"a\\\\":"x\\"}]"},\n{"u":"ü€😀\\u0000","n":123456789012345678901},\n{"bad":"\n{"ok":1},{"services":[{"p":1},{"p":2}]}\n'
    const options = { records: ['w/*'], each: ['services'] }
    const whole = read(text, options)
    expect(whole.told).toHaveLength(5)
    for (const size of [1, 2, 3, 5, 17]) expect(read(text, { ...options, size })).toEqual(whole)
  })

  it('are as many as a list in them has elements, where that is asked for', () => {
    const options = { each: ['services'] }
    expect(read('{"ip":"192.0.2.7","services":[{"p":1}, {"p":[2]} ],"x":[1,2]}', options).told).toEqual([
      ['{"ip":"192.0.2.7","services":{"p":1},"x":[1,2]}', '{"ip":"192.0.2.7","services":{"p":[2]} ,"x":[1,2]}'],
    ])
    expect(read('{"services":[]}{"services":{"p":1}}{"a":{"services":[1,2]}}', options).told).toEqual([
      '{"services":[]}',
      '{"services":{"p":1}}',
      '{"a":{"services":[1,2]}}',
    ])
  })

  it('keep numbers beyond 64 bits and beyond a double as texts, digit for digit', () => {
    const text = '{"s":123456789012345678901234567890,"f":1e999,"g":-1E+999,"ok":[18446744073709551,1.5e3,-7]}'
    expect(read(text).told).toEqual([
      '{"s":"123456789012345678901234567890","f":"1e999","g":"-1E+999","ok":[18446744073709551,1.5e3,-7]}',
    ])
  })
})

describe('a bad record of a JSON document', () => {
  it('costs the lines it stands on, and reading goes on in the list around it', () => {
    const text = '[{"a":1},\n{"b":"open},\n{"c":3},\n{"d":4]\n,{"e" 5},\n{"f":\n  6 7,\n  "g":8},\n{"h":9}]'
    const bad = 'json/invalid'
    expect(read(text).told).toEqual(['{"a":1}', bad, '{"c":3}', bad, bad, bad, '{"h":9}'])
  })

  it('costs a line where documents stand one a line', () => {
    expect(read('{"a":1}\n{"b":"cut o\n{"c":3}\n{"d":4,\n{"e":5}\n').told).toEqual([
      '{"a":1}',
      'json/invalid',
      '{"c":3}',
      'json/invalid',
      '{"e":5}',
    ])
  })

  it('is one that is not whole when nothing follows, and is left when something may', () => {
    expect(read('[{"a":1},{"b":"c').told).toEqual(['{"a":1}', 'record/unterminated'])
    expect(read('[{"a":1},{"b":"c', { mayGrow: true })).toMatchObject({
      told: ['{"a":1}'],
      left: { byte_offset: 9, bytes: 7 },
    })
  })

  it('is none when only the list around has no end: that is told', () => {
    expect(read('[{"a":1},\n')).toMatchObject({ told: ['{"a":1}'], problem: { code: 'json/unterminated' } })
    expect(read('{"a":1}')).not.toHaveProperty('problem')
  })

  it('is one that goes too deep', () => {
    expect(read(`[${'['.repeat(1_000_000)}`).told).toEqual(['json/invalid'])
    expect(read(`${'{"a":'.repeat(1_000_000)}1`).told).toEqual(['json/invalid'])
  })

  it('is one whose list would make too much of it', () => {
    const elements = Array.from({ length: 70_000 }, () => '1').join(',')
    expect(read(`{"services":[${elements}]}`, { each: ['services'] }).told).toEqual(['record/too-many-parts'])
    const large = `{"around":"${'x'.repeat(1 << 20)}","services":[${'{},'.repeat(99)}{}]}`
    expect(read(large, { each: ['services'] }).told).toEqual(['record/too-many-parts'])
  })

  it('is one of more than 16 MiB, of which little is kept', { timeout: 60_000 }, () => {
    const reader = new JsonDocumentReader({ records: [], each: [] })
    const cut: CutRecord[] = [...reader.add(Buffer.from('[{"a":1},{"long":"'))]
    const part = Buffer.alloc(1 << 20, 'x')
    for (let sent = 0; sent < 100; sent += 1) cut.push(...reader.add(part))
    cut.push(...reader.add(Buffer.from('"},{"b":2}]')))
    expect(tell(cut)).toEqual(['{"a":1}', 'record/too-long', '{"b":2}'])
    expect(cut[1]?.text.length).toBe(4096)
    expect(cut[1]?.bytes).toBeGreaterThan(100 << 20)
  })

  it('never throws: bytes of any kind, cut anywhere', () => {
    let state = 7
    const random = (limit: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return (state >>> 8) % limit
    }
    const units = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\n',
      ' ',
      '"a"',
      '{"a":1}',
      '"services":[',
      '\u0000',
      'é',
      '1e9',
    ]
    const loneSurrogate = Buffer.from([0xed, 0xa0, 0x80])
    for (let round = 0; round < 3000; round += 1) {
      const parts = Array.from({ length: 1 + random(60) }, () => Buffer.from(units[random(units.length)] ?? ''))
      const bytes = Buffer.concat([...parts, ...(random(4) === 0 ? [loneSurrogate, Buffer.from([0xff])] : [])])
      const options = { records: ['a/*'], each: ['services'] }
      const whole = read(bytes, options)
      expect(read(bytes, { ...options, size: 1 + random(9) })).toEqual(whole)
      let end = 0
      for (const [at = 0, length = 0] of whole.places) {
        expect(at).toBeGreaterThanOrEqual(end)
        end = at + length
      }
      expect(end).toBeLessThanOrEqual(bytes.length)
    }
  })
})
