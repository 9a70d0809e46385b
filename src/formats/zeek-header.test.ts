import { describe, expect, it } from 'vitest'
import type { ZeekHeader } from './zeek-header.ts'
import { readZeekHeaderLine, zeekDefaults } from './zeek-header.ts'

const read = (...lines: readonly string[]): ZeekHeader =>
  lines.reduce((header, line) => readZeekHeaderLine(header, line).header, zeekDefaults)

describe('reading a Zeek header', () => {
  it('takes separator, marks, path and columns from their lines', () => {
    expect(
      read(
        '#separator \\x7c',
        '#set_separator|;',
        '#empty_field|EMPTY',
        '#unset_field|?',
        '#path|dns',
        '#fields|ts|uid',
        '#types|time|string',
      ),
    ).toEqual({
      separator: '|',
      setSeparator: ';',
      emptyField: 'EMPTY',
      unsetField: '?',
      path: 'dns',
      columns: ['ts', 'uid'],
    })
  })

  it('a new separator line begins a new header', () => {
    expect(read('#separator \\x09', '#path\tssl', '#fields\ta', '#separator \\x09')).toEqual(zeekDefaults)
  })

  it('new fields in the middle of a log replace the old ones and leave the rest', () => {
    expect(read('#path\tssl', '#fields\ta\tb', '#fields\tb\ta')).toMatchObject({ path: 'ssl', columns: ['b', 'a'] })
  })

  it('lines that say nothing known change nothing', () => {
    expect(read('#open\t2026-10-13', '#close\t2026-10-14', '#', '# a remark')).toEqual(zeekDefaults)
  })

  it('repeated or endless columns are a problem, and the columns before stay', () => {
    const header = read('#fields\ta\tb')
    expect(readZeekHeaderLine(header, '#fields\ta\ta')).toMatchObject({
      header,
      problem: { code: 'zeek/repeated-column' },
    })
    const endless = `#fields\t${Array.from({ length: 1001 }, (_, n) => `c${n}`).join('\t')}`
    expect(readZeekHeaderLine(header, endless)).toMatchObject({ header, problem: { code: 'zeek/too-many-columns' } })
  })
})
