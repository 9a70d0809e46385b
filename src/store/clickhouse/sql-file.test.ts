import { describe, expect, it } from 'vitest'
import { loadQueries, parseSqlFile } from './sql-file.ts'

const good =
  '-- Counts things.\n-- param name String: whose\n-- returns: n\n-- order: none\n-- key: things by name\nSELECT count() AS n FROM things WHERE name = {name:String}\n'

describe('query files', () => {
  it('every shipped query has a finished header', () => {
    expect(loadQueries().size).toBeGreaterThan(5)
  })

  it('a header gives what, parameters, columns, order and key', () => {
    const query = parseSqlFile('things', good)
    expect(query).toMatchObject({ what: 'Counts things.', returns: 'n', order: 'none', key: 'things by name' })
    expect([...query.params]).toEqual([['name', 'String']])
  })

  it.each([
    ['a parameter that is not declared', good.replace(/-- param.*\n/, ''), 'is not declared so'],
    ['a parameter declared with another type', good.replace('name String:', 'name UInt8:'), 'is not declared so'],
    ['a parameter that is not used', good.replace('{name:String}', "'x'"), 'declared and not used'],
    ['a query that cannot say by which key it reads', good.replace(/-- key.*\n/, ''), 'no "key:" line'],
    ['a star instead of columns', good.replace('count() AS n', '*'), 'SELECT * instead of columns'],
    ['a header without a statement', good.replace(/SELECT.*\n/, ''), 'no statement'],
    [
      'a header that does not say what it is for',
      good.replace('-- Counts things.\n', ''),
      'does not say what it answers',
    ],
  ])('%s is refused', (_, content, fault) => {
    expect(() => parseSqlFile('things', content)).toThrow(fault)
  })
})
