import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import type { App } from '../src/app.ts'
import { openApp } from '../src/app.ts'
import type { Problem } from '../src/base/index.ts'
import { configFrom } from '../src/config.ts'
import type { IngestContext, Reading } from '../src/ingest/index.ts'
import { evidenceUnder, ingest } from '../src/ingest/index.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

/** One store for the tests of a suite, opened before the first and deleted after the last, and ways of reading into it. */
export type ReadingSuite = {
  /** Only within tests. */
  readonly app: App
  readonly context: IngestContext
  /** Writes files, by their paths, into a folder of their own: its path. */
  folderOf(files: Files): Promise<string>
  /** Reads what lies there; no problem of finding it is expected. */
  readPath(path: string): Promise<readonly Reading[]>
  read(files: Files): Promise<readonly Reading[]>
}

/** Called while the suite is collected. */
export function readingSuite(): ReadingSuite {
  let directory: string
  let app: App
  let context: IngestContext
  let folders = 0

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'counterseal-reading-'))
    app = openApp(configFrom({ data: join(directory, 'data') }))
    context = await app.ingestContext({})
  })
  afterAll(async () => {
    await app.close()
    await rm(directory, { recursive: true, force: true })
  })

  const folderOf = async (files: Files): Promise<string> => {
    folders += 1
    const folder = join(directory, `evidence-${folders}`)
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(folder, name, '..'), { recursive: true })
      await writeFile(join(folder, name), content)
    }
    return folder
  }
  const readPath = async (path: string): Promise<readonly Reading[]> => {
    const problems: Problem[] = []
    const readings: Reading[] = []
    for await (const reading of ingest(context, evidenceUnder([path], problems, { spool: app.data }), problems))
      readings.push(reading)
    expect(problems).toEqual([])
    return readings
  }
  return {
    get app() {
      return app
    },
    get context() {
      return context
    },
    folderOf,
    readPath,
    read: async files => await readPath(await folderOf(files)),
  }
}
