import { describe, expect, it } from 'vitest'
import {
  constant,
  logOf,
  logOfEvent,
  nine,
  patched,
  plainLog,
  readLog,
  recordAt,
  registryEvent,
} from '../../test/evtx-logs.ts'
import { deepestElement, fileHeaderSize, mostProblemsOfRecord } from './bounds.ts'
import type { WrittenElement, WrittenMarkup, WrittenValue } from './index.ts'
import { element, place, writeLog } from './index.ts'
import type { ProblemCode } from './problem-codes.ts'

const chunk = fileHeaderSize
const event = (...content: readonly (string | WrittenMarkup)[]) =>
  logOf(constant(element('Event', {}, element('System', {}, element('EventID', {}, '1')), ...content)))
const withValue = (value: WrittenValue) => logOfEvent(registryEvent({ data: [['Value', value]] }))
const octets = (log: Uint8Array, text: string) => Buffer.from(log).indexOf(Buffer.from(text, 'utf16le'))
const withValues = (...values: readonly WrittenValue[]) =>
  logOf({
    template: { guid: new Uint8Array(16), content: [element('Event', {}, element('EventData', {}, place(0)))] },
    values,
  })
const inTemplate = (log: Uint8Array) => recordAt(log, 0) + 24 + 4 // the instance; its definition is 10 octets further
const nested = (depth: number): WrittenElement =>
  depth === 0 ? element('Leaf', {}, 'text') : element('Level', {}, nested(depth - 1))

/** A log for each code: made by the type system to be complete. */
const examples: Readonly<Record<ProblemCode, () => Uint8Array>> = {
  'evtx/file-magic': () => patched(plainLog(), 0, 0x58),
  'evtx/file-header': () => patched(plainLog(), 38, 4),
  'evtx/file-header-crc': () => patched(plainLog(), 24, 0xff),
  'evtx/file-dirty': () => plainLog(5, { is_dirty: true }),
  'evtx/file-truncated': () => plainLog().subarray(0, fileHeaderSize + 60_000),
  'evtx/file-chunks': () => plainLog(20, { most_records_in_chunk: 10 }).subarray(0, fileHeaderSize + 65_536),
  'evtx/chunk-magic': () => patched(plainLog(), chunk, 0x58),
  'evtx/chunk-header': () => patched(plainLog(), chunk + 48, 0xff, 0xff, 0xff, 0xff),
  'evtx/chunk-header-crc': () => patched(plainLog(), chunk + 200, 0xff),
  'evtx/chunk-records-crc': () => patched(plainLog(), octets(plainLog(), 'SetValue'), 0x41),
  'evtx/chunk-record-ids': () => patched(plainLog(), recordAt(plainLog(), 0) + 8, 9),
  'evtx/record-magic': () => patched(plainLog(), recordAt(plainLog(), 2), 0),
  'evtx/record-size': () => patched(plainLog(), recordAt(plainLog(), 2) + 4, 0, 0, 0, 0),
  'evtx/record-size-copy': () => patched(plainLog(), recordAt(plainLog(), 2) - 4, 0xff),
  'evtx/record-id': () => patched(plainLog(), recordAt(plainLog(), 2) + 8, 2),
  'evtx/name': () => patched(event(), inTemplate(event()) + 10 + 24 + 4 + 7, 0xff, 0xff, 0xff, 0xff),
  'evtx/name-hash': () => patched(plainLog(), octets(plainLog(), 'EventRecordID') - 4, 0xff, 0xff),
  'evtx/template-place': () => patched(plainLog(), inTemplate(plainLog()) + 6, 0xff, 0xff, 0xff, 0xff),
  'evtx/template-id': () => patched(plainLog(), inTemplate(plainLog()) + 2, 1, 2, 3, 4),
  'evtx/template-cycle': () => templateInItself(),
  'evtx/too-many-templates': () => overlappingTemplates(),
  'evtx/token': () => patched(event(), inTemplate(event()) + 10 + 24 + 4, 0x3f),
  'evtx/truncated': () => patched(event('text'), octets(event('text'), 'text') - 2, 0xff, 0xff),
  'evtx/unbalanced': () => patched(event(), inTemplate(event()) + 10 + 24 + 4, 4),
  'evtx/too-deep': () => event(nested(deepestElement)),
  'evtx/too-large': () => manyTimesOneValue(),
  'evtx/entity': () => event({ kind: 'entity', name: 'nbsp' }),
  'evtx/values-cut': () => patched(withValues({ type: 'string', value: 'abcd' }), valuesOf('abcd') - 4, 0xff, 0xff),
  'evtx/value-missing': () => withValues(),
  'evtx/value-type': () => patched(withValues({ type: 'uint32', value: 77 }), descriptorOf77() + 2, 0x33),
  'evtx/value': () => withValue({ type: 'uint32', value: Uint8Array.of(1, 2, 3) }),
  'evtx/boolean': () => withValue({ type: 'boolean', value: Uint8Array.of(7, 0, 0, 0) }),
  'evtx/system-value': () =>
    logOf(constant(element('Event', {}, element('System', {}, element('EventID', {}, 'one'))))),
  'evtx/no-event': () => logOf(constant(element('Other', {}, 'text'))),
  'evtx/more-problems': () => manyProblems(),
}

