import { describe, expect, it } from 'vitest'
import { readW3cHeaderLine, w3cDefaults } from './w3c-header.ts'

function read(...lines: readonly string[]) {
  return lines.reduce((header, line) => readW3cHeaderLine(header, line).header, w3cDefaults)
}

describe('the header of a W3C log', () => {
  it('tells software without its version, the day, and the columns', () => {
    const header = read(
      '#Software: Microsoft Internet Information Services 10.0',
      '#Version: 1.0',
      '#Date: 2026-03-02 10:00:00',
      '#Fields: date time  cs(User-Agent) sc-status ',
    )
    expect(header).toEqual({
      software: 'Microsoft Internet Information Services',
      date: '2026-03-02',
      columns: ['date', 'time', 'cs(User-Agent)', 'sc-status'],
    })
  })

  it('changes its columns wherever they come again', () => {
    expect(read('#Fields: date time', '#Fields: time c-ip').columns).toEqual(['time', 'c-ip'])
  })

  it('refuses columns that repeat, and hundreds of them, and keeps those before', () => {
    const before = read('#Fields: date time')
    const repeated = readW3cHeaderLine(before, '#Fields: date date')
    expect(repeated).toMatchObject({ header: before, problem: { code: 'w3c/repeated-column' } })
    const many = Array.from({ length: 501 }, (_, nth) => `c${nth}`).join(' ')
    expect(readW3cHeaderLine(before, `#Fields: ${many}`).problem?.code).toBe('w3c/too-many-columns')
  })

  it('is not moved by remarks and by lines that are no directive', () => {
    expect(read('#', '#Remark: Fields: a b', '# Fields: a b', '#fields\ta\tb')).toEqual(w3cDefaults)
  })
})
