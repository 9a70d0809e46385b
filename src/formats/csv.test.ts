import { describe, expect, it } from 'vitest'
import { CsvReader, longestCsvRecord, readCsvStart } from './csv.ts'
import type { CutRecord, ReaderEnd } from './record-reader.ts'

/** What becomes of a text: lines, or the code of a problem with the length of what is hurt. */
type Told = string | readonly [string, number]

function tell({ records }: Pick<ReaderEnd, 'records'>): Told[] {
  return records.map(({ lines, problem, bytes }: CutRecord) =>
    problem === undefined ? Buffer.concat(lines).toString('utf8') : [problem.code, bytes],
  )
}

function read(text: string | Buffer, options: { readonly size?: number; readonly mayGrow?: boolean } = {}) {
  const { size = 1 << 20, mayGrow = false } = options
  const bytes = Buffer.from(text)
  const start = readCsvStart(bytes.subarray(0, 4096))
  if (start === undefined) return undefined
  const { commented, first, comments, first_offset, next_offset } = start
  const reader = new CsvReader({
    columns: commented ?? first,
    first_offset: commented === undefined ? next_offset : first_offset,
    comments,
  })
  const told: Told[] = []
  for (let at = 0; at < bytes.length; at += size)
    told.push(...tell({ records: reader.add(bytes.subarray(at, at + size)) }))
  const end = reader.end(mayGrow)
  return { told: [...told, ...tell(end)], left: end.left }
}

describe('records of CSV', () => {
  it('are objects with a text for each field that is not empty', () => {
    expect(read('a,b,c\n1,,3\n,,\n')?.told).toEqual(['{"a":"1","c":"3"}', '{}'])
  })

  it('may have commas, quotes and line ends between quotes, and end with CRLF or LF', () => {
    expect(read('a,b\r\n"1,""x""","2\r\n3"\r\n"",4\n')?.told).toEqual([
      '{"a":"1,\\"x\\"","b":"2\\u000d\\u000a3"}',
      '{"b":"4"}',
    ])
  })

  it('are the same however the bytes come in pieces', () => {
    const text = '\ufeffa,b,"c ""d"""\r\n1,"2, ""q""\r\n",3\r\n\r\n"x"y,1,2\r\n1,2\r\n"",ü€😀,\\\r\n1,2,"3"'
    const whole = read(text)
    expect(whole?.told).toHaveLength(6)
    for (const size of [1, 2, 3, 7, 64]) expect(read(text, { size })).toEqual(whole)
  })

  it('keep a quote within a bare field and bytes that are no UTF-8 as they are', () => {
    const line = Buffer.from([...Buffer.from('a,b\n5" disk,'), 0xff, 0x00, 0x0a])
    const reader = new CsvReader({ columns: ['a', 'b'], first_offset: 4, comments: false })
    const [record] = reader.add(line)
    expect(Buffer.from(record?.lines[0] ?? []).toString('latin1')).toBe('{"a":"5\\" disk","b":"\u00ff\\u0000"}')
  })

  it('have names that need escaping', () => {
    expect(read('a"b,"c\n\\"\n1,2\n')?.told).toEqual(['{"a\\"b":"1","c\\n\\\\":"2"}'])
  })

  it('are counted when they are blank, and are no records when they are comments of a file that begins with comments', () => {
    expect(read('a,b\n\n1,2\n#,3\n')?.told).toEqual(['', '{"a":"1","b":"2"}', '{"a":"#","b":"3"}'])
    expect(read('# list\n# a,b\n1,2\n# end, now\n3,4\n')?.told).toEqual(['{"a":"1","b":"2"}', '{"a":"3","b":"4"}'])
  })
})

