import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chunksOf, corpusLogs } from '../bench/evtx/corpus-logs.ts'
import { countedRecords, type ExportedEvent, exportedEvents, hasEvtxexport } from '../bench/evtx/evtxexport.ts'
import { samplesOf } from '../bench/evtx/generated-logs.ts'
import { randomFrom } from '../bench/generate/random.ts'
import type { EventRecord, System, ValueType, WrittenRecord } from '../src/evtx/index.ts'
import { element, eventWriter, textOf, toJson, toXml, writeLog } from '../src/evtx/index.ts'
import { nine, readLog, registryEvent } from './evtx-logs.ts'
import { root } from './run-cli.ts'

/**
 * Every event log of the public corpus, read by us and by Debian's `evtxexport`. Where the two differ, docs/divergences-evtx.md
 * has a row that says why, with a number; a difference without a row fails, and so does a row that is no longer true.
 */

const corpus = process.env.COUNTERSEAL_CORPUS
const skip = () =>
  corpus === undefined
    ? 'COUNTERSEAL_CORPUS is not set'
    : hasEvtxexport()
      ? undefined
      : 'evtxexport is not installed (Debian: libevtx-utils)'

type Difference = { readonly row: string; readonly what: string }

describe('the event logs of the corpus', () => {
  it('are read as evtxexport reads them, except where docs/divergences-evtx.md says why not', ctx => {
    const reason = skip()
    if (corpus === undefined || reason !== undefined) return ctx.skip(reason)
    const logs = corpusLogs(corpus)
    expect(logs.length).toBeGreaterThan(70)
    const found = new Map<string, number>()
    const unlisted: string[] = []
    let compared = 0
    for (const { name, path, bytes } of logs) {
      const { records } = readLog(bytes)
      const exported = exportedEvents(path)
      const differences = [
        ...countDifferences(path, records),
        ...pairs(records, exported.events).flatMap(differencesOf),
      ]
      if (exported.stopped !== undefined) differences.push({ row: 'stops', what: name })
      compared += exported.events.length
      for (const { row, what } of differences) {
        found.set(row, (found.get(row) ?? 0) + 1)
        if (row === 'unlisted' && unlisted.length < 20) unlisted.push(`${name}: ${what}`)
      }
    }
    expect(unlisted).toEqual([])
    expect(compared).toBeGreaterThan(20_000)
    expect(Object.fromEntries(found)).toEqual(listedCounts())
  })

  it('can all be shown, with what was deleted', ctx => {
    if (corpus === undefined) return ctx.skip('COUNTERSEAL_CORPUS is not set')
    for (const { bytes } of corpusLogs(corpus))
      for (const record of readLog(bytes, { recover: true }).records) {
        JSON.parse(toJson(record))
        if (record.system !== undefined) expect(toXml(record)).toContain('<System>')
      }
  })

  it('of the conformance set give what test/golden/evtx-conformance.txt says', async ctx => {
    if (corpus === undefined) return ctx.skip('COUNTERSEAL_CORPUS is not set')
    const logs = corpusLogs(corpus).filter(({ name }) => name.startsWith('parser-conformance/'))
    const lines = logs.map(({ name, bytes }) => summaryOf(name.slice('parser-conformance/'.length), bytes))
    await expect(`${lines.join('\n\n')}\n`).toMatchFileSnapshot(join(root, 'test/golden/evtx-conformance.txt'))
  })
})

