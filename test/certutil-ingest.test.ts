import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../src/app.ts'
import { openApp } from '../src/app.ts'
import type { Problem } from '../src/base/index.ts'
import { configFrom } from '../src/config.ts'
import type { IngestContext, Reading } from '../src/ingest/index.ts'
import { evidenceUnder, ingest, readRecord } from '../src/ingest/index.ts'
import { rowsOf } from '../src/model/index.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

/** What certutil -store printed, on its way into the store. */

const sha1 = '1f3d38f280635f275be92b87cf83e40e40458400'
const section = (number: number) => [
  `================ Certificate ${number} ================`,
  `Serial Number: 0${number}`,
  'Issuer: CN=Norrfell Wurzel Ä, DC=example',
  ' NotBefore: 3/2/2026 9:14 AM',
  ' NotAfter: 3/2/2036 9:24 AM',
  'Subject: CN=Norrfell Wurzel Ä, DC=example',
  `Cert Hash(sha1): ${sha1.slice(0, -1)}${number}`,
  '',
]
const list = ['================ CRL 0 ================', 'Issuer:', '    CN=Norrfell', ' ThisUpdate: 3/2/2026 9:14 AM']
const cut = '================ Certificate 2 ================\r\nSerial Number: 0c\r\n'
const text = ['Root "Trusted Root Certification Authorities"', ...section(0), ...section(1), ...list, cut].join('\r\n')

const suite = () => {
  let directory: string
  let app: App
  let context: IngestContext

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'counterseal-certutil-'))
    app = openApp(configFrom({ data: join(directory, 'data') }))
    context = await app.ingestContext({})
  })
  afterAll(async () => {
    await app.close()
    await rm(directory, { recursive: true, force: true })
  })

  const read = async (name: string, content: Uint8Array) => {
    const path = join(directory, name)
    await writeFile(path, content)
    const problems: Problem[] = []
    const readings: Reading[] = []
    for await (const reading of ingest(context, evidenceUnder([path], problems, { spool: app.data }), problems))
      readings.push(reading)
    const [reading] = readings
    return { reading, problems }
  }
  const rowsIn = async (table: string, columns: string, reading: Reading | undefined) =>
    await rowsOf(
      context.store,
      { name: 'test', text: `SELECT ${columns} FROM ${table} WHERE evidence_id = {id:String} ORDER BY record_number` },
      { params: { id: reading?.evidence_id ?? '' } },
    )

  for (const [name, content] of [
    ['utf-8.txt', Buffer.from(text)],
    ['utf-16.txt', Buffer.from(`\ufeff${text}`, 'utf16le')],
  ] as const) {
    it(`has a sighting for each certificate, passes lists over, and keeps what was cut off: ${name}`, async () => {
      const { reading } = await read(name, content)
      expect(reading).toMatchObject({ format: 'certutil-text', records: 4, stored: 2, malformed: 1, ignored: 1 })
      const columns = 'sighting, certificate_store, lower(hex(certificate_sha1)) AS hash, certificate_subject, extra'
      const rows = await rowsIn('certificate_sighting', columns, reading)
      expect(rows).toHaveLength(2)
      expect(rows[0]).toMatchObject({
        sighting: 'store',
        certificate_store: 'Root',
        hash: sha1,
        certificate_subject: 'CN=Norrfell Wurzel Ä, DC=example',
        extra: { not_before: '3/2/2026 9:14 AM' },
      })
      const [bad] = await rowsIn('malformed', 'byte_offset, reason, excerpt', reading)
      const encoded = name === 'utf-8.txt' ? Buffer.from(cut) : Buffer.from(cut, 'utf16le')
      expect(bad).toMatchObject({ reason: 'certutil/no-hash', byte_offset: content.indexOf(encoded) })
    })

    it(`has the text of a record again, and is not read twice: ${name}`, async () => {
      const { reading } = await read(name, content)
      const rows = await rowsIn('certificate_sighting', 'record_number, lower(hex(event_uid)) AS uid', reading)
      expect(rows).toHaveLength(2)
      for (const row of rows) {
        const { sources } = context
        const number = Number(row.record_number)
        const options = { sources, spool: app.data }
        const found = await readRecord(context.store, reading?.evidence_id ?? '', number, String(row.uid), options)
        expect(found).toMatchObject({ intact: true, text: expect.stringContaining(`Serial Number: 0${number}`) })
      }
    })
  }
}

describe('in the store', () => {
  if (engineInstalled) suite()
  else it('reads what certutil printed', context => context.skip(noEngine))
})
