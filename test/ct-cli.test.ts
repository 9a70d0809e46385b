import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { logListOf } from './ct/log-list.ts'
import { makeLog } from './ct/made-log.ts'
import { tilesToDisk } from './ct/tiles-to-disk.ts'
import { counterseal, engineInstalled, noEngine } from './run-cli.ts'

const directory = mkdtempSync(join(tmpdir(), 'counterseal-ct-cli-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const made = makeLog('static-ct-api', { name: 'disk', url: 'https://disk.example.test/' })

describe('tiles on a disk', () => {
  it('are taken in with every entry verified, once, and can be searched', async context => {
    if (!engineInstalled) context.skip(noEngine)
    made.grow(520)
    const tiles = join(directory, 'tiles')
    await tilesToDisk(made, tiles)
    const list = join(directory, 'log_list.json')
    writeFileSync(list, logListOf([made]))
    const data = ['--data', join(directory, 'data'), '--json']
    const first = counterseal(['ct', 'import', tiles, '--log-list', list, ...data])
    expect(first.status, first.stderr.slice(-1000)).toBe(0)
    expect(first.stderr).toContain('nobody signed it')
    expect(first.records).toMatchObject([
      {
        type: 'ct_reading',
        log: 'disk',
        entries: 520,
        stored: 520,
        known: 0,
        malformed: 0,
        verified: true,
        tree_size: 520,
        faults: [],
      },
    ])
    const again = counterseal(['ct', 'import', tiles, '--log-list', list, ...data])
    expect(again.records).toMatchObject([{ entries: 0, stored: 0, verified: true }])
    const status = counterseal(['ct', 'status', '--log-list', list, ...data])
    expect(status.records).toMatchObject([
      { log: 'disk', stretches: [{ first_index: 0, size: 520 }], tree_size: 520, backlog: 0, faults: [] },
      { type: 'ct_coverage', logs: 1, complete_until: '2026-03-02T00:00:00.000Z' },
    ])
    const found = counterseal(['cert', 'search', 'san:host7.example.test', ...data])
    expect(found.records.filter(({ type }) => type === 'certificate')).toHaveLength(1)

    const tile = join(tiles, 'tile/data/001')
    const bytes = readFileSync(tile)
    made.order('wrong-leaf')
    writeFileSync(tile, (await made.answer('tile/data/001')) ?? bytes)
    const other = ['--data', join(directory, 'other'), '--json']
    const wrong = counterseal(['ct', 'import', tiles, '--log-list', list, ...other])
    expect(wrong.status).toBe(3)
    expect(wrong.records).toMatchObject([{ entries: 520, stored: 520, verified: false, faults: [{ code: 'ct/root' }] }])
    expect(counterseal(['ct', 'status', ...other]).records).toMatchObject([
      { stretches: [{ first_index: 0, size: 0 }], faults: [{ code: 'ct/root' }] },
      { type: 'ct_coverage', logs: 1, complete_until: null },
    ])
    const hunted = counterseal(['hunt', ...other])
    const findings = hunted.records.filter(({ type }) => type === 'finding')
    expect(findings).toMatchObject([{ detection_id: 'certificate-transparency/log-at-fault', verdict: 'alert' }])
  })

  it('are looked through for the names of somebody, and nothing else is kept', context => {
    if (!engineInstalled) context.skip(noEngine)
    const named: Readonly<Record<number, string>> = {
      3: 'www.norrfell.com',
      5: 'norrfe1l.net',
      8: 'norrfel.org',
      9: 'nortel.org',
    }
    const many = makeLog('static-ct-api', { name: 'names' })
    many.grow(300, { names: nth => [named[nth] ?? `host${nth}.example.test`] })
    return tilesToDisk(many, join(directory, 'names')).then(() => {
      writeFileSync(join(directory, 'names.key'), many.about.key)
      const args = [
        join(directory, 'names'),
        '--key',
        join(directory, 'names.key'),
        '--data',
        join(directory, 'watch'),
        '--json',
      ]
      const watched = counterseal(['ct', 'import', ...args, '--watch', 'norrfell.com'])
      expect(watched.status, watched.stderr.slice(-1000)).toBe(0)
      expect(watched.records).toMatchObject([
        { type: 'ct_reading', stored: 3, verified: true },
        { type: 'ct_watched', index: 3, name: 'www.norrfell.com', how: 'subdomain', domain: 'norrfell.com' },
        { type: 'ct_watched', index: 5, name: 'norrfe1l.net', how: 'confusable' },
        { type: 'ct_watched', index: 8, name: 'norrfel.org', how: 'similar', distance: 1 },
      ])
      // Whoever wants all of it later gets all of it.
      expect(counterseal(['ct', 'import', ...args]).records).toMatchObject([{ entries: 300, stored: 300, known: 0 }])
    })
  })

  it('of a log that nobody knows are not taken in', context => {
    if (!engineInstalled) context.skip(noEngine)
    const nobody = counterseal(['ct', 'import', directory, '--data', join(directory, 'third')])
    expect(nobody.status).toBe(2)
    expect(nobody.stderr).toContain('--origin')
  })
})
