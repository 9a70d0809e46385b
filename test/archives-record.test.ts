import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../src/app.ts'
import { openApp } from '../src/app.ts'
import { configFrom } from '../src/config.ts'
import type { Reading } from '../src/ingest/index.ts'
import { evidenceUnder, ingest, readRecord } from '../src/ingest/index.ts'
import type { EventStore, Row } from '../src/model/index.ts'
import { rowsOf } from '../src/model/index.ts'
import { makeTar, makeZip, makeZstd } from './make-archives.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

const suite = () => {
  let directory: string
  let app: App
  let store: EventStore

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'counterseal-record-'))
    app = openApp(configFrom({ data: join(directory, 'data') }))
    store = await app.events()
  })
  afterAll(async () => {
    await app.close()
    await rm(directory, { recursive: true, force: true })
  })

  let uid = 0
  const log = (...names: readonly string[]) =>
    names
      .map(name => {
        uid += 1
        return `{"_path":"dns","ts":1791900000.${uid},"uid":"C${uid}","id.orig_h":"10.20.0.1","id.orig_p":5353,"id.resp_h":"192.0.2.53","id.resp_p":53,"proto":"udp","query":"${name}.example"}\n`
      })
      .join('')

  const read = async (name: string, content: Uint8Array): Promise<{ path: string; readings: readonly Reading[] }> => {
    const path = join(directory, name)
    await writeFile(path, content)
    const readings: Reading[] = []
    const context = await app.ingestContext({})
    const evidence = evidenceUnder([path], [], { spool: context.spool })
    for await (const reading of ingest(context, evidence, [])) readings.push(reading)
    return { path, readings }
  }

  const events = async (evidence_id: string): Promise<readonly Row[]> =>
    await rowsOf(
      store,
      {
        name: 'test',
        text: 'SELECT lower(hex(event_uid)) AS uid, record_number, dns_question_name AS name FROM dns_query WHERE evidence_id = {id:String} ORDER BY record_number',
      },
      { params: { id: evidence_id } },
    )

  const recordOf = async (evidence_id: string, event: Row | undefined) =>
    await readRecord(store, evidence_id, Number(event?.record_number), String(event?.uid))

  it('a record of a member is found again in its archive, in archives in archives, and proven unchanged', async () => {
    const inner = makeZip([
      { name: 'c.log', content: log('c1', 'c2') },
      { name: 'd.log.gz', content: gzipSync(log('d1', 'd2')) },
    ])
    const tar = makeTar([
      { name: 'a/in.zip', content: inner },
      { name: '../../b.zst', content: makeZstd([{ raw: log('b1', 'b2') }]) },
    ])
    const { path, readings } = await read('case.tgz', gzipSync(tar))
    expect(readings.map(reading => reading.path.slice(path.length))).toEqual([
      '!a/in.zip!c.log',
      '!a/in.zip!d.log.gz',
      '!../../b.zst',
    ])
    for (const { evidence_id, path: label } of readings) {
      const found = await events(evidence_id)
      expect(found).toHaveLength(2)
      for (const event of found) {
        const record = await recordOf(evidence_id, event)
        expect(record).toMatchObject({ path: label, record_number: event.record_number, intact: true })
        expect(record?.text).toContain(`"query":"${event.name}"`)
      }
    }
  })

  it('of several members that bear one name, the right one is found', async () => {
    const contents = [log('x1'), log('x2'), log('x3')]
    const { readings } = await read('same.zip', makeZip(contents.map(content => ({ name: 'same.log', content }))))
    expect(new Set(readings.map(({ path }) => path)).size).toBe(1)
    for (const [n, { evidence_id }] of readings.entries()) {
      const [event] = await events(evidence_id)
      expect(await recordOf(evidence_id, event)).toMatchObject({ intact: true, text: contents[n]?.trimEnd() })
    }
  })

  it('a member that was changed is shown as changed, and one that is gone is not found', async () => {
    const content = log('before1', 'before2')
    const { path, readings } = await read('changed.tar', makeTar([{ name: 'x.log', content }]))
    const evidence_id = String(readings[0]?.evidence_id)
    const [, second] = await events(evidence_id)
    const other = { name: 'x.log', content: log('other1', 'other2') }
    await writeFile(path, makeTar([other, { name: 'x.log', content: content.replace('before2', 'forged2') }]))
    const record = await recordOf(evidence_id, second)
    expect(record).toMatchObject({ intact: false })
    expect(record?.text).toContain('forged2')
    await writeFile(path, makeTar([{ name: 'y.log', content }]))
    expect(await recordOf(evidence_id, second)).toBeUndefined()
  })

  it('a directory whose name has a mark of members is a directory', async () => {
    await mkdir(join(directory, 'odd!name'))
    const { readings } = await read('odd!name/x!.zip', makeZip([{ name: 'y!.log', content: log('odd') }]))
    const evidence_id = String(readings[0]?.evidence_id)
    const [event] = await events(evidence_id)
    expect(await recordOf(evidence_id, event)).toMatchObject({ intact: true })
  })

  it('the name of a member never leads to a file', async () => {
    const content = log('secret')
    const { path, readings } = await read('gone.zip', makeZip([{ name: '/../outside.log', content }]))
    const evidence_id = String(readings[0]?.evidence_id)
    const [event] = await events(evidence_id)
    await rm(path)
    // With the archive gone, `gone.zip!/../outside.log` would lead here.
    await mkdir(`${path}!`)
    await writeFile(join(directory, 'outside.log'), content)
    expect(await recordOf(evidence_id, event)).toBeUndefined()
  })
}

if (engineInstalled) describe('going back to the record', suite)
else
  describe('going back to the record', () => {
    it('finds it in archives', test => test.skip(noEngine))
  })
