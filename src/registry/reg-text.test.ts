import { describe, expect, it } from 'vitest'
import { looksLikeRegText, type RegItem, readRegText } from './index.ts'

const header = 'Windows Registry Editor Version 5.00\r\n\r\n'
const key = '[HKEY_LOCAL_MACHINE\\SOFTWARE\\x]\r\n'
const items = (text: string | Uint8Array) => [...readRegText(Buffer.from(text)).items]
const values = (lines: string) =>
  items(header + key + lines).flatMap(item =>
    item.action === 'set_value' ? [[item.value.name, item.value.type, item.value.data]] : [],
  )
const problems = (item: RegItem | undefined) => item?.problems.map(({ code }) => code)

describe('registry text', () => {
  it('is known by its first line, in any encoding; other text is not', () => {
    const known = [header, `\ufeff${header}`, 'REGEDIT4\n', `\r\n${header}`]
    for (const text of known)
      for (const encoding of ['utf8', 'utf16le'] as const)
        expect(looksLikeRegText(Buffer.from(text, encoding)), JSON.stringify([text, encoding])).toBe(true)
    for (const text of ['', 'REGEDIT', `x ${header}`, '[HKEY_LOCAL_MACHINE\\SOFTWARE]'])
      expect(looksLikeRegText(Buffer.from(text)), text).toBe(false)
  })

  it('says at which octet each of its items begins', () => {
    const text = `\ufeff${header}${key}"ä"="1"\r\n"b"=-\r\n`
    for (const encoding of ['utf8', 'utf16le'] as const) {
      const bytes = Buffer.from(text, encoding)
      const begins = ['[', '"ä"', '"b"'].map(start => bytes.indexOf(Buffer.from(start, encoding)))
      expect(items(bytes).map(({ offset }) => offset)).toEqual(begins)
    }
  })

  it('sets and deletes keys and values, in its order', () => {
    const text = `${header}; a comment\r\n${key}@="d"\r\n"a"=-\r\n\r\n[-HKEY_CURRENT_USER\\y]\r\n[HKEY_USERS\\a]b]\r\n"v"=dword:0000000a ; ten\r\n`
    expect(items(text).map(({ problems: _, ...item }) => item)).toMatchObject([
      { line: 4, action: 'key', path: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\x' },
      { line: 5, action: 'set_value', value: { name: '', type: 'REG_SZ', data: 'd' } },
      { line: 6, action: 'delete_value', name: 'a' },
      { line: 8, action: 'delete_key', path: 'HKEY_CURRENT_USER\\y' },
      { line: 9, action: 'key', path: 'HKEY_USERS\\a]b' },
      { line: 10, action: 'set_value', value: { name: 'v', type: 'REG_DWORD', data: 10 } },
    ])
  })

  it.each([
    ['"a\\\\b"="C:\\\\x \\"y\\""', ['a\\b', 'REG_SZ', 'C:\\x "y"']],
    ['"a"=hex:00,01,\\\r\n  fe,ff', ['a', 'REG_BINARY', Uint8Array.of(0, 1, 254, 255)]],
    ['"a"=hex(2):25,00,78,00,25,00,00,00', ['a', 'REG_EXPAND_SZ', '%x%']],
    ['"a"=hex(7):6f,00,6e,00,65,00,00,00,32,00,00,00,00,00', ['a', 'REG_MULTI_SZ', ['one', '2']]],
    ['"a"=hex(b):10,32,54,76,98,ba,dc,fe', ['a', 'REG_QWORD', 0xfedcba9876543210n]],
    ['"a"=hex(5):01,02,03,04', ['a', 'REG_DWORD_BIG_ENDIAN', 0x01020304]],
    ['"a"=hex(0):', ['a', 'REG_NONE', new Uint8Array()]],
    ['"a"=hex(10000):01', ['a', 'unknown', Uint8Array.of(1)]],
    ['"a"="one\r\ntwo"', ['a', 'REG_SZ', 'one\r\ntwo']],
    ['"a" = "b"', ['a', 'REG_SZ', 'b']],
    ['"a"=hex:01,\\\r\n; between\r\n  02', ['a', 'REG_BINARY', Uint8Array.of(1, 2)]],
  ])('%s is read as Regedit reads it', (line, expected) => {
    expect(values(`${line}\r\n`)).toEqual([expected])
  })

  it.each(['utf-16le with a mark', 'utf-16le', 'utf-8 with a mark', 'utf-8'])('is read in %s', encoding => {
    const text = `${header}${key}"Größe Ω"="🔑"\r\n`
    const mark = encoding.endsWith('mark') ? '\ufeff' : ''
    const bytes = Buffer.from(mark + text, encoding.startsWith('utf-16') ? 'utf16le' : 'utf8')
    const read = readRegText(bytes)
    expect([read.version, read.encoding, read.problems]).toEqual(['5', encoding.split(' ')[0], []])
    expect([...read.items][1]).toMatchObject({ value: { name: 'Größe Ω', data: '🔑' } })
  })

  it('of the old kind is ANSI, in its octets too', () => {
    const text = 'REGEDIT4\n\n[HKEY_CLASSES_ROOT\\x]\n"Gr\xf6\xdfe"="\x80"\n"v"=hex(2):25,78,25,80,00\n'
    const read = readRegText(Buffer.from(text, 'latin1'))
    expect([read.version, read.encoding]).toEqual(['4', 'windows-1252'])
    const [, name, octets] = [...read.items]
    expect(name).toMatchObject({ value: { name: 'Größe', type: 'REG_SZ', data: '€' } })
    expect(octets).toMatchObject({ value: { type: 'REG_EXPAND_SZ', data: '%x%€' } })
  })

  it('below a key that is deleted sets nothing, and says so', () => {
    const [, value] = items(`${header}[-HKEY_CURRENT_USER\\y]\r\n"a"="b"\r\n`)
    expect([value?.action, problems(value)]).toEqual(['none', ['registry/reg-outside']])
  })

  it.each(['nonsense', '[HKEY_USERS', '"a"', '"a"=sz:x', '"a"="b" c', '"a"=dword:123456789', '"a"=hex(x):00'])(
    'does nothing where it says nothing that is known: %s',
    line => {
      const [, item, next] = items(`${header}${key}${line}\r\n"next"="x"\r\n`)
      expect(item?.action).toBe('none')
      expect(problems(item)).not.toEqual([])
      expect(next?.line).toBe(5)
    },
  )

  it('keeps octets up to one that is none', () => {
    const [, item] = items(`${header}${key}"a"=hex:01,02,xx,04\r\n`)
    expect(item).toMatchObject({ action: 'set_value', value: { data: Uint8Array.of(1, 2) } })
    expect(problems(item)).toEqual(['registry/reg-data'])
  })

  it('of nothing, and of nothing but its header, is nothing', () => {
    expect(items('')).toEqual([])
    expect(items(header)).toEqual([])
  })
})
