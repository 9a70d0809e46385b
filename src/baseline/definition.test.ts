import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadBaseline } from './definition.ts'

const good = {
  'baseline.yaml': `title: T
analytic: T1596.003
description: D.
references: [this test]
budget: { false_alarms_per_day: 1, because: B. }
learning_days: 7
categories:
  name: { unit: names, floor: 5, because: B. }
sees:
  - { kind: dns_query, shows: s, without: w, remedy: r }
`,
  'activity.sql': `SELECT 'name' AS category, e AS entity, t AS at, m AS member, event_uid, evidence_id, record_number
FROM dns_query WHERE ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64}
`,
  'presence.sql': 'SELECT e AS entity, t AS at FROM dns_query WHERE {from_sequence:UInt64} < {to_sequence:UInt64}\n',
}
type Files = Partial<typeof good>

describe('the definition of a baseline', () => {
  let root: string
  let folders = 0
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'counterseal-baseline-files-'))
  })
  afterAll(() => rmSync(root, { recursive: true }))

  const loaded = (changed: Files = {}) => {
    folders += 1
    const directory = join(root, 'family', String(folders))
    mkdirSync(directory, { recursive: true })
    for (const [name, text] of Object.entries({ ...good, ...changed })) writeFileSync(join(directory, name), text)
    return loadBaseline(directory)
  }

  it('is named by its folder, and has a digest of what decides the counts', () => {
    const [one, other] = [loaded(), loaded({ 'baseline.yaml': good['baseline.yaml'].replace('floor: 5', 'floor: 9') })]
    expect(one.id).toBe('family/1')
    expect(other.sha256).toBe(one.sha256)
    expect(loaded({ 'presence.sql': `${good['presence.sql']}LIMIT 1` }).sha256).not.toBe(one.sha256)
  })

  it.each<[string, Files, RegExp]>([
    [
      'a column that is missing',
      { 'activity.sql': good['activity.sql'].replace('m AS member, ', '') },
      /no column member/,
    ],
    ['a range that is not used', { 'presence.sql': 'SELECT 1 AS entity, 2 AS at' }, /does not use \{from_sequence\}/],
    [
      'a parameter that nobody gives',
      { 'presence.sql': `${good['presence.sql']} LIMIT {most:UInt8}` },
      /\{most\}, which nobody/,
    ],
    [
      'reference data without its catalogue',
      { 'activity.sql': `${good['activity.sql']} AND {intel:String} != ''` },
      /catalogues under intel/,
    ],
    [
      'a category that nothing counts',
      { 'baseline.yaml': good['baseline.yaml'].replace('  name:', '  nobody:') },
      /never says 'nobody'/,
    ],
    [
      'a budget of nothing',
      { 'baseline.yaml': good['baseline.yaml'].replace('day: 1', 'day: 0') },
      /false_alarms_per_day/,
    ],
  ])('%s is refused', (_, changed, message) => {
    expect(() => loaded(changed)).toThrow(
      expect.objectContaining({ code: 'data/bad-definition', message: expect.stringMatching(message) }),
    )
  })
})
