import { describe, expect, it } from 'vitest'
import { constant, logOf, patched, plainLog, readLog, readOne } from '../../test/evtx-logs.ts'
import { chunkHeaderSize, chunkSize, fileHeaderSize } from './bounds.ts'
import { element, place, toJson, toXml } from './index.ts'

/**
 * A chunk with templates that each hold the one before it several times, and a record for each of them, the first first: every
 * template is known when the next one is read.
 */
function templatesInTemplates(count: number, timesEach: number): Uint8Array {
  const log = Buffer.from(plainLog(1))
  const chunk = log.subarray(fileHeaderSize, fileHeaderSize + chunkSize)
  chunk.fill(0, chunkHeaderSize)
  const recordSize = 48
  const definitionSize = 24 + 4 + timesEach * 14 + 1
  const definitionOf = (i: number) => chunkHeaderSize + count * recordSize + i * definitionSize
  const putInstance = (at: number, i: number) => {
    chunk.set([0x0c, 1], at)
    chunk.writeUInt32LE(i, at + 2)
    chunk.writeUInt32LE(definitionOf(i), at + 6)
  }
  for (let i = 0; i < count; i += 1) {
    const definition = definitionOf(i)
    chunk.writeUInt32LE(i, definition + 4)
    chunk.writeUInt32LE(definitionSize - 24, definition + 20)
    chunk.set([0x0f, 1, 1, 0], definition + 24)
    if (i > 0) for (let n = 0; n < timesEach; n += 1) putInstance(definition + 28 + n * 14, i - 1)
    const record = chunkHeaderSize + i * recordSize
    chunk.set([0x2a, 0x2a, 0, 0, recordSize], record)
    chunk.writeUInt32LE(i + 1, record + 8)
    chunk.set([0x0f, 1, 1, 0], record + 24)
    putInstance(record + 28, i)
    chunk.writeUInt32LE(recordSize, record + recordSize - 4)
  }
  chunk.writeUInt32LE(chunkHeaderSize + count * recordSize, 48)
  return log
}

describe('a hostile log', () => {
  it('cannot make one record unfold without end', () => {
    const content = [element('Event', {}, element('EventData', {}, ...Array.from({ length: 2000 }, () => place(0))))]
    const inner = {
      elements: [element('A', {}, ...Array.from({ length: 400 }, () => element('B', {}, 'x'.repeat(8))))],
    }
    const fragment = {
      template: { guid: new Uint8Array(16), content },
      values: [{ type: 'xml', fragment: inner }],
    } as const
    const { records } = readLog(logOf(fragment, constant(element('Event', {}, element('System')))))
    expect(records[0]?.problems.map(({ code }) => code)).toContain('evtx/too-large')
    expect(records[0]?.fields.length).toBeLessThan(70_000)
    expect(records[1]?.problems).toEqual([])
    expect(toXml(records[0] ?? readOne(plainLog())).length).toBeLessThan(10_000_000)
  })

  it.each([
    [60, 20],
    [600, 2],
  ])('cannot make %i templates that stand in each other %i times each unfold, or fill the stack', (count, times) => {
    const { records } = readLog(templatesInTemplates(count, times))
    expect(records).toHaveLength(count)
    const codes = new Set(records.flatMap(({ problems }) => problems.map(({ code }) => code)))
    expect([...codes]).toEqual(expect.arrayContaining(['evtx/too-deep']))
    for (const record of records.slice(-3)) expect(toXml(record).length + toJson(record).length).toBeLessThan(1_000_000)
  })

  it('cannot make the path of a field longer than what it is worth', () => {
    const name = 'N'.repeat(500)
    const deep = Array.from({ length: 40 }).reduce<ReturnType<typeof element>>(
      inner => element(name, {}, inner),
      element('Leaf', {}, 'x'),
    )
    const record = readOne(logOf(constant(element('Event', {}, element('EventData', {}, deep)))))
    expect(record.fields[0]?.name.length).toBeLessThan(1100)
  })

  it('cannot have a whole record read twice by lies about sizes', () => {
    const log = plainLog(4)
    const liar = patched(log, fileHeaderSize + chunkHeaderSize + 4, 40, 0)
    const ids = readLog(liar, { recover: true }).records.map(({ record_id }) => record_id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
