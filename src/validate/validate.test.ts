import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { beginLog, endLog, fileHeaderSize, readChunk } from '../evtx/index.ts'
import type { Finding } from '../model/index.ts'
import { judge } from './judge.ts'
import type { Procedure } from './procedure.ts'
import { loadProcedures } from './procedure.ts'
import { filesOfProcedure } from './procedure-files.ts'
import { hostOf, logOfProcedure } from './write-procedure.ts'

const procedures = loadProcedures(fileURLToPath(new URL('../../analytics', import.meta.url)), 'an1246')
const start = Date.UTC(2026, 0, 5)

function procedure(id: string): Procedure {
  const found = procedures.find(one => one.id === id)
  if (found === undefined) throw new Error(`there is no ${id}`)
  return found
}

/** What a finding is judged by; the rest of it does not matter here. */
function finding(id: string, verdict: Finding['verdict'], state = 'observed', rule = 'A1'): Finding {
  const entities = [{ kind: 'host_name', value: hostOf(procedure(id)) }]
  const correlation = { classes: [{ class: 'trust_provider', state }], standalone: [{ rule }] }
  return { verdict, score: 60, entities, summary: 's', correlation } as unknown as Finding
}

it('every procedure becomes a log that our reader finds nothing wrong with', async () => {
  for (const one of procedures) {
    const bytes = logOfProcedure(one, start, await filesOfProcedure(one))
    const log = beginLog(bytes.subarray(0, fileHeaderSize))
    const records = []
    for (let at = fileHeaderSize; at < bytes.length; at += 65_536) {
      const reading = readChunk(log, bytes.subarray(at, at + 65_536))
      expect(reading.problems, one.id).toEqual([])
      records.push(...reading.records)
    }
    expect(endLog(log), one.id).toEqual([])
    expect(records.length, one.id).toBe(one.events.reduce((sum, { times }) => sum + times, 0))
  }
})

it('the same procedure and start give the same bytes', async () => {
  for (const one of [procedure('T-27'), procedure('T-06')]) {
    const [left, again] = [await filesOfProcedure(one), await filesOfProcedure(one)]
    expect(left.files).toEqual(again.files)
    expect(Buffer.compare(logOfProcedure(one, start, left), logOfProcedure(one, start, again))).toBe(0)
  }
})

it('an event that tells of a file that is not there is refused', () => {
  const one = procedure('T-06')
  expect(() => logOfProcedure(one, start, { files: [], told: new Map() })).toThrow(/no such file/)
})

it('an attack has exactly the verdict, the classes and the rules', () => {
  expect(judge(procedure('T-09'), [finding('T-09', 'alert')]).faults).toEqual([])
  expect(judge(procedure('T-09'), [finding('T-09', 'incident')]).faults).toEqual(['incident in the place of alert'])
  expect(judge(procedure('T-09'), [finding('T-09', 'alert', 'absent', 'A2')]).faults).toEqual([
    'no trust_provider',
    'not by A1',
  ])
  expect(judge(procedure('T-09'), []).faults).toContain('informational in the place of alert')
})

it('something benign may say less than it may', () => {
  expect(judge(procedure('B-05'), []).faults).toEqual([])
  expect(judge(procedure('B-05'), [finding('B-05', 'review')]).faults).toEqual([])
  expect(judge(procedure('B-05'), [finding('B-05', 'alert')]).faults).toEqual(['alert in the place of review'])
})

it('what is said of another host is not taken for it', () => {
  expect(judge(procedure('B-05'), [finding('T-09', 'incident')]).faults).toEqual([])
})

it('an analytic without procedures is refused', () => {
  expect(() => loadProcedures('analytics', '../secrets')).toThrow(/no procedures/)
})
