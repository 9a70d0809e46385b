import { expect, test } from 'vitest'
import { errorCatalogue } from '../../src/base/index.ts'
import { program } from '../../src/cli/program.ts'
import type { MappedSource } from '../../src/mapping/index.ts'
import { eventKindNames, type Field, fields, identityFields } from '../../src/model/index.ts'
import { checkout } from '../prepare.mjs'
import { cli } from './cli.ts'
import { detections } from './detections.ts'
import { dictionary } from './dictionary.ts'
import { errors } from './errors.ts'
import { cell, staleness } from './generator.ts'
import { intel } from './intel.ts'
import { originsOf } from './mapping-origins.ts'
import { shippedDetections, shippedIntel, shippedSources } from './shipped.ts'
import { sources } from './sources.ts'

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

test.each([
  { page: dictionary, headings: eventKindNames },
  { page: sources, headings: shippedSources().map(({ id }) => id) },
  { page: detections, headings: shippedDetections().map(({ id }) => id) },
  { page: intel, headings: shippedIntel().catalogues.map(({ catalogue }) => catalogue) },
  { page: cli, headings: program().commands.map(command => `counterseal ${command.name()}`) },
])('$page.path has a section for each entry, and says the same twice', async ({ page, headings }) => {
  const text = await page.generate()
  expect(headings.length).toBeGreaterThan(0)
  for (const heading of headings) expect(text.split(`\n## ${heading}\n`)).toHaveLength(2)
  expect(await page.generate()).toBe(text)
  expect(text).not.toMatch(/undefined|\[object|NaN/)
})

test('every field of every kind is in the dictionary’s page, with its meaning', async () => {
  const text = await dictionary.generate()
  for (const [name, { type, meaning }] of Object.entries<Field>({ ...identityFields, ...fields }))
    expect(text).toContain(`| \`${name}\` | \`${type}\` | ${cell(meaning)} |`)
})

test('help is as wide as the page says, and names no directory of this machine', async () => {
  const text = await cli.generate()
  for (const [, block = ''] of text.matchAll(/```text\n([\s\S]*?)```/g))
    for (const line of block.split('\n').filter(line => !line.startsWith('  $')))
      expect(line.length).toBeLessThanOrEqual(100)
  expect(text).not.toContain(checkout)
})

test('what a field becomes is read out of the mapping, helpers followed, texts and brackets left alone', () => {
  const source: MappedSource = {
    ...{ id: 'a-b', title: 'a', producer: 'a', formats: ['json-lines'], match: [], kind: 'dns_query' },
    fields: ['ts', 'q.name', 'kind', 'unread'].map(path => ({ path, type: 'string', required: true })),
    selectList: `[ts, 'kind, "q.name"'] AS identity, ts AS event_time, lower("q.name") AS helper,
      if(position(helper, ',') > 0, 'AS (', helper) AS dns_question_name, 'A' AS dns_question_type`,
  }
  expect(Object.fromEntries(originsOf(source))).toEqual({
    identity: ['ts'],
    event_time: ['ts'],
    dns_question_name: ['q.name'],
    dns_question_type: [],
  })
})
