import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, test } from 'vitest'
import type { BlockExport, BlockList } from './block-export.ts'
import { blockExports } from './list.ts'

const list: BlockList = {
  reference: 'CASE-17',
  made_at: new Date('2026-03-02T10:00:00Z'),
  expires_at: new Date('2026-03-16T10:00:00Z'),
  entries: [
    { kind: 'domain', value: 'evil.example', because: 'beacon' },
    { kind: 'domain', value: 'xn--pypl-53dc.com', because: 'look-alike' },
    { kind: 'ipv4', value: '192.0.2.7', because: 'beacon' },
    { kind: 'ipv4', value: '198.51.100.0/24', because: 'beacon' },
    { kind: 'ipv6', value: '2001:db8::7', because: 'beacon' },
    { kind: 'ipv6', value: '2001:db8:1::/48', because: 'beacon' },
  ],
}
const nothing: BlockList = { ...list, entries: [] }

const directory = mkdtempSync(join(tmpdir(), 'counterseal-block-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function formatNamed(name: string): BlockExport {
  const found = blockExports.find(one => one.name === name)
  if (found === undefined) throw new Error(`there is no format ${name}`)
  return found
}

const written = (name: string, what = list) => [...formatNamed(name).write(what)].join('')
const undone = (name: string) => [...(formatNamed(name).rollback?.(list) ?? [])].join('')

function saved(name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

/** Undefined when the tool is not installed, or may not do its work here. */
function runs(tool: string, args: readonly string[]): { status: number | null; told: string } | undefined {
  const { error, status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8' })
  return error === undefined ? { status, told: `${stdout}${stderr}` } : undefined
}

test('the list has every format of the folder', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter(file => /^block-(?!export)\w+\.ts$/.test(file))
  const modules = new Set(blockExports.map(({ name }) => `block-${name.replace(/-.*/, '')}.ts`))
  expect([...modules].sort()).toEqual(files.sort())
})

describe.each(blockExports)('$name', ({ name, takes }) => {
  it('has every entry that it can say, and what takes it back', () => {
    const text = written(name)
    for (const { kind, value } of list.entries)
      if (takes.includes(kind) && name !== 'rpz') expect(text, value).toContain(value)
    if (formatNamed(name).rollback !== undefined) expect(undone(name)).not.toBe(text)
  })

  it('of nothing blocks nothing', () => {
    for (const { value } of list.entries) expect(written(name, nothing)).not.toContain(value)
  })
})

describe('a response policy zone', () => {
  it('has names, everything below them, and answers with the addresses', () => {
    expect(written('rpz').split('\n').slice(5, -1)).toEqual([
      'evil.example CNAME .',
      '*.evil.example CNAME .',
      'xn--pypl-53dc.com CNAME .',
      '*.xn--pypl-53dc.com CNAME .',
      '32.7.2.0.192.rpz-ip CNAME .',
      '24.0.100.51.198.rpz-ip CNAME .',
      '128.7.zz.db8.2001.rpz-ip CNAME .',
      '48.zz.1.db8.2001.rpz-ip CNAME .',
    ])
  })

  it('is a zone to BIND, and so is what takes it back', context => {
    for (const [file, text] of [
      ['zone', written('rpz')],
      ['rollback', undone('rpz')],
      ['empty', written('rpz', nothing)],
    ] as const) {
      const ran = runs('named-checkzone', ['rpz.counterseal', saved(file, text)])
      if (ran === undefined) context.skip('named-checkzone is not installed')
      expect(ran, ran?.told).toMatchObject({ status: 0 })
    }
  })
})

describe('a table of nftables', () => {
  it('is accepted by nft, and so is what takes it back', context => {
    for (const [file, text] of [
      ['block.nft', written('nftables')],
      ['undo.nft', undone('nftables')],
      ['empty.nft', written('nftables', nothing)],
    ] as const) {
      const ran = runs('nft', ['-c', '-f', saved(file, text)])
      if (ran === undefined) context.skip('nft is not installed')
      if (/Operation not permitted|cache initialization failed/i.test(ran?.told ?? ''))
        context.skip('nft may not ask the kernel here')
      expect(ran, ran?.told).toMatchObject({ status: 0 })
    }
  })

  it('lets its elements go when their time is over', () => {
    expect(written('nftables')).toContain('192.0.2.7 timeout 1209600s,')
  })
})

describe('rules for Suricata', () => {
  const rules = written('suricata')
    .split('\n')
    .filter(line => line.startsWith('drop '))

  it('name DNS, TLS and HTTP, and both ways to an address', () => {
    expect(rules).toHaveLength(2 * 3 + 4 * 2)
    expect(rules[0]).toContain('dns.query; dotprefix; content:".evil.example"; endswith; nocase;')
  })

  it('are installed where suricata is', context => {
    const ran = runs('suricata', ['-T', '-S', saved('block.rules', written('suricata')), '-l', directory])
    if (ran === undefined) context.skip('suricata is not installed')
    expect(ran, ran?.told).toMatchObject({ status: 0 })
  })

  it('have numbers of their own, the same in every list', () => {
    const numbers = (text: string) => [...text.matchAll(/sid:(\d+);/g)].map(([, sid]) => sid)
    expect(new Set(numbers(rules.join('\n'))).size).toBe(rules.length)
    const fewer = { ...list, entries: list.entries.slice(0, 1) }
    expect(numbers(written('suricata', fewer))).toEqual(numbers(rules.slice(0, 3).join('\n')))
  })
})

describe('indicators in STIX', () => {
  it('are valid to the validator of OASIS', context => {
    for (const [file, text] of [
      ['block-stix.json', written('stix')],
      ['undo-stix.json', undone('stix')],
    ] as const) {
      const ran = runs('stix2_validator', ['--version', '2.1', saved(file, text)])
      if (ran === undefined) context.skip('stix2_validator is not installed')
      expect(ran, ran?.told).toMatchObject({ status: 0 })
      expect(ran?.told).toContain('STIX JSON: Valid')
    }
  })

  it('say what is below a name and in a network, and until when', () => {
    const { objects } = JSON.parse(written('stix')) as { objects: readonly Record<string, unknown>[] }
    expect(objects.map(({ pattern }) => pattern)).toEqual([
      undefined,
      "[domain-name:value = 'evil.example' OR domain-name:value LIKE '%.evil.example']",
      "[domain-name:value = 'xn--pypl-53dc.com' OR domain-name:value LIKE '%.xn--pypl-53dc.com']",
      "[ipv4-addr:value = '192.0.2.7']",
      "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
      "[ipv6-addr:value = '2001:db8::7']",
      "[ipv6-addr:value ISSUBSET '2001:db8:1::/48']",
    ])
    for (const object of objects.slice(1))
      expect(object).toMatchObject({
        valid_until: '2026-03-16T10:00:00.000Z',
        spec_version: '2.1',
        pattern_type: 'stix',
      })
    const ids = objects.map(({ id }) => String(id))
    for (const id of ids)
      expect(id).toMatch(/^[a-z]+--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const revoked = (JSON.parse(undone('stix')) as { objects: readonly Record<string, unknown>[] }).objects
    expect(revoked.map(({ id }) => id)).toEqual(ids)
    expect(revoked.slice(1).every(object => object.revoked === true)).toBe(true)
  })
})
