import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root as checkout, counterseal, engineInstalled, noEngine } from './run-cli.ts'

/**
 * Does what README.md and CONTRIBUTING.md tell a newcomer to do, with the texts that stand there. A fenced block whose
 * first line names a file is that file; one marked `shown` is what the hunt before it prints, line by line, where `…`
 * at the end of a line stands for the rest of it.
 */

const page = (name: string) => readFile(join(checkout, name), 'utf8')

type Block = { readonly mark: string; readonly text: string }

/** The fenced blocks that have a mark behind their language, in order. */
function blocksOf(markdown: string): readonly Block[] {
  const fences = markdown.matchAll(/^```\w+ (\S+)\n([\s\S]*?\n)```$/gm)
  return [...fences].map(([, mark = '', text = '']) => ({ mark, text }))
}

/** Lines of a block without the spaces at their ends, and with single spaces between columns. */
function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map(line => line.trim().replaceAll(/ +/g, ' '))
    .filter(line => line !== '')
}

function expectShown(block: string, output: string): void {
  const printed = linesOf(output)
  let from = 0
  for (const line of linesOf(block)) {
    const isIt = (candidate: string) =>
      line.endsWith('…') ? candidate.startsWith(line.slice(0, -1).trimEnd()) : candidate === line
    const found = printed.findIndex((candidate, at) => at >= from && isIt(candidate))
    expect(found, `"${line}" is not printed, or not in this place`).toBeGreaterThanOrEqual(0)
    from = found + 1
  }
}

describe('CONTRIBUTING.md', () => {
  it('names every file of its two examples, as the doors want them', async () => {
    const marks = blocksOf(await page('CONTRIBUTING.md')).map(({ mark }) => mark)
    const source = 'sources/adguard-querylog'
    const detection = 'detections/certificate-recon/acme-challenge-asked'
    expect(marks.filter(mark => mark !== 'shown')).toEqual([
      ...['sample.ndjson', 'source.yaml', 'mapping.sql'].map(file => `${source}/${file}`),
      ...['detection.yaml', 'query.sql', 'fires.ndjson', 'quiet.ndjson'].map(file => `${detection}/${file}`),
    ])
  })

  const follow = () => {
    const sample = 'sources/adguard-querylog/sample.ndjson'
    let root: string
    let shown: readonly string[]

    beforeAll(async () => {
      root = await realpath(await mkdtemp(join(tmpdir(), 'counterseal-newcomer-')))
      const blocks = blocksOf(await page('CONTRIBUTING.md'))
      shown = blocks.filter(({ mark }) => mark === 'shown').map(({ text }) => text)
      for (const { mark, text } of blocks.filter(({ mark }) => mark !== 'shown')) {
        await mkdir(dirname(join(root, mark)), { recursive: true })
        await writeFile(join(root, mark), text)
      }
    })
    afterAll(() => rm(root, { recursive: true, force: true }))

    it('gives a source whose sample is read as it says', () => {
      const hunt = counterseal(['hunt', sample, '--sources', 'sources', '--data', 'data'], { cwd: root })
      expectShown(shown[0] ?? '', hunt.stdout)
      const rows = counterseal(['events', '--kind', 'dns_query', '--data', 'data', '--json'], { cwd: root })
      expect(rows.records).toMatchObject([
        {
          source: 'adguard-querylog',
          record_number: 1,
          event_time: '2026-03-02T09:00:01.000000Z',
          source_ip: '2001:db8::7',
          dns_question_name: 'www.example',
          dns_question_type: 'A',
        },
        {
          source: 'adguard-querylog',
          record_number: 0,
          event_time: '2026-03-02T09:00:00.123456Z',
          source_address: '10.20.7.31',
          dns_question_name: '_acme-challenge.shop.example',
          dns_question_type: 'TXT',
          extra: { QC: 'IN', CP: '', Elapsed: '8123456' },
        },
      ])
      const refused = counterseal(['quarantine', '--data', 'data', '--json'], { cwd: root })
      expect(refused.records).toMatchObject([
        { record_number: 2, reason: 'field/required', field: 'IP' },
        { record_number: 3, reason: 'json/invalid' },
      ])
    })

    it('gives a detection that fires as it says', () => {
      const own = ['--sources', 'sources', '--detections', 'detections']
      const { stdout, status } = counterseal(['hunt', sample, ...own], { cwd: root })
      expectShown(shown[1] ?? '', stdout)
      expect(status).toBe(0)
    })
  }

  if (engineInstalled) follow()
  else
    it('gives a source and a detection that work', context => {
      context.skip(noEngine)
    })
})

describe('README.md', () => {
  it('shows what a hunt through the examples prints', async () => {
    const shown = blocksOf(await page('README.md')).filter(({ mark }) => mark === 'shown')
    expect(shown).toHaveLength(1)
    expectShown(shown[0]?.text ?? '', await page('test/golden/hunt-examples.txt'))
  })
})

describe.each(['README.md', 'CONTRIBUTING.md', 'PHILOSOPHY.md', 'CHANGELOG.md'])('%s', name => {
  it('links to files that are there', async () => {
    const links = [...(await page(name)).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path]) => path ?? '')
    const missing: string[] = []
    for (const link of links)
      await realpath(join(checkout, link)).catch(() => {
        missing.push(link)
      })
    expect(missing).toEqual([])
  })
})
