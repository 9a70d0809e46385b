import { describe, expect, it } from 'vitest'
import {
  constant,
  logOf,
  logOfEvent,
  nine,
  patched,
  plainLog,
  readLog,
  readOne,
  recordAt,
  registryEvent,
} from '../../test/evtx-logs.ts'
import { fileHeaderSize } from './bounds.ts'
import type { WrittenValue } from './index.ts'
import { element, eventWriter, fileTimeText, isEventLog, place, textOf, toXml, writeLog } from './index.ts'

const fieldsOf = (log: Uint8Array) => readOne(log).fields.map(({ name, type, value }) => [name, type, value])

describe('an event', () => {
  it('tells what its System says, with types, times to 100 ns, and nothing for what it does not say', () => {
    const { system, record_id, written, payload, problems } = readOne(
      logOfEvent(registryEvent({ time_created: nine + 1n, qualifiers: 16384, keywords: 0x8020000000000000n })),
    )
    expect(system).toEqual({
      provider_name: 'Microsoft-Windows-Sysmon',
      provider_guid: '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}',
      provider_event_source: undefined,
      event_id: 13,
      qualifiers: 16384,
      version: 2,
      level: 4,
      task: 13,
      opcode: 0,
      keywords: 0x8020000000000000n,
      time_created: nine + 1n,
      event_record_id: 1n,
      activity_id: undefined,
      related_activity_id: undefined,
      process_id: 3044,
      thread_id: 4100,
      channel: 'Microsoft-Windows-Sysmon/Operational',
      computer: 'ws-1042.norrfell.example',
      user_sid: 'S-1-5-18',
      other: [],
    })
    expect([record_id, fileTimeText(written), payload, problems]).toEqual([
      1n,
      '2026-03-02T09:00:00.0000001Z',
      'EventData',
      [],
    ])
  })

  it('keeps the order of its fields, and names that stand twice', () => {
    const data = [
      ['Value', 'first'],
      ['Other', 'x'],
      ['Value', 'second'],
      ['', 'without a name'],
    ] as const
    expect(fieldsOf(logOfEvent(registryEvent({ data })))).toEqual([
      ['Value', 'string', 'first'],
      ['Other', 'string', 'x'],
      ['Value', 'string', 'second'],
      ['Data', 'string', 'without a name'],
    ])
  })

  it('names what stands in UserData by its path, whether a template is used or not', () => {
    const user_data = element(
      'CertGetCertificateChain',
      { xmlns: 'http://norrfell.example/events' },
      element('Certificate', { fileRef: 'ab.cer' }),
      element('Chain', {}, element('Status', { value: '0' }, 'good'), element('Empty')),
    )
    for (const without_template of [false, true]) {
      const log = logOfEvent(registryEvent({ user_data, without_template }))
      const { payload, payload_root } = readOne(log)
      expect([payload, payload_root]).toEqual(['UserData', 'CertGetCertificateChain'])
      expect(fieldsOf(log)).toEqual([
        ['Certificate@fileRef', 'string', 'ab.cer'],
        ['Chain/Status@value', 'string', '0'],
        ['Chain/Status', 'string', 'good'],
        ['Chain/Empty', 'null', null],
      ])
    }
  })

  it('repeats a field for each item of an array', () => {
    const strings: WrittenValue = { type: 'string', items: ['one', '', 'three'] }
    const numbers: WrittenValue = { type: 'uint16', items: [1, 2] }
    const sids: WrittenValue = { type: 'sid', items: ['S-1-5-18', 'S-1-5-21-1-2-3-500'] }
    const data = [
      ['', strings],
      ['Port', numbers],
      ['Sid', sids],
    ] as const
    const log = logOfEvent(registryEvent({ data }))
    expect(fieldsOf(log)).toEqual([
      ['Data', 'string', 'one'],
      ['Data', 'string', ''],
      ['Data', 'string', 'three'],
      ['Port', 'uint16', 1],
      ['Port', 'uint16', 2],
      ['Sid', 'sid', 'S-1-5-18'],
      ['Sid', 'sid', 'S-1-5-21-1-2-3-500'],
    ])
  })

  it('has no field for an optional value that is null, and one without a value for any other', () => {
    const content = [
      element(
        'Event',
        {},
        element(
          'EventData',
          {},
          element('Data', { Name: 'a' }, place(0, 'string', true)),
          element('Data', { Name: 'b' }, place(0)),
        ),
      ),
    ]
    const log = logOf({ template: { guid: new Uint8Array(16), content }, values: [{ type: 'null', value: null }] })
    expect(fieldsOf(log)).toEqual([['b', 'null', null]])
    expect(toXml(readOne(log))).not.toContain('"a"')
  })

  it('resolves references, and takes CDATA for the text that it is', () => {
    const content = [
      { kind: 'text', text: 'a ' },
      { kind: 'entity', name: 'lt' },
      { kind: 'character', code: 0x42 },
      { kind: 'cdata', text: '</>&' },
    ] as const
    const log = logOf(constant(element('Event', {}, element('EventData', {}, element('Data', {}, ...content)))))
    expect(fieldsOf(log)).toEqual([['Data', 'string', 'a <B</>&']])
  })

  it('joins text and values that stand in one element', () => {
    const content = [
      element('Event', {}, element('EventData', {}, element('Data', {}, 'id ', place(0), ' of ', place(1)))),
    ]
    const values = [
      { type: 'uint32', value: 7 },
      { type: 'hex32', value: 255 },
    ] as const
    const log = logOf({ template: { guid: new Uint8Array(16), content }, values })
    expect(fieldsOf(log)).toEqual([['Data', 'string', 'id 7 of 0xff']])
  })

  it('reads System from text as well as from values, and keeps what it does not know', () => {
    const system = element(
      'System',
      {},
      element('EventID', { Qualifiers: '0x4000' }, '7045'),
      element('TimeCreated', { SystemTime: '2026-03-02T09:00:00.1234567Z' }),
      element('Execution', { ProcessorID: '3' }),
    )
    const { system: read, problems } = readOne(logOf(constant(element('Event', {}, system))))
    expect([read?.event_id, read?.qualifiers, read?.time_created]).toEqual([7045, 0x4000, nine + 1_234_567n])
    expect(read?.other).toEqual([{ name: 'Execution@ProcessorID', type: 'string', value: '3' }])
    expect(problems).toEqual([])
  })
})

