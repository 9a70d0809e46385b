import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Row } from '../src/model/index.ts'
import { eventKinds, rowsOf } from '../src/model/index.ts'
import { ingestOfSuite } from './open-ingest.ts'

/**
 * What products tell of Windows comes in more files than a source has samples. Each shape here is made of a record of a
 * sample and read as evidence is read; the suite of the doors holds what becomes of the samples themselves.
 */

type Json = Readonly<Record<string, unknown>>

const folder = new URL('../sources', import.meta.url).pathname

/** A record of a source's sample.ndjson, by its line from 1. */
function sample(source: string, line = 1): Json {
  return JSON.parse(readFileSync(join(folder, source, 'sample.ndjson'), 'utf8').split('\n')[line - 1] ?? '')
}

const list = (...records: readonly Json[]) => `${JSON.stringify(records, null, 1)}\n`
const lines = (...records: readonly Json[]) => records.map(record => `${JSON.stringify(record)}\n`).join('')
const document = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

/** RFC 4180, with what is no text as JSON in its field, after the byte order mark that Excel likes. */
function csv(...records: readonly Json[]): string {
  const columns = [...new Set(records.flatMap(record => Object.keys(record)))]
  const field = (value: unknown) => {
    if (value === undefined || value === null) return ''
    return `"${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('"', '""')}"`
  }
  const rows = records.map(record => columns.map(name => field(record[name])).join(','))
  return `\ufeff${[columns.map(field).join(','), ...rows].join('\r\n')}\r\n`
}

/** As Hayabusa writes fields into one. */
const told = (object: unknown) =>
  Object.entries(object as Json) // an object of the sample
    .map(([name, value]) => `${name}: ${value}`)
    .join(' ¦ ')

const hayabusa = sample('windows-hayabusa')
const streamed = sample('defender-hunting')
const row = streamed.properties as Json // an object of the sample

