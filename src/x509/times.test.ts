import { describe, expect, it } from 'vitest'
import { element } from '../../test/der.ts'
import { readElement, walkOver } from './der.ts'
import { readTime } from './times.ts'

function read(tag: 0x17 | 0x18, text: string) {
  const walk = walkOver(element(tag, Buffer.from(text, 'latin1')))
  readElement(walk, 0, walk.bytes.length)
  const time = readTime(walk)
  return { time: time === undefined ? undefined : new Date(time).toISOString(), codes: walk.problems.map(p => p.code) }
}

describe('UTCTime', () => {
  it.each([
    ['260102030405Z', '2026-01-02T03:04:05.000Z', []],
    ['491231235959Z', '2049-12-31T23:59:59.000Z', []],
    ['500101000000Z', '1950-01-01T00:00:00.000Z', []],
    ['000229000000Z', '2000-02-29T00:00:00.000Z', []],
    ['990101000060Z', '1999-01-01T00:01:00.000Z', []],
    ['2601020304Z', '2026-01-02T03:04:00.000Z', ['time/no-seconds']],
    ['260102030405+0130', '2026-01-02T01:34:05.000Z', ['time/offset']],
    ['260102030405-0130', '2026-01-02T04:34:05.000Z', ['time/offset']],
    ['2601020304+0000', '2026-01-02T03:04:00.000Z', ['time/no-seconds', 'time/offset']],
    ['260102030405', '2026-01-02T03:04:05.000Z', ['time/no-zone']],
  ])('%s is %s', (text, time, codes) => {
    expect(read(0x17, text)).toEqual({ time, codes })
  })

  it.each([
    '',
    'Z',
    '26010203040Z',
    '260229000000Z',
    '261301000000Z',
    '260100000000Z',
    '260101240000Z',
    '260101006000Z',
    '260101000061Z',
    '26010203040xZ',
    '-60102030405Z',
    '260102030405z',
    '260102030405+2400',
    '260102030405+01',
    '260102030405.5Z',
    '260102030405Z\0',
    '9'.repeat(5000),
  ])('%s is no time', text => {
    expect(read(0x17, text)).toEqual({ time: undefined, codes: ['time/nonsense'] })
  })
})

describe('GeneralizedTime', () => {
  it.each([
    ['20510102030405Z', '2051-01-02T03:04:05.000Z', []],
    ['99991231235959Z', '9999-12-31T23:59:59.000Z', []],
    ['19000101000000Z', '1900-01-01T00:00:00.000Z', []],
    ['00000101000000Z', '0000-01-01T00:00:00.000Z', []],
    ['20260102030405Z', '2026-01-02T03:04:05.000Z', ['time/wrong-kind']],
    ['20510102030405.25Z', '2051-01-02T03:04:05.250Z', ['time/fraction']],
    ['20510102030405,999999Z', '2051-01-02T03:04:05.999Z', ['time/fraction']],
    ['205101020304.5Z', '2051-01-02T03:04:30.000Z', ['time/no-seconds', 'time/fraction']],
    ['2051010203Z', '2051-01-02T03:00:00.000Z', ['time/no-seconds']],
    ['20510102030405+01', '2051-01-02T02:04:05.000Z', ['time/offset']],
  ])('%s is %s', (text, time, codes) => {
    expect(read(0x18, text)).toEqual({ time, codes })
  })

  it.each(['20510102', '205101020304055Z', '20510102030405.Z', '21000229000000Z', '2051-01-02T03:04Z'])(
    '%s is no time',
    text => {
      expect(read(0x18, text)).toEqual({ time: undefined, codes: ['time/nonsense'] })
    },
  )

  it('agrees with Date over every day of four centuries', () => {
    for (let day = Date.UTC(1900, 0, 1); day < Date.UTC(2300, 0, 1); day += 86_400_000) {
      const iso = new Date(day + 12_345_000).toISOString()
      const { time } = read(0x18, `${iso.slice(0, 19).replace(/[-:T]/g, '')}Z`)
      if (time !== iso) expect(time).toBe(iso)
    }
  })
})
