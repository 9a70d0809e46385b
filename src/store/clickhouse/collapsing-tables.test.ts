import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { collapsingTables } from './collapsing-tables.ts'

test('every table whose rows are merged is in the list, with its key', () => {
  const directory = new URL('./migrations/', import.meta.url)
  const text = readdirSync(directory)
    .sort()
    .map(name => readFileSync(new URL(name, directory), 'utf8'))
    .join('\n')
  const found = [
    ...text.matchAll(
      /CREATE TABLE IF NOT EXISTS (\w+) \([^;]*?\n\)\nENGINE = (?:Replacing|Aggregating)MergeTree ORDER BY \(([^)]*)\)/g,
    ),
  ].map(([, table = '', keys = '']) => [table, keys.split(', ')])
  expect(Object.entries(collapsingTables).map(([table, { keys }]) => [table, keys])).toEqual(found)
})