describe('a Windows source', () => {
  const ingest = ingestOfSuite()

  /** The rows of one piece of evidence in the order of its records, with the events' data in no order. */
  const rowsIn = async (content: string): Promise<readonly Row[]> => {
    const { evidence_id } = await ingest().read(content)
    const columns = eventKinds.windows_event.fields.filter(name => name !== 'fields').join(', ')
    const text = `SELECT source, lower(hex(record_key)) AS record_key, ${columns}, arraySort(mapKeys(fields)) AS names, arraySort(mapValues(fields)) AS texts FROM windows_event WHERE evidence_id = {evidence:String} ORDER BY record_number`
    return await rowsOf(ingest().store, { name: 'test', text }, { params: { evidence: evidence_id } })
  }

  const shapes: readonly (readonly [source: string, shape: string, told: string, again: string])[] = [
    ['windows-velociraptor', 'a list', lines(sample('windows-velociraptor')), list(sample('windows-velociraptor'))],
    ['windows-evtxhunter', 'CSV', lines(sample('windows-evtxhunter')), csv(sample('windows-evtxhunter'))],
    [
      'windows-evtxhunter',
      'CSV with System',
      lines(sample('windows-evtxhunter', 4)),
      csv(sample('windows-evtxhunter', 4)),
    ],
    ['windows-evtxhunter', 'a list', lines(sample('windows-evtxhunter')), list(sample('windows-evtxhunter'))],
    ['windows-hayabusa', 'a list', lines(hayabusa), list(hayabusa)],
    ['windows-hayabusa', 'CSV', lines(hayabusa), csv({ ...hayabusa, AllFieldInfo: told(hayabusa.AllFieldInfo) })],
    ['windows-hayabusa', 'CSV of a profile with Details', lines(hayabusa), csv(sample('windows-hayabusa', 3))],
    ['windows-hayabusa', 'objects one after the other', lines(hayabusa), document(sample('windows-hayabusa', 2))],
    ['windows-winlogbeat', 'a list', lines(sample('windows-winlogbeat')), list(sample('windows-winlogbeat'))],
    [
      'windows-winlogbeat',
      'its index’s answer',
      lines(sample('windows-winlogbeat')),
      document({ hits: { hits: [{ _index: 'winlogbeat-8', _source: sample('windows-winlogbeat') }] } }),
    ],
    [
      'windows-wazuh',
      'its index’s answer',
      lines(sample('windows-wazuh')),
      document({ hits: { total: 1, hits: [{ _id: 'x', _source: sample('windows-wazuh') }] } }),
    ],
    [
      'windows-wazuh',
      'a dump of its index',
      lines(sample('windows-wazuh')),
      lines({ _index: 'x', _source: sample('windows-wazuh') }),
    ],
    ['windows-elastic-flat', 'CSV', lines(sample('windows-elastic-flat')), csv(sample('windows-elastic-flat'))],
    [
      'windows-elastic-flat',
      'its console’s answer',
      lines(sample('windows-elastic-flat')),
      document({ events: [{ source: 'so:.ds', payload: sample('windows-elastic-flat') }] }),
    ],
    ['elastic-defend', 'a list', lines(sample('elastic-defend')), list(sample('elastic-defend'))],
    [
      'elastic-defend',
      'its index’s answer',
      lines(sample('elastic-defend')),
      document({ hits: { hits: [{ _source: sample('elastic-defend') }] } }),
    ],
    ['defender-hunting', 'CSV', lines(streamed), csv(row)],
    ['defender-hunting', 'an event hub’s message', lines(streamed), document({ records: [streamed] })],
    [
      'defender-hunting',
      'Graph’s answer',
      lines(streamed),
      document({ schema: [{ name: 'Timestamp', type: 'DateTime' }], results: [row] }),
    ],
  ]

  it.each(shapes)('%s tells an event the same as %s', async (source, _shape, first, again) => {
    const one = await rowsIn(first)
    expect(one).toHaveLength(1)
    expect(one[0]?.source).toBe(source)
    expect(await rowsIn(again)).toEqual(one)
  })

  it('counts the findings of Hayabusa about one event as one event', async () => {
    const rows = await rowsIn(
      lines(hayabusa, { ...hayabusa, RuleTitle: 'Another rule' }, sample('windows-hayabusa', 2)),
    )
    expect(rows).toHaveLength(3)
    expect(new Set(rows.map(({ record_key }) => record_key)).size).toBe(1)
  })

  it('does not take a forged name out of a text, nor the true one beside it', async () => {
    const forged = `${told({ Cmdline: 'x ¦ Proc: C:\\Program Files\\Good\\good.exe', PID: 7 })} ¦ Proc: C:\\evil.exe`
    const finding = { ...hayabusa, EventID: 1, AllFieldInfo: undefined }
    const [fromCsv] = await rowsIn(csv({ ...finding, Details: forged }))
    expect(fromCsv).toMatchObject({ process_executable: '', process_id: 7 })
    const [fromJson] = await rowsIn(
      lines({ ...finding, Details: { Cmdline: 'x ¦ Proc: C:\\good.exe', Proc: 'C:\\evil.exe' } }),
    )
    expect(fromJson).toMatchObject({
      process_executable: 'C:\\evil.exe',
      process_command_line: 'x ¦ Proc: C:\\good.exe',
    })
  })

  it('is not slow on a text that is nothing but names', { timeout: 20_000 }, async () => {
    const text = Array.from({ length: 200_000 }, (_, nth) => `n${nth}: v`).join(' ¦ ')
    const [, found] = await rowsIn(lines(hayabusa, { ...hayabusa, AllFieldInfo: text }))
    expect(found?.names).toHaveLength(501)
  })

  it('of Elastic Defend and of Defender give a registry value the key that Sysmon gives it', async () => {
    const [sysmon] = await rowsIn(lines(sample('windows-velociraptor')))
    for (const source of ['elastic-defend', 'defender-hunting']) {
      const [found] = await rowsIn(lines(sample(source)))
      const { registry_key, registry_value, registry_operation, registry_data_type } = sysmon ?? {}
      expect(found).toMatchObject({ registry_key, registry_value, registry_operation, registry_data_type, event_id: 0 })
    }
  })

  it('does not take a table of another product for its own', async () => {
    const other = csv({ EventTime: '2026-03-02T09:00:00Z', Computer: 'WS1', RuleTitle: 'x', Details: 'y' })
    await expect(rowsIn(other)).resolves.toEqual([])
  })
})