describe('a log', () => {
  it('is known by its first octets', () => {
    expect(isEventLog(plainLog())).toBe(true)
    expect(isEventLog(new Uint8Array(4096))).toBe(false)
  })

  it('has all records of all chunks, in their order', () => {
    const { records } = readLog(plainLog(2000))
    expect(records.map(({ record_id }) => Number(record_id))).toEqual(Array.from({ length: 2000 }, (_, i) => i + 1))
    expect(new Set(records.map(({ source }) => source.chunk.number)).size).toBeGreaterThan(5)
  })

  it('ends where its free space begins; what lies behind is told only when asked for, and marked', () => {
    const log = plainLog(5)
    const end = recordAt(log, 3) - fileHeaderSize
    const shortened = patched(log, fileHeaderSize + 48, end & 0xff, end >> 8, 0, 0)
    expect(readLog(shortened).records.map(({ recovered }) => recovered)).toEqual([false, false, false])
    const { records } = readLog(shortened, { recover: true })
    expect(records.map(({ record_id, recovered }) => [record_id, recovered])).toEqual([
      [1n, false],
      [2n, false],
      [3n, false],
      [4n, true],
      [5n, true],
    ])
    expect(records[4]?.fields).toEqual(records[0]?.fields)
  })

  it('gives the records of a chunk that does not begin as one only when asked for', () => {
    const damaged = patched(plainLog(5), fileHeaderSize, 0)
    expect(readLog(damaged).records).toEqual([])
    expect(readLog(damaged, { recover: true }).records.map(({ recovered }) => recovered)).toEqual(Array(5).fill(true))
  })

  it.each([
    ['a size of zero', (log: Uint8Array) => patched(log, recordAt(log, 2) + 4, 0, 0, 0, 0)],
    ['a size beyond the chunk', (log: Uint8Array) => patched(log, recordAt(log, 2) + 4, 0, 0, 1, 0)],
    ['another signature', (log: Uint8Array) => patched(log, recordAt(log, 2), 1, 2, 3, 4)],
  ])('loses one record, not those behind it, to %s', (_, damage) => {
    const { records, codes } = readLog(damage(plainLog(6)))
    expect(records.map(({ record_id }) => record_id)).toEqual([1n, 2n, 4n, 5n, 6n])
    expect(records.every(({ recovered }) => !recovered)).toBe(true)
    expect(codes).toContain('evtx/record-id')
  })

  it('is not led astray by the size in front of a record when a whole record lies inside of it', () => {
    const log = plainLog(6)
    const at = recordAt(log, 2)
    const twice = recordAt(log, 4) - at
    const { records, codes } = readLog(patched(log, at + 4, twice & 0xff, twice >> 8))
    expect(records.map(({ record_id }) => record_id)).toEqual([1n, 2n, 3n, 4n, 5n, 6n])
    expect(codes).toContain('evtx/record-size')
  })

  it('marks a record that its chunk does not account for', () => {
    const log = plainLog(3)
    const { records } = readLog(patched(log, recordAt(log, 1) + 8, 99))
    expect(records.map(({ recovered }) => recovered)).toEqual([false, true, false])
  })

  it('reads a file that ends inside a chunk as far as it goes', () => {
    const log = plainLog(6)
    const { records, codes } = readLog(log.subarray(0, recordAt(log, 4) + 10))
    expect(records.slice(0, 4).map(({ record_id }) => record_id)).toEqual([1n, 2n, 3n, 4n])
    expect(records[3]?.problems).toEqual([])
    expect(codes).toEqual(expect.arrayContaining(['evtx/file-truncated', 'evtx/chunk-records-crc']))
  })

  it.each([0, 1, 127, 128, 4095, 4096, 4097, 4608])('says that %i octets are no whole log', length => {
    const { records, codes } = readLog(plainLog().subarray(0, length))
    expect(records).toEqual([])
    expect(codes).toContain(length === 4096 ? 'evtx/file-chunks' : 'evtx/file-truncated')
  })

  it('passes over chunks that were never written', () => {
    const log = Uint8Array.from([...plainLog(3), ...new Uint8Array(2 * 65_536)])
    expect(readLog(log).codes).toEqual([])
  })
})

