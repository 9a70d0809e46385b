import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { loadDetection, loadDetections } from './detection.ts'

const made: string[] = []
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
})

const definition = {
  uuid: '7d0a1f62-3a55-4d3a-9c7b-1f8f0f1d2c3b',
  version: 1,
  title: 'Something happened',
  analytic: 'AN1246',
  description: 'Something happened that should not.',
  techniques: [{ id: 'T1112', name: 'Modify Registry' }],
  references: ['here'],
  sees: [{ kind: 'windows_event', shows: 'it', without: 'it', remedy: 'read it' }],
  signals: { seen: { points: 10, because: 'it was seen' } },
  verdicts: [{ from: 0, verdict: 'lead' }],
  would_change: ['Lower: it was us.'],
}
const query = `SELECT '1' AS key, '2' AS summary, [] AS entities, ['seen'] AS signals, [] AS events, 1 AS event_count, '' AS first_seen, '' AS last_seen`

/** A detections directory with one detection family/name, in JSON, which is YAML. */
function folderWith(changes: Record<string, unknown>, text: string = query): string {
  const directory = mkdtempSync(join(tmpdir(), 'counterseal-detection-'))
  made.push(directory)
  const folder = join(directory, 'family', 'name')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'detection.yaml'), JSON.stringify({ ...definition, ...changes }))
  writeFileSync(join(folder, 'query.sql'), text)
  return directory
}

const faultOf = (changes: Record<string, unknown>, text?: string) => () => loadDetections([folderWith(changes, text)])

it('a detection is called by its folder', () => {
  const [detection] = loadDetections([folderWith({})])
  expect(detection?.id).toBe('family/name')
  expect(detection?.query.name).toBe('detections/family/name')
})

it('directories add up, in order of id', () => {
  const [ours, theirs] = [folderWith({}), folderWith({})]
  expect(loadDetections([theirs, ours]).map(({ id }) => id)).toEqual(['family/name', 'family/name'])
})

it('telemetry can only be narrowed by a field that its kind has', () => {
  const sees = { kind: 'windows_event', where: { tls_server_name: ['x'] }, shows: 'a', without: 'b', remedy: 'c' }
  expect(faultOf({ sees: [sees] })).toThrow(/where names a field that the kind does not have/)
})

it('an exception without a reason is refused', () => {
  expect(faultOf({ except: { ours: { values: ['10.0.0.1'] } } })).toThrow(/because/)
})

it('an exception that the query does not use is refused', () => {
  expect(faultOf({ except: { ours: { values: ['10.0.0.1'], because: 'it is ours' } } })).toThrow(/except_ours/)
})

it('a parameter that nothing gives is refused', () => {
  expect(faultOf({}, `${query} WHERE {window:UInt32} > 1`)).toThrow(/\{window\}, which detection.yaml does not give/)
})

it('a column that is missing is named', () => {
  expect(faultOf({}, query.replace("'2' AS summary, ", ''))).toThrow(/no column summary/)
})

it('a signal that the query never says is refused', () => {
  const signals = { seen: definition.signals.seen, heard: { points: 5, because: 'it was heard' } }
  expect(faultOf({ signals })).toThrow(/never says 'heard'/)
})

it('the first verdict begins at 0', () => {
  expect(faultOf({ verdicts: [{ from: 10, verdict: 'lead' }] })).toThrow(/does not begin at 0/)
})

it('a verdict beside the scale is not given by points', () => {
  expect(faultOf({ verdicts: [{ from: 0, verdict: 'approved' }] })).toThrow(/verdict/)
})

it('a key that no detection has is refused, with the file', () => {
  expect(faultOf({ severity: 'high' })).toThrow(/detection\.yaml is no detection.*severity/s)
})

it('a folder without its files is refused', () => {
  expect(() => loadDetection('/nowhere/family/name')).toThrow(/detection\.yaml/)
})