describe('a bad record of CSV', () => {
  it('costs itself: too few fields, too many, something behind a closing quote', () => {
    expect(read('a,b\n1\n1,2,3\n"1"x,2\n1,2\n')?.told).toEqual([
      ['record/column-count', 1],
      ['record/column-count', 5],
      ['csv/after-quote', 6],
      '{"a":"1","b":"2"}',
    ])
  })

  it('costs its first line when a quote is never closed', () => {
    expect(read('a,b\n1,"2\n3,4\n5,6\n')?.told).toEqual([
      ['csv/no-closing-quote', 4],
      '{"a":"3","b":"4"}',
      '{"a":"5","b":"6"}',
    ])
  })

  it('does not take the file with it when the quote is opened before 100 MB', { timeout: 60_000 }, () => {
    const reader = new CsvReader({ columns: ['a', 'b'], first_offset: 4, comments: false })
    const told = tell({ records: reader.add(Buffer.from('a,b\n1,"2\n')) })
    const lines = Buffer.from(`3,${'4'.repeat(1021)}\n`.repeat(64))
    let [records, most] = [0, 0]
    for (let sent = 0; sent < 100 << 20; sent += lines.length) {
      const cut = reader.add(lines)
      if (told.length === 0) told.push(...tell({ records: cut.slice(0, 1) }))
      records += cut.filter(({ lines: [line] }) => line !== undefined).length
      for (const { bytes } of cut) most = Math.max(most, bytes)
    }
    expect(told).toEqual([['record/too-long', 4]])
    expect({ records: records + reader.end(false).records.length, most }).toEqual({ records: 100 << 10, most: 1023 })
  })

  it('is passed over when it is one line without an end', { timeout: 60_000 }, () => {
    const reader = new CsvReader({ columns: ['a', 'b'], first_offset: 0, comments: false })
    const part = Buffer.alloc(1 << 20, 'x')
    const cut: CutRecord[] = []
    for (let sent = 0; sent < 100; sent += 1) cut.push(...reader.add(part))
    cut.push(...reader.add(Buffer.from('\n1,2\n')))
    expect(tell({ records: cut })).toEqual([['record/too-long', 100 << 20], '{"a":"1","b":"2"}'])
    expect(cut[0]?.text.length).toBe(4096)
  })

  it('is one whose line of JSON would be much longer than itself', () => {
    const columns = Array.from({ length: 1000 }, (_, nth) => `${'n'.repeat(9000)}${nth}`)
    const reader = new CsvReader({ columns, first_offset: 0, comments: false })
    expect(tell({ records: reader.add(Buffer.from(`${'1,'.repeat(999)}1\n`)) })).toEqual([['record/too-long', 1999]])
  })

  it('costs time in proportion to its length: quotes that open and close over line ends are no trap', () => {
    const hostile = ['"\n"', '",\n"', '""\n"', ',"\n,"', '"""\n', '","\n'].map(unit =>
      unit.repeat((2 << 20) / unit.length),
    )
    for (const text of hostile) {
      const reader = new CsvReader({ columns: ['a', 'b'], first_offset: 0, comments: false })
      let bytes = 0
      for (let at = 0; at < text.length; at += 1 << 16)
        for (const cut of reader.add(Buffer.from(text.slice(at, at + (1 << 16))))) bytes += cut.bytes
      for (const cut of reader.end(false).records) bytes += cut.bytes
      expect(bytes).toBeGreaterThan(0)
    }
  }, 120_000)
})

describe('the last record of CSV', () => {
  it('is left when it may still be being written, and taken when it cannot', () => {
    const text = 'a,b\n1,2\n3,4'
    expect(read(text, { mayGrow: true })).toEqual({ told: ['{"a":"1","b":"2"}'], left: { byte_offset: 8, bytes: 3 } })
    expect(read(text)?.told).toEqual(['{"a":"1","b":"2"}', '{"a":"3","b":"4"}'])
  })

  it('may be within quotes, then all of it is left', () => {
    expect(read('a,b\n1,"2\n3', { mayGrow: true })).toEqual({ told: [], left: { byte_offset: 4, bytes: 6 } })
  })
})

describe('the start of a CSV file', () => {
  it('may have its names in the last comment, when they are as many as the fields', () => {
    expect(readCsvStart(Buffer.from('#### list ####\n# When,What\n1,2\n'))).toMatchObject({
      comments: true,
      commented: ['When', 'What'],
      first: ['1', '2'],
    })
    expect(readCsvStart(Buffer.from('# one, two, three\n1,2\n'))?.commented).toBeUndefined()
  })

  it('is none without two fields, or with more than a thousand, or with a first record that does not end', () => {
    expect(readCsvStart(Buffer.from('alone\n'))).toBeUndefined()
    expect(readCsvStart(Buffer.from(`${'a,'.repeat(2000)}b\n`))).toBeUndefined()
    expect(readCsvStart(Buffer.from(`"${'x,'.repeat(longestCsvRecord)}`))).toBeUndefined()
    expect(readCsvStart(Buffer.from('# only a comment'))).toBeUndefined()
    expect(readCsvStart(Buffer.alloc(0))).toBeUndefined()
  })
})
