import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isMapped, loadSource, loadSources, mappedColumns } from './index.ts'

const root = mkdtempSync(join(tmpdir(), 'counterseal-source-'))
afterAll(() => rmSync(root, { recursive: true }))

function sourceIn(directory: string): string {
  const folder = join(root, directory, 'made-up')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'source.yaml'),
    `title: Made up
producer: made-up
kind: tls_session
ending: common
formats: [json-lines]
match:
  - present: [made]
fields:
  made: time!
  up: string
`,
  )
  writeFileSync(join(folder, 'mapping.sql'), 'SELECT\n  made AS event_time,\n  up AS name\nFROM record\n')
  return folder
}

describe('the ending of a mapping', () => {
  const shipped = join(root, 'shipped')
  mkdirSync(shipped)
  writeFileSync(
    join(shipped, 'common.sql'),
    '-- What all of them have.\nSELECT\n  lower(name) AS small\nFROM mapped;\n\nSELECT\n  small AS tls_server_name\nFROM mapped;\n',
  )

  it('goes with the mapping, and its columns are columns of the source', () => {
    const source = loadSource(sourceIn('shipped'))
    if (!isMapped(source)) throw new Error('it maps')
    expect(source.ending).toEqual({ name: 'common', steps: ['lower(name) AS small', 'small AS tls_server_name'] })
    expect(mappedColumns(source)).toEqual(['event_time', 'tls_server_name'])
  })

  it('may be one that is shipped, for a source of the user', () => {
    sourceIn('own')
    expect(loadSources([join(root, 'own'), shipped]).map(({ id }) => id)).toEqual(['made-up', 'made-up'])
  })

  it('that is nowhere is refused', () => {
    expect(() => loadSource(sourceIn('alone'))).toThrow('there is no common.sql beside the sources')
  })
})
