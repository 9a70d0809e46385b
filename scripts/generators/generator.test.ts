import { expect, test } from 'vitest'
import { errorCatalogue } from '../../src/base/index.ts'
import { errors } from './errors.ts'
import { cell, staleness } from './generator.ts'

test('a stale file is named with what differs and the command that mends it', () => {
  expect(staleness('docs/a.md', 'one\ntwo\nthree\n', 'one\n2\n2b\nthree\n').split('\n')).toEqual([
    'docs/a.md is not current, from line 2:',
    '- two',
    '+ 2',
    '+ 2b',
    'Run: npm run gen',
  ])
})

test('a line that was only added, or only repeated, is shown alone', () => {
  expect(staleness('a', 'one\n', 'one\none\n')).toBe('a is not current, from line 2:\n+ one\nRun: npm run gen')
  expect(staleness('a', 'one\none\n', 'one\n')).toBe('a is not current, from line 2:\n- one\nRun: npm run gen')
})

test('a long difference is cut, and says by how much', () => {
  expect(staleness('a', '', Array.from({ length: 9 }, (_, at) => `${at}`).join('\n'))).toContain('+ (4 more lines)')
})

test('a missing file is named', () => {
  expect(staleness('docs/a.md', undefined, 'text')).toBe('docs/a.md is missing. Run: npm run gen')
})

test('a bar or a line break does not end a cell', () => {
  expect(cell('a | b\n  c')).toBe('a \\| b c')
})

test('every error of the catalogue has its line, once', async () => {
  const text = await errors.generate()
  for (const code of Object.keys(errorCatalogue)) expect(text.split(`| \`${code}\` |`)).toHaveLength(2)
})