describe('a log that was written for a fixture', () => {
  it('is read by evtxexport to the same values', ctx => {
    if (!hasEvtxexport()) return ctx.skip('evtxexport is not installed (Debian: libevtx-utils)')
    const directory = mkdtempSync(join(tmpdir(), 'counterseal-evtx-'))
    try {
      const path = join(directory, 'written.evtx')
      const written = writtenRecords()
      writeFileSync(path, writeLog(written, { most_records_in_chunk: 40 }))
      const { records, codes } = readLog(readFileSync(path))
      const { events, stopped } = exportedEvents(path)
      expect([stopped, codes, records.length, events.length]).toEqual([undefined, [], written.length, written.length])
      expect(countedRecords(path)).toEqual({ records: written.length, recovered: 0 })
      const differences = pairs(records, events).flatMap(differencesOf)
      expect(differences.filter(({ row }) => row === 'unlisted')).toEqual([])
      expect(new Set(differences.map(({ row }) => row))).toEqual(
        new Set(['guid-case', 'hex-width', 'size-decimal', 'time-digits', 'negative', 'float-digits', 'surrogates']),
      )
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})

/** Every type of value and every array that evtxexport can read; it stops at elements without a template. */
function writtenRecords(): readonly WrittenRecord[] {
  const events = eventWriter()
  const values = samplesOf(randomFrom(3)).filter(({ type }) => type !== 'xml' && type !== 'null')
  const items = values.flatMap(one =>
    'value' in one && !['boolean', 'binary', 'size', 'sid'].includes(one.type)
      ? [{ type: one.type, items: [one.value, one.value, one.value] }]
      : [],
  )
  const user_data = element('Certificate', { name: 'Søren' }, element('Empty'), element('Text', {}, 'x'))
  return Array.from({ length: 150 }, (_, i) => {
    const data = [...values, ...items].map((value, n) => [`Value${n}`, value] as const)
    const payload = i % 3 === 0 ? { user_data } : { data: i % 3 === 1 ? data : data.slice(0, 4) }
    const { data: _data, ...event } = registryEvent({ time_created: nine + BigInt(i) * 1_234_567n })
    return events.record({ ...event, ...payload }, BigInt(i + 1))
  })
}

type Pair = { readonly record: EventRecord; readonly event: ExportedEvent }

/** Each event of theirs with ours: in order, or by number and time where the two have counted otherwise. */
function pairs(
  records: readonly EventRecord[],
  events: readonly ExportedEvent[],
): readonly (Pair | { event: ExportedEvent })[] {
  const left = [...records]
  return events.map(event => {
    const at = left.findIndex(({ system }) => system !== undefined && identityOf(system) === exportedIdentity(event))
    if (at === -1) return { event }
    const [record] = left.splice(at, 1)
    return record === undefined ? { event } : { record, event }
  })
}

function identityOf({ event_record_id, time_created }: System): string {
  return `${event_record_id} ${time_created === undefined ? '' : textOf('filetime', time_created)}`
}

function exportedIdentity({ system }: ExportedEvent): string {
  return `${system.get('EventRecordID')} ${(system.get('TimeCreated@SystemTime') ?? '').replace(/00Z$/, 'Z')}`
}

function countDifferences(path: string, records: readonly EventRecord[]): readonly Difference[] {
  const ours = records.filter(({ recovered }) => !recovered).length
  const theirs = countedRecords(path).records
  return ours === theirs ? [] : [{ row: 'count', what: `${ours}, not ${theirs}` }]
}

function differencesOf(pair: Pair | { event: ExportedEvent }): readonly Difference[] {
  if (!('record' in pair)) return [{ row: 'unlisted', what: `no record ${exportedIdentity(pair.event)}` }]
  const { record, event } = pair
  const id = `record ${record.record_id}`
  const differences: Difference[] = []
  const compare = (what: string, type: ValueType, ours: string, theirs: string) => {
    if (ours !== theirs)
      differences.push({ row: rowOf(type, ours, theirs), what: `${id} ${what}: ${ours} | ${theirs}` })
  }
  if (record.system !== undefined)
    for (const [place, type, ours] of systemTexts(record.system))
      compare(place, type, ours, event.system.get(place) ?? '')
  compare('payload', 'string', `${record.payload} ${record.payload_root}`, `${event.payload} ${event.payload_root}`)
  const [ours, theirs] = [record.fields, event.fields]
  compare('names', 'string', ours.map(({ name }) => name).join('\n'), theirs.map(({ name }) => name).join('\n'))
  for (const [i, { name, type, value }] of ours.entries())
    compare(name, type, textOf(type, value), theirs[i]?.text ?? '')
  return differences
}

/** What each row of docs/divergences-evtx.md is about. */
function rowOf(type: ValueType, ours: string, theirs: string): string {
  if (type === 'guid' && ours === theirs.toLowerCase()) return 'guid-case'
  if ((type === 'hex32' || type === 'hex64') && BigInt(ours) === BigInt(theirs)) return 'hex-width'
  if (type === 'size' && BigInt(ours) === BigInt(theirs)) return 'size-decimal'
  if (type === 'filetime' && theirs === ours.replace('Z', '00Z')) return 'time-digits'
  if (/^int\d/.test(type) && ours.startsWith('-') && theirs.startsWith('-')) return 'negative'
  if (type.startsWith('float') && Math.abs(Number(ours) - Number(theirs)) < 1e-6) return 'float-digits'
  if (type === 'string' && theirs === '' && /^\s+$/.test(ours)) return 'only-space'
  if (type === 'string' && /[\ud800-\udfff]/.test(ours)) return 'surrogates'
  return 'unlisted'
}

function systemTexts(system: System): readonly (readonly [string, ValueType, string])[] {
  const text = (value: string | number | undefined) => (value === undefined ? '' : String(value))
  const { keywords, time_created, event_record_id } = system
  return [
    ['Provider@Name', 'string', text(system.provider_name)],
    ['Provider@Guid', 'guid', text(system.provider_guid)],
    ['Provider@EventSourceName', 'string', text(system.provider_event_source)],
    ['EventID', 'uint16', text(system.event_id)],
    ['EventID@Qualifiers', 'uint16', text(system.qualifiers)],
    ['Version', 'uint8', text(system.version)],
    ['Level', 'uint8', text(system.level)],
    ['Task', 'uint16', text(system.task)],
    ['Opcode', 'uint8', text(system.opcode)],
    ['Keywords', 'hex64', keywords === undefined ? '' : textOf('hex64', keywords)],
    ['TimeCreated@SystemTime', 'filetime', time_created === undefined ? '' : textOf('filetime', time_created)],
    ['EventRecordID', 'uint64', event_record_id === undefined ? '' : String(event_record_id)],
    ['Correlation@ActivityID', 'guid', text(system.activity_id)],
    ['Correlation@RelatedActivityID', 'guid', text(system.related_activity_id)],
    ['Execution@ProcessID', 'uint32', text(system.process_id)],
    ['Execution@ThreadID', 'uint32', text(system.thread_id)],
    ['Channel', 'string', text(system.channel)],
    ['Computer', 'string', text(system.computer)],
    ['Security@UserID', 'sid', text(system.user_sid)],
  ]
}

/** The rows of docs/divergences-evtx.md: their names and how many values or files each is about. */
function listedCounts(): Readonly<Record<string, number>> {
  const page = readFileSync(join(root, 'docs/divergences-evtx.md'), 'utf8')
  return Object.fromEntries(
    [...page.matchAll(/^\| `([a-z-]+)` \| ([\d,]+) \|/gm)].map(([, id, count]) => [
      id,
      Number(count?.replaceAll(',', '')),
    ]),
  )
}

/** Counts of a log, then its problems by code: those of what stands in it, and those of what is recovered besides. */
function summaryOf(name: string, bytes: Uint8Array): string {
  const { records } = readLog(bytes)
  const all = readLog(bytes, { recover: true })
  const recovered = all.records.filter(record => record.recovered)
  const live = records.filter(record => !record.recovered)
  const times = live.flatMap(({ system }) => system?.time_created ?? []).sort((a, b) => (a < b ? -1 : 1))
  const [first, last] = [times[0], times.at(-1)]
  const span =
    first === undefined || last === undefined ? '' : `, ${textOf('filetime', first)} to ${textOf('filetime', last)}`
  return [
    name,
    `  chunks ${chunksOf(bytes).length}, records ${live.length}${span}`,
    `  ${live.reduce((sum, { fields }) => sum + fields.length, 0)} fields of ${new Set(live.map(({ system }) => system?.event_id)).size} event ids`,
    `  ${recovered.length} more recovered, ${recovered.filter(({ system }) => system !== undefined).length} of them with System`,
    ...problemLines('', [...readLog(bytes).problems, ...live.flatMap(({ problems }) => problems)]),
    ...problemLines(
      'recovered: ',
      recovered.flatMap(({ problems }) => problems),
    ),
  ].join('\n')
}

function problemLines(label: string, problems: readonly { readonly code: string }[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const { code } of problems) counts.set(code, (counts.get(code) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, count]) => `  ${label}${code} ${count}`)
}
