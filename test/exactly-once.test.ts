import { spawn, spawnSync } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventLog, eventXml } from '../bench/evtx/evidence.ts'
import type { ClickHouseNode } from './clickhouse-node.ts'
import { noNodes, startClickHouseCluster } from './clickhouse-node.ts'
import type { Job } from './ingest-until-killed.ts'
import { makeTar, makeZip } from './make-archives.ts'
import {
  certificateFiles,
  csvExport,
  jsonDocument,
  jsonLines,
  mixedEve,
  smallLogs,
  windowsLines,
  zeekTsv,
} from './make-evidence.ts'
import { largeHive } from './registry-hives.ts'
import { engineInstalled, noEngine } from './run-cli.ts'
import type { Stored } from './stored-events.ts'

/**
 * Whatever happens to a reading, reading again gives what one clean run gives: the same event_uids, each once, and the
 * same lines in quarantine. Insertions are made small, so that a kill falls inside one.
 */

const kills = 10
const smallChunks: Job['limits'] = { chunkBytes: 96 << 10, smallBytes: 16 << 10, pileBytes: 64 << 10, pileFiles: 24 }

const suite = () => {
  let root: string
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'counterseal-once-'))
  })
  afterAll(() => rm(root, { recursive: true, force: true }))

  let directories = 0
  const fresh = async (name: string) => {
    directories += 1
    const directory = join(root, `${directories}-${name}`)
    await mkdir(directory, { recursive: true })
    return directory
  }

  /** One process that reads; what its last line says. */
  const read = (data: string, paths: readonly string[], more: Partial<Job> = {}, input?: Uint8Array) =>
    run<Ended>('ingest-until-killed.ts', { data, paths, limits: smallChunks, ...more } satisfies Job, { input })
  const stored = async (data: string, environment?: Record<string, string>) => {
    const { answer } = await run<Stored>('stored-events.ts', { data }, { environment })
    return answer
  }

  /** Reads with kills in random moments of insertions until one run comes to its end. */
  async function readThroughKills(
    paths: readonly string[],
    seed: number,
    input?: Uint8Array,
    limits: Job['limits'] = smallChunks,
  ): Promise<string> {
    const data = await fresh('killed')
    const random = randomFrom(seed)
    for (let kill = 0; kill < kills; kill += 1) {
      const death = { after: Math.floor(random() * 2), delayMs: Math.floor(random() * 25) }
      const { signal, answer } = await read(data, paths, { death }, input)
      expect(signal, `kill ${kill}: ${JSON.stringify(answer)}`).toBe('SIGKILL')
      expect(answer?.died).toMatch(/^(ingest\/|take-)/)
    }
    expect((await read(data, paths, { limits }, input)).answer).toMatchObject({ ended: true })
    return data
  }

  async function expectSameAsCleanRun(data: string, paths: readonly string[], input?: Uint8Array): Promise<void> {
    const clean = await fresh('clean')
    expect((await read(clean, paths, { limits: {} }, input)).answer).toMatchObject({ ended: true })
    const expected = await stored(clean)
    expect(expected?.events).toBeGreaterThan(100)
    expect(await stored(data)).toEqual(expected)
  }

  const ways: Readonly<
    Record<string, (directory: string) => Promise<{ paths: readonly string[]; input?: Uint8Array }>>
  > = {
    'JSON lines': async directory => await one(directory, 'conn.json', jsonLines(1, 1_500_000)),
    'Zeek’s tab-separated logs': async directory => await one(directory, 'conn.log', zeekTsv(2, 1_200_000)),
    'a log of many kinds of event': async directory => await one(directory, 'eve.json', mixedEve(3, 800_000)),
    'an event log': async directory => await one(directory, 'Sysmon.evtx', eventLog(1_200)),
    'events in XML': async directory => await one(directory, 'events.xml', eventXml(900)),
    'Windows events': async directory => await one(directory, 'events.ndjson', windowsLines(1_500_000)),
    'a compressed log': async directory => await one(directory, 'dns.log.gz', gzipSync(jsonLines(4, 1_500_000))),
    'archives within an archive': async directory => {
      const logs = smallLogs(17, 60, 3000).map((content, nth) => ({ name: `logs/${nth}.log`, content }))
      const large = { name: 'conn.json', content: jsonLines(18, 700_000) }
      const inner = makeZip([...logs, { name: 'eve.json', content: mixedEve(19, 300_000) }])
      const archive = makeTar([large, { name: 'zeek.zip', content: inner }])
      return await one(directory, 'case.tar.gz', gzipSync(archive))
    },
    'many small files': async directory => {
      for (const [nth, text] of smallLogs(5, 400, 3000).entries()) await writeFile(join(directory, `${nth}.log`), text)
      return { paths: [directory] }
    },
    certificates: async directory => {
      for (const [nth, text] of certificateFiles(300).entries()) await writeFile(join(directory, `${nth}.pem`), text)
      return { paths: [directory] }
    },
    'a hive and registry text': async directory => {
      const { paths } = await one(directory, 'SOFTWARE', largeHive(3000))
      const values = Array.from({ length: 2000 }, (_, n) => `"value ${n}"="text ${n}"\r\n`)
      const text = `Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\x]\r\n${values.join('')}nonsense\r\n`
      return { paths: [...paths, ...(await one(directory, 'a.reg', Buffer.from(text, 'utf16le'))).paths] }
    },
    CSV: async directory => await one(directory, 'export.csv', csvExport(600_000)),
    'a JSON document': async directory => await one(directory, 'hosts.json', jsonDocument(900_000)),
    'standard input': async () => ({ paths: ['-'], input: Buffer.from(jsonLines(6, 1_500_000)) }),
  }
  const one = async (directory: string, name: string, content: string | Uint8Array) => {
    await writeFile(join(directory, name), content)
    return { paths: [join(directory, name)] }
  }

  for (const [nth, [what, make]] of Object.entries(ways).entries())
    it(`${what}: after ten kills inside insertions, the events are those of one clean run`, async () => {
      const { paths, input } = await make(await fresh('evidence'))
      const data = await readThroughKills(paths, 100 + nth, input)
      await expectSameAsCleanRun(data, paths, input)
    })

  for (const shards of [1, 2])
    it(`${shards === 1 ? 'a server' : 'a cluster'}: after ten kills of the client inside insertions, the events are those of one clean run`, async context => {
      if (noNodes !== undefined) return context.skip(noNodes)
      const cluster = await startClickHouseCluster(shards)
      try {
        const environment = environmentOf(cluster.nodes, shards > 1 ? cluster.name : undefined)
        const directory = await fresh('evidence')
        await writeFile(join(directory, 'a.json'), jsonLines(20 + shards, 700_000))
        for (const [nth, text] of smallLogs(30 + shards, 100, 3000).entries())
          await writeFile(join(directory, `b${nth}.log`), text)
        const data = await fresh('client')
        const random = randomFrom(40 + shards)
        const job = { data, paths: [directory], limits: smallChunks }
        for (let kill = 0; kill < kills; kill += 1) {
          const death = { after: Math.floor(random() * 2), delayMs: Math.floor(random() * 15) }
          const { signal, answer } = await run<Ended>('ingest-until-killed.ts', { ...job, death }, { environment })
          expect(signal, `kill ${kill}: ${JSON.stringify(answer)}`).toBe('SIGKILL')
        }
        expect((await run<Ended>('ingest-until-killed.ts', job, { environment })).answer).toMatchObject({ ended: true })
        const clean = await fresh('clean')
        await read(clean, [directory], { limits: {} })
        expect(await stored(data, environment)).toEqual(await stored(clean))
      } finally {
        await cluster.stop()
      }
    })

  it('chunks of another size, in the reading that completes, make no difference', async () => {
    const path = join(await fresh('evidence'), 'conn.json')
    await writeFile(path, jsonLines(16, 1_000_000))
    const data = await readThroughKills([path], 16, undefined, { chunkBytes: 130 << 10, smallBytes: 0 })
    await expectSameAsCleanRun(data, [path])
  })

  it('a batch that was cut off and does not come again as it was is completed, not doubled', async () => {
    const directory = await fresh('evidence')
    const logs = smallLogs(7, 60, 3000)
    for (const [nth, text] of logs.entries()) await writeFile(join(directory, `b${nth}.log`), text)
    const data = await fresh('killed')
    for (let kill = 0; kill < kills; kill += 1) {
      const death = { after: 0, delayMs: 2 * kill }
      await read(data, [directory], { death })
      // Before the next reading a file comes in front of the others, and one of the others goes.
      await writeFile(join(directory, `a${kill}.log`), logs[kill] ?? '')
      await rename(join(directory, `b${kill}.log`), join(directory, `c${kill}.log`))
    }
    expect((await read(data, [directory])).answer).toMatchObject({ ended: true })
    await expectSameAsCleanRun(data, [directory])
  })

  it('an engine that takes an insertion for done which never arrived is found out, and gets it again', async () => {
    const path = join(await fresh('evidence'), 'eve.json')
    await writeFile(path, mixedEve(15, 300_000))
    for (const forget of [1, 4]) {
      const data = await fresh('forgetful')
      expect((await read(data, [path], { forget })).answer).toMatchObject({ ended: true })
      await expectSameAsCleanRun(data, [path])
    }
  })

  it('of a log that has grown only the tail is stored, also when its last line was whole but for the newline', async () => {
    const [directory, data] = [await fresh('evidence'), await fresh('data')]
    const path = join(directory, 'conn.json')
    const text = jsonLines(8, 400_000)
    const lines = text.split('\n')
    const cuts = [
      text.indexOf('\n', 90_000) + 1, // between two lines
      text.indexOf('\n', 170_000), // before a newline
      text.indexOf('\n', 250_000) + 40, // inside a line
      text.length,
    ]
    let [from, before] = [0, 0]
    for (const cut of cuts) {
      await appendFile(path, text.slice(from, cut))
      from = cut
      const { answer } = await read(data, [path])
      expect(answer?.known).toBe(before)
      before = (answer?.records ?? 0) - (text.slice(0, cut).endsWith('\n') || isWhole(text.slice(0, cut)) ? 0 : 1)
    }
    expect(before).toBe(lines.length - 1)
    await expectSameAsCleanRun(data, [path])
  })

  it('of an event log that has grown only what is new is stored, also when it was copied in the middle of a chunk', async () => {
    const [directory, data] = [await fresh('evidence'), await fresh('data')]
    const path = join(directory, 'Sysmon.evtx')
    const log = eventLog(700)
    const cuts = [log.length - 200_000, log.length - 140_000, log.length - 75_000, log.length]
    let before = 0
    for (const cut of cuts) {
      await writeFile(path, log.subarray(0, cut))
      const { answer } = await read(data, [path])
      expect(answer?.known).toBe(before)
      // The record in the middle of which the copy ends is left.
      const left = answer?.problems?.filter(({ code }) => code === 'record/unterminated') ?? []
      before = (answer?.records ?? 0) - left.length
      expect(left).toHaveLength(cut === log.length ? 0 : 1)
    }
    expect(before).toBe(700)
    await writeFile(path, eventLog(900))
    expect((await read(data, [path])).answer).toMatchObject({ known: 700, records: 900 })
    await expectSameAsCleanRun(data, [path])
  })

  it('of a tab-separated log a line that is still being written is left for the next reading', async () => {
    const [directory, data] = [await fresh('evidence'), await fresh('data')]
    const path = join(directory, 'conn.log')
    const text = zeekTsv(9, 200_000)
    await writeFile(path, text.slice(0, 100_003))
    expect((await read(data, [path])).answer).toMatchObject({
      problems: [{ code: 'record/unterminated', where: expect.stringContaining(path) }],
    })
    await writeFile(path, text)
    await read(data, [path])
    await expectSameAsCleanRun(data, [path])
  })

  it('a log that was rotated and compressed in between is the same log', async () => {
    const [directory, data] = [await fresh('evidence'), await fresh('data')]
    const [old, recent] = [jsonLines(10, 300_000), jsonLines(11, 200_000)]
    const path = join(directory, 'conn.json')
    await writeFile(path, old.slice(0, 150_000))
    await read(data, [directory])
    await rm(path)
    await writeFile(`${path}.1.gz`, gzipSync(old))
    await writeFile(path, recent)
    const { answer } = await read(data, [directory])
    expect(answer?.known).toBeGreaterThan(300)
    await expectSameAsCleanRun(data, [directory])
  })

  it('the same evidence under two names, at once and later, is stored once', async () => {
    const [directory, data] = [await fresh('evidence'), await fresh('data')]
    await mkdir(join(directory, 'copy'))
    for (const [nth, text] of [...smallLogs(12, 20, 3000), jsonLines(13, 300_000)].entries())
      for (const name of [`${nth}.log`, `copy/${nth}.log`]) await writeFile(join(directory, name), text)
    const { answer } = await read(data, [directory])
    expect(answer).toMatchObject({ readings: 42 })
    expect(answer?.known).toBe((answer?.records ?? 0) / 2)
    await expectSameAsCleanRun(data, [directory])
    const copies = join(directory, 'copy')
    expect((await read(data, [copies])).answer?.known).toBe((answer?.records ?? 0) / 2)
  })

  it('what a full disk cut off is completed once there is room', async context => {
    const small = await mountTmpfs(await fresh('full'), '128m')
    if (small === undefined) return context.skip('mounting a tmpfs needs root on Linux')
    try {
      const path = join(await fresh('evidence'), 'conn.json')
      await writeFile(path, jsonLines(14, 6_000_000))
      const data = join(small, 'data')
      await mkdir(data)
      await writeFile(join(small, 'ballast'), Buffer.alloc(124 << 20))
      const { answer } = await read(data, [path])
      expect(answer).toEqual({ failed: 'store/full' })
      await rm(join(small, 'ballast'))
      expect((await read(data, [path])).answer).toMatchObject({ ended: true })
      await expectSameAsCleanRun(data, [path])
    } finally {
      spawnSync('umount', [small])
    }
  })
}

