import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { randomFrom } from '../bench/generate/random.ts'
import { generatedSamples } from '../bench/registry/generated-files.ts'
import { type ExportedKey, type ExportedValue, exportedKeys, hasHivexml } from '../bench/registry/hivexml.ts'
import type { KeyReading, RegistryValue } from '../src/registry/index.ts'
import { openHive, readKey, walkKeys, writeHive } from '../src/registry/index.ts'
import { readHive, trustKeys, variousHive } from './registry-hives.ts'

const directory = mkdtempSync(join(tmpdir(), 'counterseal-registry-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const noHivexml = hasHivexml() ? undefined : 'hivexml is not installed (Debian: libhivex-bin)'
const noReglookup =
  spawnSync('reglookup', [], { stdio: 'ignore' }).error === undefined
    ? undefined
    : 'reglookup is not installed (Debian: reglookup)'

function saved(name: string, hive: Uint8Array): string {
  const path = join(directory, name)
  writeFileSync(path, hive)
  return path
}

/** What a value is in the words of hivexml. */
function inItsWords({ name, type, type_code, data, bytes }: RegistryValue): ExportedValue {
  const base64 = { base64: Buffer.from(bytes).toString('base64') }
  const of = (word: string, told: ExportedValue['data']) => ({ name, type: word, data: told })
  if (typeof data === 'string') return of(type === 'REG_SZ' ? 'string' : type === 'REG_LINK' ? 'link' : 'expand', data)
  if (typeof data === 'number') return of('int32', String(data | 0))
  if (typeof data === 'bigint') return of('int64', String(BigInt.asIntN(64, data)))
  if (Array.isArray(data)) return of('string-list', data)
  const words = [
    'none',
    '',
    '',
    'binary',
    'int32',
    'int32',
    '',
    '',
    'resource-list',
    'resource-description',
    'resource-requirements',
    'int64',
  ]
  return of(words[type_code] ?? 'unknown', base64)
}

function isText({ data }: RegistryValue): boolean {
  const texts = typeof data === 'string' ? [data] : Array.isArray(data) ? data.map(String) : []
  return texts.every(text => text.isWellFormed())
}

/** What hivexml tells, but for the empty text that it takes for the last one of most lists. */
function theirs(path: string): readonly ExportedKey[] | undefined {
  const closed = ({ data, ...value }: ExportedValue) => ({
    ...value,
    data: Array.isArray(data) && data.at(-1) === '' ? data.slice(0, -1) : data,
  })
  return exportedKeys(path)?.map(({ values, ...key }) => ({ ...key, values: values.map(closed) }))
}

function inItsOrder(keys: readonly KeyReading[]) {
  return keys.map(({ path, key, values }) => ({
    path,
    mtime: new Date(Number(key.last_written / 10_000n - 11_644_473_600_000n))
      .toISOString()
      .replace('.000Z', 'Z')
      .replace(/\.\d+Z/, 'Z'),
    values: values.map(inItsWords),
  }))
}

describe('a hive that was written for a fixture', () => {
  const hives = [
    ['of trust', writeHive(trustKeys())],
    ...([3, 4, 5, 6] as const).map(minor => [`of version 1.${minor}`, variousHive({ minor_version: minor })] as const),
    ['with li lists', variousHive({ list: 'li' })],
  ] as const

  it.for(hives)('is read by hivexml to the same keys, times, types and data: one %s', ([name, hive], ctx) => {
    if (noHivexml !== undefined) return ctx.skip(noHivexml)
    const { keys, codes } = readHive(hive)
    expect(codes).toEqual([])
    expect(theirs(saved(`${name}.hive`, hive))).toEqual(inItsOrder(keys))
  })

  it('is read by hivexml to the same keys, times, types and data: 60 with invented keys', ctx => {
    if (noHivexml !== undefined) return ctx.skip(noHivexml)
    let compared = 0
    for (const [i, sample] of generatedSamples(randomFrom(5), 80).entries()) {
      if (sample.kind !== 'hive') continue
      const keys = [...walkKeys(openHive(sample.bytes))]
      const exported = theirs(saved(`generated-${i}.hive`, sample.bytes)) ?? expect.fail('hivexml gave up')
      const ours = inItsOrder(keys)
      expect(exported.map(({ path, mtime }) => [path, mtime])).toEqual(ours.map(({ path, mtime }) => [path, mtime]))
      for (const [n, { problems, path, values }] of keys.entries()) {
        // Octets that are not of their type, and halves of surrogate pairs, are told in other ways.
        if (problems.length > 0 || !values.every(isText)) continue
        expect(exported[n]?.values, path).toEqual(ours[n]?.values)
        compared += ours[n]?.values.length ?? 0
      }
    }
    expect(compared).toBeGreaterThan(3000)
  })

  it('is read by reglookup to the same keys, times and types', ctx => {
    if (noReglookup !== undefined) return ctx.skip(noReglookup)
    const hive = writeHive(trustKeys())
    const { stdout } = spawnSync('reglookup', [saved('reglookup.hive', hive)], { encoding: 'utf8' })
    const lines = stdout
      .trim()
      .split('\n')
      .slice(1)
      .map(line => line.split(','))
    const ours = readHive(hive).keys.flatMap(({ path, values }) => [
      [`/${path.replaceAll('\\', '/')}`, 'KEY', '2026-03-02 09:00:00'],
      ...values.map(({ name, type }) => [`/${path.replaceAll('\\', '/')}/${name}`, type.slice('REG_'.length), '']),
    ])
    expect(lines.map(([path, type, , mtime]) => [path, type, mtime])).toEqual(ours)
  })

  it('can be changed by hivexsh, and is read as it left it', ctx => {
    if (noHivexml !== undefined) return ctx.skip(noHivexml)
    const path = saved('changed.hive', variousHive())
    const commands =
      'cd \\many\nadd Added\ncd Added\nsetval 2\n@\nstring:hello\nnumber\ndword:0x1234\ncd \\a\ndel\ncommit\nquit\n'
    expect(spawnSync('hivexsh', ['-w', path], { input: commands, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    })
    const hive = openHive(readFileSync(path))
    expect(hive.problems).toEqual([])
    expect(readKey(hive, 'a\\b')).toBeUndefined()
    expect(readKey(hive, 'many\\Added')).toMatchObject({
      problems: [],
      values: [
        { name: '', type: 'REG_SZ', data: 'hello' },
        { name: 'number', type: 'REG_DWORD', data: 0x1234 },
      ],
    })
    expect([...walkKeys(hive)].flatMap(({ problems }) => problems)).toEqual([])
  })
})
