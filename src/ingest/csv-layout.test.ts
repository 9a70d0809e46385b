import { describe, expect, it } from 'vitest'
import type { MappedSource } from '../mapping/index.ts'
import { csvLayout } from './csv-layout.ts'

const source = (id: string, rest: Partial<MappedSource>): MappedSource => ({
  ...{ id, title: id, producer: id, formats: ['csv'], kind: 'certificate_sighting', selectList: '' },
  ...{ match: [{ equals: {}, present: ['never'], absent: [] }], fields: [] },
  ...rest,
})
const named = source('named', { match: [{ equals: {}, present: ['when', 'sha1'], absent: ['ip'] }] })
const bare = source('bare', {
  columns: [
    ['ip', 'port', 'sha1'],
    ['ip', 'sha1'],
  ],
  fields: [
    { path: 'ip', type: 'address', required: true },
    { path: 'port', type: 'small', required: false },
    { path: 'sha1', type: 'sha1', required: true },
  ],
})
const layout = (text: string) => {
  const found = csvLayout(Buffer.from(text), [named, bare])
  return found === undefined ? undefined : { ...found, source: found.source.id }
}
const sha1 = 'ab12'.repeat(10)

describe('whose a CSV file is', () => {
  it('say the names of its columns, in its first record or in the last comment before it', () => {
    const columns = ['when', 'sha1', 'why']
    expect(layout('\ufeffwhen,sha1,why\n1,2,3\n')).toEqual({
      source: 'named',
      columns,
      first_offset: 17,
      comments: false,
    })
    expect(layout('# a list\n#when,sha1,why\r\n1,2,3\n')).toEqual({
      source: 'named',
      columns,
      first_offset: 25,
      comments: true,
    })
    expect(layout('# when,sha1,why\nwhen,sha1,why\n1,2,3\n')).toMatchObject({ first_offset: 30 })
  })

  it('say the values of its first record, where it has no names', () => {
    expect(layout(`203.0.113.7,${sha1}\n`)).toMatchObject({ source: 'bare', columns: ['ip', 'sha1'], first_offset: 0 })
    expect(layout(`2001:db8::7,443,"${sha1}"\n`)).toMatchObject({ columns: ['ip', 'port', 'sha1'] })
  })

  it('is nobody’s when a name is missing or forbidden, when a value does not fit, or when there is one value more', () => {
    for (const text of [
      'when,why\n',
      'when,sha1,ip\n',
      `the host,${sha1}\n`,
      `203.0.113.7,443,${sha1},x\n`,
      'no comma\n',
      '',
    ])
      expect(layout(text)).toBeUndefined()
  })
})