describe('templates', () => {
  const guid = Uint8Array.from({ length: 16 }, (_, i) => i)
  const named = (name: string) => [
    element('Event', {}, element('EventData', {}, element('Data', { Name: name }, place(0)))),
  ]
  const record = (name: string, value: string) =>
    ({
      written: nine,
      fragment: { template: { guid, content: named(name) }, values: [{ type: 'string', value }] },
    }) as const

  it('are told apart by what is in them, not by their GUID: a forged one changes no other', () => {
    const log = writeLog([record('Image', 'a'), record('Forge', 'b'), record('Image', 'c')], {
      most_records_in_chunk: 1,
    })
    expect(readLog(log).records.map(({ fields }) => fields.map(({ name, value }) => `${name}=${value}`))).toEqual([
      ['Image=a'],
      ['Forge=b'],
      ['Image=c'],
    ])
  })

  it('are told apart by names that only stand elsewhere in the chunk', () => {
    const event = eventWriter()
    const log = writeLog(
      [1n, 2n].map(id => event.record(registryEvent(), id)),
      { most_records_in_chunk: 1 },
    )
    const first = Buffer.from(log).indexOf(Buffer.from('EventType', 'utf16le'))
    const second = Buffer.from(log).indexOf(Buffer.from('EventType', 'utf16le'), first + 1)
    expect(second).toBeGreaterThan(first)
    const renamed = patched(log, second, ...Buffer.from('EventNope', 'utf16le'))
    expect(readLog(renamed).records.map(({ fields }) => fields[0]?.name)).toEqual(['EventType', 'EventNope'])
  })

  it('that are not those a record wants leave its values, by number', () => {
    const log = logOfEvent(registryEvent())
    const instance = Buffer.from(log).indexOf(Uint8Array.of(0x0f, 1, 1, 0, 0x0c, 1), recordAt(log, 0) + 40)
    const [record] = readLog(patched(log, instance + 6, 1, 2, 3, 4)).records
    expect(record?.system?.event_id).toBe(13)
    expect(record?.fields.map(({ name, type, value }) => `${name} ${type} ${textOf(type, value)}`)).toEqual([
      '%1 string SetValue',
      '%2 uint32 812',
      '%3 string HKLM\\SOFTWARE\\Microsoft\\Cryptography\\Dll',
    ])
    expect(record?.problems.map(({ code }) => code)).toEqual(['evtx/template-id'])
  })
})
