import { expect, test } from 'vitest'
import { namesBehind, pairedNames } from './value-names.ts'

test('what a column gets its value from is told, and not what only decides', () => {
  const list = `if(data['A'] = 'x', data['B'], data['C']) AS one,
    multiIf(data['D'] != '', data['E'], startsWith(data['F'], 'y'), data['G'], data['H']) AS two,
    transform(data['I'], ['"J"'], ['k'], data['L']) AS three`
  expect(namesBehind(list, 'one')).toEqual(['B', 'C'])
  expect(namesBehind(list, 'two')).toEqual(['E', 'G', 'H'])
  expect(namesBehind(list, 'three')).toEqual(['I', 'L'])
  expect(namesBehind(list, 'none')).toEqual([])
})

test('other columns are followed, and one place of a list is not taken for another', () => {
  const list = `arrayMap(path -> replaceRegexpOne(path, ',', ''), [data['A'], if(data['B'] = '', data['C'], "d/e")]) AS paths,
    paths[1] AS first, lower(paths[2]) AS second, concat(first, second) AS both`
  expect(namesBehind(list, 'first')).toEqual(['A'])
  expect(namesBehind(list, 'second')).toEqual(['C', 'd/e'])
  expect(namesBehind(list, 'both')).toEqual(['A', 'C', 'd/e'])
})

test('a column that only decides is said to come from what it decides by', () => {
  expect(namesBehind("if(data['A'] = 'x', 'one', 'two') AS column", 'column')).toEqual(['A'])
})

test('names that a mapping gives to what has others are followed to those', () => {
  const mapping = `own['a'] AS helper, [('Image', fields['process.executable']), ('User', concat(helper, "user/name")),
    ('Hashes', fields[concat(subject, '.hash')])] AS pairs`
  expect(pairedNames(mapping, 'Image')).toEqual(['process.executable'])
  expect(pairedNames(mapping, 'User')).toEqual(['user/name', 'a'])
  expect(pairedNames(mapping, 'Hashes')).toEqual(['*.hash'])
  expect(pairedNames(mapping, 'Other')).toEqual([])
})
