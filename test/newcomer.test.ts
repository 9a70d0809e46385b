import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/**
 * Does what README.md and CONTRIBUTING.md tell a newcomer to do, with the texts that stand there. A fenced block whose
 * first line names a file is that file; one marked `shown` is what the hunt before it prints, line by line, where `…`
 * at the end of a line stands for the rest of it.
 */

const checkout = fileURLToPath(new URL('..', import.meta.url))
const page = (name: string) => readFile(join(checkout, name), 'utf8')

const installed = await import('chdb').then(
  () => true,
  () => false,
)

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

/** The real command line, run in a directory. */
function counterseal(directory: string, ...args: readonly string[]): string {
  const main = join(checkout, 'src', 'cli', 'main.ts')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), main, ...args],
    { cwd: directory, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  )
  expect({ status, stderr }).toMatchObject({ status: 0 })
  return stdout
}

function recordsOf(output: string): readonly Record<string, unknown>[] {
  return output
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>) // --json gives objects
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
      const output = counterseal(root, 'hunt', sample, '--sources', 'sources', '--data', 'data')
      expectShown(shown[0] ?? '', output)
      const rows = recordsOf(counterseal(root, 'events', '--kind', 'dns_query', '--data', 'data', '--json'))
      expect(rows).toMatchObject([
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
      const refused = recordsOf(counterseal(root, 'quarantine', '--data', 'data', '--json'))
      expect(refused).toMatchObject([
        { record_number: 2, reason: 'field/required', field: 'IP' },
        { record_number: 3, reason: 'json/invalid' },
      ])
    })

    it('gives a detection that fires as it says', () => {
      const own = ['--sources', 'sources', '--detections', 'detections']
      expectShown(shown[1] ?? '', counterseal(root, 'hunt', sample, ...own))
    })
  }

  if (installed) follow()
  else
    it('gives a source and a detection that work', context => {
      context.skip('the optional package chdb is not installed on this platform')
    })
})

describe('README.md', () => {
  it('shows what a hunt through the examples prints', async context => {
    if (!installed) context.skip('the optional package chdb is not installed on this platform')
    const shown = blocksOf(await page('README.md')).filter(({ mark }) => mark === 'shown')
    expect(shown).toHaveLength(1)
    expectShown(shown[0]?.text ?? '', counterseal(checkout, 'hunt', 'examples/'))
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
