import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { filesIn, foldersIn, parseDefinition, readDefinitionText } from './definition-file.ts'

const schema = z.strictObject({ title: z.string() })
let directory: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'counterseal-definitions-'))
  for (const name of ['b', 'a']) mkdirSync(join(directory, name))
  for (const name of ['z.yaml', 'y.yaml', 'x.txt']) writeFileSync(join(directory, name), 'title: t\n')
})
afterAll(() => rmSync(directory, { recursive: true }))

describe('definitions', () => {
  it('folders and files come in the order of their names', () => {
    expect(foldersIn(directory)).toEqual([join(directory, 'a'), join(directory, 'b')])
    expect(filesIn(directory, '.yaml')).toEqual([join(directory, 'y.yaml'), join(directory, 'z.yaml')])
  })

  it('a good one is parsed', () => {
    const file = join(directory, 'y.yaml')
    expect(parseDefinition('thing', file, readDefinitionText(file), schema)).toEqual({ title: 't' })
  })

  it.each([
    ['a directory that is not there', () => foldersIn(join(directory, 'missing'))],
    ['a file that is not there', () => readDefinitionText(join(directory, 'missing.yaml'))],
    ['text that is no YAML', () => parseDefinition('thing', 'f.yaml', 'a: [', schema)],
    ['YAML of another shape', () => parseDefinition('thing', 'f.yaml', 'titel: t', schema)],
    ['aliases', () => parseDefinition('thing', 'f.yaml', 'a: &a [x]\nb: [*a, *a]\n', z.unknown())],
  ])('%s is an error that names the file', (_, read) => {
    expect(read).toThrow(
      expect.objectContaining({ code: 'data/bad-definition', message: expect.stringMatching(/missing|f\.yaml/) }),
    )
  })
})
