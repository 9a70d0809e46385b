import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadEvidence } from './evidence.ts'

const evidence = loadEvidence(fileURLToPath(new URL('../../analytics', import.meta.url)))

describe('evidence classes', () => {
  it('those of the analytics load, with the five classes of AN1246', () => {
    const ids = (analytic: string) => evidence.classes.filter(one => one.analytic === analytic).map(({ id }) => id)
    expect(ids('AN1246')).toEqual([
      'certificate_store',
      'trust_provider',
      'module_load',
      'signing_state',
      'persistence',
    ])
    expect(ids('T1596.003')).toContain('ca_requests')
  })

  it('every setting is named by a class', () => {
    const named = new Set(evidence.classes.flatMap(({ witnesses }) => witnesses.map(({ setting }) => setting)))
    expect([...evidence.settings.keys()].filter(id => !named.has(id))).toEqual([])
  })

  it.each([
    ['a witness of a setting that is nowhere', { 'setting: a': 'setting: b' }, /names the setting b, which is nowhere/],
    ['a place that is not in lower case', { '\\root\\': '\\Root\\' }, /is not in lower case/],
    ['a field that windows_event does not have', { registry_key: 'no_such_field' }, /is no field of windows_event/],
    ['a class that nothing can answer', { 'setting: a': 'setting: a, adds: x' }, /no witness that answers by itself/],
    ['a selection that nothing could prove', { ", shows: ['\\root\\']": '' }, /gives nothing by which/],
    [
      'a class that a host without the product could not answer',
      { 'provider: p, channel: c': 'provider: p, product: q, channel: q/c' },
      /has no witness that every host could have/,
    ],
    [
      'a class of which nobody can say no',
      { "shows: ['\\root\\']": "shows: ['\\root\\'], yes_only: x" },
      /has no witness that every host could have/,
    ],
    ['a product with a channel of another', { 'channel: c': 'product: q, channel: c' }, /is no channel of product/],
    [
      'rows that were picked with and without a name',
      { 'classes:': 'picked:\n  a: { because: b, with: x, without: y, source: s, verified: true }\nclasses:' },
      /with and without do not go together/,
    ],
    ['a key that nobody knows', { 'proof:': 'prove:' }, /Unrecognized key/],
  ])('%s is refused with the file', (_, change, fault) => {
    const good = `analytic: AN1246
settings:
  a: { title: t, provider: p, channel: c, event_ids: [1], proof: selected, subject: registry, fields: [registry_key], remedy: r, source: s, verified: true }
classes:
  k: { title: t, question: q, source: s, witnesses: [{ setting: a, shows: ['\\root\\'] }] }
`
    const directory = mkdtempSync(join(tmpdir(), 'counterseal-evidence-'))
    mkdirSync(join(directory, 'one'))
    const write = (text: string) => writeFileSync(join(directory, 'one', 'evidence.yaml'), text)
    write(good)
    expect(loadEvidence(directory).classes).toHaveLength(1)
    expect(loadEvidence(directory).picked).toEqual([])
    write(Object.entries(change).reduce((text, [from, to]) => text.replace(from, to), good))
    expect(() => loadEvidence(directory)).toThrow(
      expect.objectContaining({ code: 'data/bad-definition', message: expect.stringMatching(fault) }),
    )
    rmSync(directory, { recursive: true })
  })
})
