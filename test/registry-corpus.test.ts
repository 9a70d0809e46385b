import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { fromBufferPromise } from 'yauzl'
import type { RegistryTarget, ToldData } from '../src/registry/index.ts'
import {
  dataOf4657,
  dataOfDetails,
  filePath,
  namesValue,
  operationOf4657,
  operationOfEventType,
  registryPath,
  targetOf4657,
  targetOfObject,
} from '../src/registry/index.ts'

const corpus = process.env.COUNTERSEAL_CORPUS
const reason = corpus === undefined ? 'COUNTERSEAL_CORPUS is not set' : undefined

type LoggedEvent = Readonly<Record<string, unknown>>

/** Every event of OTRF's archives that names something of the registry or a file. */
async function* events(): AsyncGenerator<LoggedEvent> {
  const directory = join(corpus ?? '', 'windows/otrf-json')
  for (const name of readdirSync(directory).filter(file => file.endsWith('.zip'))) {
    const archive = await fromBufferPromise(whole(readFileSync(join(directory, name))))
    for await (const entry of archive.eachEntry()) {
      const lines = (await text(await archive.openReadStreamPromise(entry))).split('\n')
      for (const line of lines)
        if (/"(?:TargetObject|ObjectValueName|ImageLoaded|Image)"/.test(line)) yield JSON.parse(line)
    }
  }
}

/** Some archives have an octet behind their end, which yauzl does not allow. */
function whole(archive: Buffer): Buffer {
  const end = archive.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  return archive.subarray(0, end + 22 + archive.readUInt16LE(end + 20))
}

/** What was set, however it was told. */
function told({ path, value_comparison }: RegistryTarget, operation: string, { type, data }: ToldData): string {
  return [path.comparison, value_comparison, operation, type, String(data)].join('|')
}

describe('the registry events of the corpus', () => {
  it('have paths that stay what they are, and 4657 tells what Sysmon tells', async ctx => {
    if (reason !== undefined) return ctx.skip(reason)
    const counts = { targets: 0, guessed: 0, files: 0, unknown: 0, applications: 0 }
    const bySysmon = new Set<string>()
    const bySecurity = new Set<string>()
    for await (const event of events()) {
      const text = (name: string) => (typeof event[name] === 'string' ? event[name] : '')
      const id = Number(event.EventID)
      if (id >= 12 && id <= 14 && text('TargetObject') !== '') {
        const has_value = id === 13 || namesValue(text('EventType'))
        const target = targetOfObject(text('TargetObject'), { has_value })
        expect(registryPath(target.path.text).text).toBe(target.path.text)
        counts.targets += 1
        if (target.is_split_guessed) counts.guessed += 1
        if (target.path.root === 'other')
          counts[/^\\REGISTRY\\(?:A|WC)\\/.test(target.path.text) ? 'applications' : 'unknown'] += 1
        const operation = operationOfEventType(id === 13 ? 'SetValue' : text('EventType'))
        if (id === 13) bySysmon.add(told(target, operation, dataOfDetails(text('Details'))))
      } else if (id === 4657) {
        const target = targetOf4657(text('ObjectName'), text('ObjectValueName'))
        const { operation } = operationOf4657(text('OperationType'))
        bySecurity.add(told(target, operation, dataOf4657(text('NewValue'), text('NewValueType'))))
      }
      for (const image of [text('Image'), text('ImageLoaded')].filter(Boolean)) {
        const path = filePath(image)
        expect(filePath(path.text).text).toBe(path.text)
        counts.files += 1
      }
    }
    expect(counts.targets).toBeGreaterThan(74_000)
    expect(counts.files).toBeGreaterThan(100_000)
    expect(counts.applications).toBeGreaterThan(20_000)
    expect([counts.unknown, counts.guessed]).toMatchInlineSnapshot(`
      [
        0,
        980,
      ]
    `)
    expect([...bySecurity].map(one => [one, bySysmon.has(one)])).toMatchInlineSnapshot(`
      [
        [
          "HKLM\\SYSTEM\\CURRENTCONTROLSET\\SERVICES\\EVENTLOG|START|value_set|REG_DWORD|4",
          true,
        ],
        [
          "HKLM\\SOFTWARE\\MICROSOFT\\WINDOWS\\CURRENTVERSION\\POLICIES\\SYSTEM\\AUDIT|PROCESSCREATIONINCLUDECMDLINE_ENABLED|value_set|REG_DWORD|0",
          true,
        ],
      ]
    `)
  })
})