describe('exactly once', () => {
  if (engineInstalled) suite()
  else it('holds', context => context.skip(noEngine))
})

function environmentOf(nodes: readonly ClickHouseNode[], cluster: string | undefined): Record<string, string> {
  return {
    COUNTERSEAL_CLICKHOUSE_URL: nodes.map(({ url }) => url).join(','),
    COUNTERSEAL_CLICKHOUSE_USER: nodes[0]?.user ?? '',
    COUNTERSEAL_CLICKHOUSE_PASSWORD: nodes[0]?.password ?? '',
    ...(cluster === undefined ? {} : { COUNTERSEAL_CLICKHOUSE_CLUSTER: cluster }),
  }
}

async function mountTmpfs(directory: string, size: string): Promise<string | undefined> {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', directory])
  return status === 0 ? directory : undefined
}

function isWhole(text: string): boolean {
  try {
    JSON.parse(text.slice(text.lastIndexOf('\n') + 1))
    return true
  } catch {
    return false
  }
}

type Ended = {
  readonly ended?: boolean
  readonly died?: string
  readonly failed?: string
  readonly known?: number
  readonly stored?: number
  readonly records?: number
  readonly problems?: readonly { readonly code: string }[]
}

/** Runs one of the programs beside this file with a job; its last line of output. */
async function run<Answer>(
  program: string,
  job: object,
  {
    input,
    environment = {},
  }: { readonly input?: Uint8Array | undefined; readonly environment?: Record<string, string> | undefined },
): Promise<{ readonly signal: NodeJS.Signals | null; readonly answer: Answer | undefined }> {
  const path = fileURLToPath(new URL(program, import.meta.url))
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), path, JSON.stringify(job)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  child.stdin.on('error', () => undefined) // a child that is killed does not read to the end
  child.stdin.end(input)
  const output: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => output.push(piece))
  const signal = await new Promise<NodeJS.Signals | null>(resolve => child.on('close', (_, by) => resolve(by)))
  const last = Buffer.concat(output).toString('utf8').trim().split('\n').at(-1) ?? ''
  return { signal, answer: last === '' ? undefined : (JSON.parse(last) as Answer) } // its own word
}

/** Numbers from 0 to 1, the same for a seed: a linear congruential generator (Numerical Recipes) is random enough. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
