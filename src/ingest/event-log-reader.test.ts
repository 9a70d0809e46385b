import { describe, expect, it } from 'vitest'
import type { WrittenRecord } from '../evtx/index.ts'
import { chunkSize, eventWriter, fileHeaderSize, writeLog } from '../evtx/index.ts'
import { EventLogReader } from './event-log-reader.ts'
import type { EvidenceRecord } from './evidence-reader.ts'

const nine = 134_169_156_000_000_000n

function records(count: number): readonly WrittenRecord[] {
  const events = eventWriter()
  return Array.from({ length: count }, (_, nth) =>
    events.record(
      {
        provider_name: 'Example',
        event_id: 1 + (nth % 3),
        channel: 'Application',
        computer: 'ws1',
        time_created: nine + BigInt(nth),
        data: [['Text', `event ${nth} ${'x'.repeat(nth % 40)}`]],
      },
      BigInt(nth + 1),
    ),
  )
}

const log = (count: number, most = 50) => Buffer.from(writeLog(records(count), { most_records_in_chunk: most }))

type Told = {
  readonly records: readonly { readonly at: number; readonly bytes: number; readonly line: string }[]
  readonly problems: readonly string[]
  readonly notes: readonly string[]
  readonly left: number | undefined
  readonly octets: string
}

function told(bytes: Uint8Array, mayGrow = false, size = 1 << 20): Told {
  const reader = new EventLogReader()
  const kept: Told['records'][number][] = []
  const [problems, notes, octets]: [string[], string[], string[]] = [[], [], []]
  const take = (found: readonly EvidenceRecord[]) => {
    for (const record of found) {
      kept.push({ at: record.byte_offset, bytes: record.bytes, line: Buffer.from(record.lines[0] ?? []).toString() })
      if (record.problem !== undefined) problems.push(`${record.problem.code} ${record.byte_offset} ${record.bytes}`)
      notes.push(...(record.notes ?? []).map(({ code }) => code))
      octets.push(Buffer.from(record.octets ?? []).toString('hex'))
    }
  }
  for (let at = 0; at < bytes.length; at += size) take(reader.add(bytes.subarray(at, at + size)))
  const end = reader.end(mayGrow)
  take(end.records)
  notes.push(...(end.notes ?? []).map(({ code }) => code))
  return { records: kept, problems, notes, left: end.left?.byte_offset, octets: octets.join(' ') }
}

describe('an event log', () => {
  it('is one line for each event, at the place of its record, however the bytes arrive', () => {
    const bytes = log(120)
    const whole = told(bytes)
    expect(whole).toMatchObject({ problems: [], notes: [], left: undefined })
    expect(whole.records).toHaveLength(120)
    for (const [nth, { at, line }] of whole.records.entries()) {
      expect(bytes.readUInt32LE(at)).toBe(0x2a2a)
      expect(JSON.parse(line)).toMatchObject({ windows_event: 'evtx', event_record_id: String(nth + 1) })
    }
    for (const size of [1000, 4096, 65_536, 70_001]) expect(told(bytes, false, size)).toEqual(whole)
  })

  it('that grew begins with the same octets and lines, whatever has become of its headers', () => {
    const [before, after] = [log(70), log(130)]
    expect(before.subarray(0, fileHeaderSize).equals(after.subarray(0, fileHeaderSize))).toBe(false)
    const [first, second] = [told(before), told(after)]
    expect(second.records.slice(0, 70)).toEqual(first.records)
    expect(second.octets.startsWith(first.octets)).toBe(true)
  })

  it('without the header of a file is read, at the places where its records lie', () => {
    const bytes = log(120)
    const bare = told(bytes.subarray(fileHeaderSize), false, 10_000)
    expect(bare.notes).toEqual(['evtx/file-magic'])
    expect(bare.records).toEqual(told(bytes).records.map(record => ({ ...record, at: record.at - fileHeaderSize })))
  })

  it('that has no chunk has no record', () => {
    expect(told(log(3).subarray(0, fileHeaderSize))).toMatchObject({ records: [], problems: [] })
    expect(told(new Uint8Array())).toMatchObject({ records: [], notes: ['evtx/file-truncated'] })
  })
})

describe('a damaged log', () => {
  it('gives records in their order that do not overlap, and is the same however the bytes arrive', () => {
    const bytes = log(200)
    let state = 7
    const random = (limit: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state % limit
    }
    for (let round = 0; round < 300; round += 1) {
      const damaged = Buffer.from(bytes.subarray(0, round % 3 === 0 ? random(bytes.length) : bytes.length))
      for (let flips = random(60); flips > 0 && damaged.length > 0; flips -= 1) {
        const chunk = fileHeaderSize + random(4) * chunkSize
        // Half of it where headers and the first records are.
        const at = random(2) === 0 ? random(damaged.length) : chunk + random(3000)
        if (at < damaged.length) damaged[at] = random(256)
      }
      const whole = told(damaged, round % 2 === 0)
      let end = 0
      for (const { at, bytes: length, line } of whole.records) {
        expect(at).toBeGreaterThanOrEqual(end)
        end = at + length
        if (line !== '') expect(JSON.parse(line)).toHaveProperty('windows_event', 'evtx')
      }
      expect(told(damaged, round % 2 === 0, 1 + random(100_000))).toEqual(whole)
    }
  }, 120_000)
})

describe('what is no event', () => {
  it('is a record with a problem: a chunk that is none, and octets among records', () => {
    const bytes = log(150)
    bytes.write('Nonsense', fileHeaderSize + chunkSize, 'latin1')
    const second = told(bytes).records[1]?.at ?? 0
    bytes.writeUInt32LE(0, second)
    const { problems, records: found, notes } = told(bytes)
    const third = found[2]?.at ?? 0
    expect(problems).toEqual([
      `evtx/record-magic ${second} ${third - second}`,
      `evtx/chunk-magic ${fileHeaderSize + chunkSize} ${chunkSize}`,
    ])
    expect(found).toHaveLength(101)
    expect(found.filter(({ line }) => line === '')).toHaveLength(2)
    expect(notes).toContain('evtx/chunk-records-crc')
  })

  it('is a record without System; what the log does not answer for is marked in its line', () => {
    const bytes = log(3)
    const [, second] = told(bytes).records
    if (second === undefined) throw new Error('there are three records')
    bytes.fill(0, second.at + 24, second.at + 60)
    const { problems, records: found } = told(bytes)
    expect(problems).toEqual([`evtx/no-event ${second.at} ${second.bytes}`])
    expect(found).toHaveLength(3)
    const torn = log(3)
    torn.writeUInt32LE(7, second.at + second.bytes - 4)
    expect(told(torn).records.map(({ line }) => JSON.parse(line).other)).toEqual([
      expect.not.objectContaining({ recovered: 'true' }),
      expect.objectContaining({ recovered: 'true', problems: 'evtx/record-size-copy' }),
      expect.not.objectContaining({ recovered: 'true' }),
    ])
  })

  it('at the end of a file that may grow is left: a record whose end is not there yet', () => {
    const bytes = log(80)
    const whole = told(bytes)
    const cutOff = whole.records[65]
    if (cutOff === undefined) throw new Error('there are eighty records')
    const part = bytes.subarray(0, cutOff.at + 30)
    expect(told(part, true)).toMatchObject({ left: cutOff.at, problems: [] })
    expect(told(part, true).records).toEqual(whole.records.slice(0, 65))
    expect(told(part, false).left).toBeUndefined()
    expect(told(part, false).problems.length + told(part, false).records.length).toBeGreaterThan(65)
  })
})
