import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engineInstalled, noEngine } from '../../../test/run-cli.ts'
import type { EventStore, ParamValue } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'
import type { Bind } from './condition.ts'
import { conditionOf } from './fields/condition-of.ts'
import { invent, storeInvented } from './invented.contract.ts'
import { parseSearch } from './parse.ts'

const suite = () => {
  let root: string
  let store: EventStore
  beforeAll(async () => {
    const { openChdbEventStore } = await import('../../store/clickhouse/index.ts')
    root = await mkdtemp(join(tmpdir(), 'counterseal-keys-'))
    await mkdir(join(root, 'chunks'))
    store = await openChdbEventStore(join(root, 'events'))
    await store.migrate()
    await storeInvented(store, join(root, 'chunks'), invent(1, 40))
  })
  afterAll(async () => {
    await store.close()
    await rm(root, { recursive: true, force: true })
  })

  it.each([
    ['san:*.example.com', 'certificate_name', /Condition: \(name_reversed in \['com\.example\.', 'com\.example\/'\)\)/],
    ['san:www.example.com', 'certificate_name', /Condition: \(name_reversed in /],
    ['san~login', 'certificate_name', /Name: by_substring/],
    ['ip:192.0.2.7', 'certificate_name', /Condition: \(name_reversed in /],
    ['subject.o:login', 'certificate_pivot', /Condition: \(\(attribute, value\) in /],
    ['subject:login', 'certificate_pivot', /Condition: \(\(attribute, value\) in /],
    ['ski:aabbccdd', 'certificate_pivot', /Condition: \(\(attribute, value\) in /],
    ['pivot.issuer:"CN=x"', 'certificate_pivot', /Condition: \(\(attribute, value\) in /],
    ['spki:aabbccdd', 'certificate_pivot', /Condition: and\(.*\(value in \['aabbccdd', 'aabbccde'\)\)/],
    ['sha1:aabbccdd', 'certificate_alias', /Condition: and\(.*\(value in \['aabbccdd', 'aabbccde'\)\)/],
    ['sha256:aabbccdd', 'certificate', /Condition: and\(\(certificate_id in /],
  ])('%s is read by the key of %s', async (text, table, plan) => {
    const params: Record<string, ParamValue> = {}
    const bind: Bind = (type, value) => {
      const name = `p${Object.keys(params).length}`
      params[name] = value
      return `{${name}:${type}}`
    }
    const condition = conditionOf(parseSearch(text), bind)
    if (condition.on !== 'ids') throw new Error(`${text} is no set of ids`)
    const explain = `SELECT explain FROM (EXPLAIN indexes = 1 ${condition.select})`
    const rows = await rowsOf(store, { name: 'test', text: explain }, { params })
    const lines = rows.map(row => String(row.explain)).join('\n')
    expect(lines).toContain(`.${table})`)
    expect(lines).toMatch(plan)
  })
}

if (engineInstalled) describe('a term that has a key', suite)
else describe('a term that has a key', () => it('is read by it', context => context.skip(noEngine)))
