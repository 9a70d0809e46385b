import { expect, it } from 'vitest'
import { Lines, numbered } from './certificate-lines.ts'

function textOf(lines: Lines, first: number): string {
  return lines
    .take()
    .map(part => numbered(part, first).toString('utf8'))
    .join('')
}

it('lines come out as they went in, in order, also those longer than a part', () => {
  const lines = new Lines()
  const given = ['', 'a', 'ß€😀', 'x'.repeat(2_000_000), 'after it', 'y'.repeat(700_000), 'z'.repeat(700_000)]
  for (const line of given) lines.add(line)
  const parts = lines.take()
  expect(parts.map(({ bytes }) => bytes.toString('utf8')).join('')).toBe(given.map(line => `${line}\n`).join(''))
  for (const { bytes } of parts) expect(bytes.at(-1)).toBe(0x0a)
  expect(lines.take()).toEqual([])
})

it('numbers are raised by what is given, each time from the start', () => {
  const lines = new Lines()
  lines.add('first', 0)
  lines.add('without')
  lines.add('ü', 7)
  const [part] = lines.take()
  expect(part).toBeDefined()
  if (part === undefined) return
  for (const first of [0, 12, 9_007_199_254_740_000]) {
    const text = numbered(part, first).toString('utf8')
    const columns = text.split('\n').map(line => line.split('\t'))
    expect(columns.map(([line]) => line)).toEqual(['first', 'without', 'ü', ''])
    expect(columns.map(([, number]) => Number(number))).toEqual([first, Number.NaN, first + 7, Number.NaN])
  }
})

it('what is added after it was taken comes the next time, with its own numbers', () => {
  const lines = new Lines()
  lines.add('one', 1)
  expect(textOf(lines, 0)).toBe('one\t0000000000000001\n')
  lines.add('two', 2)
  expect(textOf(lines, 10)).toBe('two\t0000000000000012\n')
})

it('the same lines are the same bytes each time, whatever stood in the memory before', () => {
  const lines = new Lines()
  lines.add('one', 1)
  const [part] = lines.take()
  expect(part?.bytes.toString('utf8')).toBe('one\t0000000000000000\n')
})