function valuesOf(text: string): number {
  return octets(withValues({ type: 'string', value: text }), text)
}

function descriptorOf77(): number {
  return Buffer.from(withValues({ type: 'uint32', value: 77 })).indexOf(Uint8Array.of(4, 0, 8, 0, 77, 0, 0, 0))
}

/** A template whose content begins with an instance of itself. */
function templateInItself(): Uint8Array {
  const log = event('a text that is long enough to be written over')
  const definition = inTemplate(log) + 10
  const offset = Buffer.alloc(4)
  offset.writeUInt32LE(definition - chunk)
  return patched(log, definition + 24 + 4, 0x0c, 1, 0, 1, 2, 3, ...offset)
}

/** Records that each begin another template of 30,000 octets, all over the same octets. */
function overlappingTemplates(): Uint8Array {
  const text = 'x'.repeat(20_000)
  const long = logOf(constant(element('Event', {}, text)))
  const copy = Buffer.from(long)
  const size = 40
  const first = recordAt(long, 0) + copy.readUInt32LE(recordAt(long, 0) + 4)
  for (let i = 0; i < 20; i += 1) {
    const at = first + i * size
    copy.set([0x2a, 0x2a, 0, 0, size], at)
    copy.set([0x0c, 1, 0, 0, 0, 0], at + 24)
    // A definition that lies wherever the text is reads 'x\0x\0' as its size, so one is made of it there.
    const definition = recordAt(long, 0) + 200 + i * 50
    copy.writeUInt32LE(30_000, definition + 20)
    copy.writeUInt32LE(definition - chunk, at + 30)
    copy.set([size], at + size - 4)
  }
  copy.writeUInt32LE(first + 20 * size - chunk, chunk + 48)
  return copy
}

/** Ten thousand places for the same value of 20,000 characters would be 400 MB. */
function manyTimesOneValue(): Uint8Array {
  const content = [element('Event', {}, element('EventData', {}, ...Array.from({ length: 4000 }, () => place(0))))]
  const value = 'x'.repeat(10_000)
  return logOf({ template: { guid: new Uint8Array(16), content }, values: [{ type: 'string', value }] })
}

function manyProblems(): Uint8Array {
  const content = [element('Event', {}, ...Array.from({ length: mostProblemsOfRecord + 5 }, (_, i) => place(i)))]
  return logOf({ template: { guid: new Uint8Array(16), content }, values: [] })
}

describe('what is wrong with a log', () => {
  it.each(Object.entries(examples))('%s is told', (code, make) => {
    expect(readLog(make()).codes).toContain(code)
  })

  it('nothing is wrong with one that is well made', () => {
    expect(readLog(plainLog(200, { most_records_in_chunk: 50 })).codes).toEqual([])
  })

  it('says where, in the chunk and in the file', () => {
    const log = plainLog(20, { most_records_in_chunk: 10 })
    const at = octets(log, 'SetValue') + 65_536
    expect(readLog(patched(log, at, 0x41)).problems).toMatchObject([
      { code: 'evtx/chunk-records-crc', where: `chunk 1 at byte ${chunk + 65_536 + 52}` },
    ])
  })

  it('keeps a bounded number of problems, and says that there are more', () => {
    const [record] = readLog(manyProblems()).records
    expect(record?.problems).toHaveLength(mostProblemsOfRecord)
    expect(record?.problems.at(-1)?.code).toBe('evtx/more-problems')
  })

  it('a record without anything wrong keeps its values beside one that is destroyed', () => {
    const log = writeLog(
      Array.from({ length: 3 }, (_, i) => ({
        written: nine,
        fragment: constant(element('Event', {}, element('System', {}, element('EventID', {}, String(i + 1))))),
      })),
    )
    const damaged = patched(log, recordAt(log, 1) + 24, ...new Uint8Array(10).fill(0x3f))
    expect(readLog(damaged).records.map(({ system }) => system?.event_id)).toEqual([1, undefined, 3])
  })
})
