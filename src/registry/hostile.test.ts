import { describe, expect, it } from 'vitest'
import { cellOf, readHive, variousHive, with32 } from '../../test/registry-hives.ts'
import { openHive, readKey, readRegText, walkKeys, writeHive } from './index.ts'

describe('a hostile hive', () => {
  it('cannot make a walk go round in a circle', () => {
    const hive = variousHive()
    const root = 32
    for (let nth = 0; nth < 4; nth += 1) {
      const { keys } = readHive(
        with32(hive, { [cellOf(hive, 'lh', nth) + 4]: root, [cellOf(hive, 'lh', nth) + 12]: root }),
      )
      expect(new Set(keys.map(({ key }) => key.offset)).size).toBe(keys.length)
    }
  })

  it('cannot make a list of lists lead to itself', () => {
    const hive = variousHive()
    const list = cellOf(hive, 'ri')
    const { codes } = readHive(with32(hive, { [list + 4]: list - 4 - 4096 }))
    expect(codes).toEqual(expect.arrayContaining(['registry/subkeys', 'registry/subkey-count']))
  })

  it('cannot make many keys with one long list cost more than its size', () => {
    const many = Array.from({ length: 3000 }, (_, i) => ({
      name: `Key ${i}`,
      values: [{ name: 'x', type: 3, data: new Uint8Array(2) }],
    }))
    const hive = Buffer.from(writeHive({ name: 'root', subkeys: many }, { most_in_list: 3000 }))
    const list = cellOf(hive, 'lh') - 4 - 4096
    for (let at = hive.indexOf('nk', 4096 + 40); at !== -1; at = hive.indexOf('nk', at + 1)) {
      hive.writeUInt32LE(3000, at + 20)
      hive.writeUInt32LE(list, at + 28)
    }
    const before = performance.now()
    const { keys, codes } = readHive(hive)
    expect(performance.now() - before).toBeLessThan(2000)
    expect(codes).toContain('registry/too-large')
    expect(keys.length).toBeLessThanOrEqual(3001)
  })

  it('cannot make one long text be read again and again', () => {
    const text = 'x'.repeat(100_000)
    const values = Array.from({ length: 5000 }, (_, i) => ({
      name: `value ${i}`,
      type: 1,
      data: i === 0 ? text : 'yyyy',
    }))
    const hive = Buffer.from(writeHive({ name: 'root', values }, { minor_version: 3 }))
    const first = hive.indexOf('value 0') - 20
    for (let at = hive.indexOf('vk', first + 1); at !== -1; at = hive.indexOf('vk', at + 1))
      hive.copy(hive, at + 4, first + 4, first + 12)
    const reading = readKey(openHive(hive), '')
    expect(reading?.values.length).toBeLessThan(20)
    expect(reading?.problems.map(({ code }) => code)).toContain('registry/too-large')
  })

  it('is read the same way by every look-up: nothing that one of them reads is missing for the next', () => {
    const hive = openHive(variousHive())
    const all = () => [...walkKeys(hive)].length
    expect([all(), all(), all()]).toEqual([68, 68, 68])
  })
})

describe('hostile registry text', () => {
  const header = 'Windows Registry Editor Version 5.00\n[HKEY_LOCAL_MACHINE\\x]\n'

  it('with a quote that is never closed costs one line', () => {
    const { items } = readRegText(Buffer.from(`${header}"a"="torn\n"b"="c"\n"d"=dword:1\n`))
    expect([...items].map(item => [item.line, item.action])).toEqual([
      [2, 'key'],
      [3, 'none'],
      [4, 'set_value'],
      [5, 'set_value'],
    ])
  })

  it.each([
    ['quotes', '@="x\n'.repeat(50_000)],
    ['escapes', `@="x\n${'\\"\n'.repeat(50_000)}`.repeat(2)],
    ['lines that go on', `@=hex:00,\\\n${'00,\\\n'.repeat(50_000)}`],
    ['brackets', `[${']'.repeat(30_000)}\n`.repeat(20)],
  ])('of many %s takes no longer than its length is worth', (_, text) => {
    const before = performance.now()
    let count = 0
    for (const _item of readRegText(Buffer.from(header + text)).items) count += 1
    expect(count).toBeGreaterThan(1)
    expect(performance.now() - before).toBeLessThan(4000)
  })
})
