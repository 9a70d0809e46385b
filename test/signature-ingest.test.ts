import { createHash } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeCompoundFile, writePe } from '../src/authenticode/index.ts'
import type { Problem } from '../src/base/index.ts'
import type { Reading } from '../src/ingest/index.ts'
import { evidenceUnder, ingest, readRecord } from '../src/ingest/index.ts'
import type { Row } from '../src/model/index.ts'
import { rowsOf } from '../src/model/index.ts'
import { digestsOf, flipped, makeCatalog, signMsi, signPe, signScript } from './authenticode-files.ts'
import { makeParties } from './authenticode-parties.ts'
import { makeTar, makeZip } from './make-archives.ts'
import { readingSuite } from './reading-suite.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

/** Programs, installers, scripts and catalogs on their way into the store: one row for each, as we judge its signature. */

const parties = makeParties()
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex')

const suite = () => {
  const opened = readingSuite()
  const { folderOf, readPath, read } = opened
  const rowIn = async (reading: Reading | undefined): Promise<Row> => {
    const rows = await rowsOf(
      opened.context.store,
      {
        name: 'test',
        text: `SELECT *, lower(hex(event_uid)) AS uid, lower(hex(file_hash_sha256)) AS sha256, lower(hex(signature_catalog_sha256)) AS catalog,
          lower(hex(file_digest_sha256)) AS digest FROM file_signature WHERE evidence_id = {id:String}`,
      },
      { params: { id: reading?.evidence_id ?? '' } },
    )
    expect(rows.length).toBe(1)
    return rows[0] ?? {}
  }
  const ending = (readings: readonly Reading[], name: string) => readings.find(({ path }) => path.endsWith(name))

  it('a signed program is one row: its hashes, its status, its signer, and nobody else’s word', async () => {
    const signed = await signPe(parties)
    const readings = await read({ 'app.exe': signed })
    expect(readings).toMatchObject([{ format: 'signed-file', records: 1, stored: 1, bytes: signed.length }])
    const row = await rowIn(readings[0])
    expect(row).toMatchObject({
      file_name: 'app.exe',
      file_size: signed.length,
      file_kind: 'pe',
      sha256: sha256(signed),
      signature_status: 'untrusted-root',
      signature_signer: 'CN=Norrfell Software,O=Norrfell',
      signature_issuer: 'CN=Norrfell Code CA,O=Norrfell',
      signature_chain_sha1: [sha1(parties.signer.der), sha1(parties.issuing.der)],
      sighting: 'signature',
    })
    expect(row.digest).toBe(Buffer.from(await digestsOf(signed, 'sha256')).toString('hex'))
    expect(row.signature_chain_tbs).toHaveLength(4)
  })

  it('a changed program, one without a signature, an installer and a script are judged each by its kind', async () => {
    const signed = await signPe(parties)
    const script = await signScript(parties, 'Write-Output 1\r\n')
    const readings = await read({
      'changed.dll': flipped(signed, 600),
      'plain.sys': writePe(),
      'setup.msi': await signMsi(parties),
      'run.ps1': script,
      'changed.ps1': Buffer.concat([Buffer.from('# more\r\n'), script]),
    })
    const told: Record<string, unknown> = {}
    for (const reading of readings) {
      const row = await rowIn(reading)
      told[String(row.file_name)] = `${row.file_kind} ${row.signature_status}`
    }
    expect(told).toEqual({
      'changed.dll': 'pe digest-mismatch',
      'plain.sys': 'pe unsigned',
      'setup.msi': 'installer untrusted-root',
      'run.ps1': 'script untrusted-root',
      'changed.ps1': 'script digest-mismatch',
    })
  })

  it('a catalog of the same run vouches for a file, whichever of them came first', async () => {
    const plain = writePe({ sections: [{ name: '.text', data: Buffer.alloc(600, 1) }] })
    const catalog = makeCatalog(parties, [{ tag: 'A', digest: await digestsOf(plain, 'sha256') }])
    for (const names of [
      ['a.exe', 'b.cat'],
      ['b.exe', 'a.cat'],
    ] as const) {
      const [exe, cat] = names
      const readings = await read({ [exe]: plain, [cat]: catalog })
      const row = await rowIn(ending(readings, exe))
      expect(row).toMatchObject({ signature_status: 'untrusted-root', signature_catalogs: 1, catalog: sha256(catalog) })
      expect(row.signature_signer).toBe('CN=Norrfell Software,O=Norrfell')
      expect(await rowIn(ending(readings, cat))).toMatchObject({ file_kind: 'catalog' })
    }
    const alone = await rowIn((await read({ 'c.exe': plain }))[0])
    expect(alone).toMatchObject({ signature_status: 'unsigned', signature_catalogs: 0, catalog: null })
  })

  it('what has no signature and could have none stays what it was', async () => {
    const readings = await read({
      'plain.ps1': 'Write-Output 1\r\n',
      'note.txt': 'MZ is how programs begin, and this is text.\n',
      'manual.md': '# How it ends\n\nBegin signature block is what it says.\n',
      'old.doc': writeCompoundFile({ name: '', streams: [{ name: 'WordDocument', data: Buffer.alloc(5000, 1) }] }),
    })
    for (const { records, unknown } of readings) expect([records, unknown !== undefined]).toEqual([0, true])
    expect(ending(readings, 'plain.ps1')?.unknown).toMatch(/text in no format/)
    expect(ending(readings, 'manual.md')?.unknown).toMatch(/text in no format/)
    expect(ending(readings, 'old.doc')?.unknown).toMatch(/compound file/)
  })

  it('a program whose headers lead nowhere goes to quarantine', async () => {
    const broken = Buffer.from(writePe())
    broken.writeUInt16LE(0x999, 0x80 + 24)
    const [reading] = await read({ 'broken.exe': broken })
    expect(reading).toMatchObject({ records: 1, stored: 0, malformed: 1 })
    expect(reading?.problems[0]?.code).toBe('authenticode/pe-headers')
  })

  it('a large program is laid down, judged, and leaves nothing behind', async () => {
    const large = await signPe(parties, {}, writePe({ overlay: Buffer.alloc(9 << 20, 3) }))
    const folder = await folderOf({ 'large.exe': large })
    const [reading] = await readPath(folder)
    expect(reading).toMatchObject({ stored: 1, bytes: large.length })
    expect(await rowIn(reading)).toMatchObject({ signature_status: 'untrusted-root', sha256: sha256(large) })
    expect((await readdir(opened.context.tmp)).filter(name => name.startsWith('signed-'))).toEqual([])
  })

  it('the same file again changes nothing', async () => {
    const folder = await folderOf({ 'twice.exe': await signPe(parties), 'none.exe': writePe({ bits: 32 }) })
    const first = await readPath(folder)
    const second = await readPath(folder)
    expect(second.map(({ known, records }) => known === records)).toEqual([true, true])
    expect(second.map(({ evidence_id }) => evidence_id)).toEqual(first.map(({ evidence_id }) => evidence_id))
  })

  it('members of archives are judged, and one that is cut off is not', async () => {
    const signed = await signPe(parties, {}, writePe({ overlay: Buffer.alloc(3000, 5) }))
    const zip = makeZip([{ name: 'C/Windows/a.exe', content: signed }])
    const [reading] = await read({ 'a.zip': zip })
    expect(await rowIn(reading)).toMatchObject({ file_name: 'a.exe', signature_status: 'untrusted-root' })
    const tar = makeTar([{ name: 'b.exe', content: signed }])
    const folder = await folderOf({ 'b.tar': tar.subarray(0, 1500) })
    const problems: Problem[] = []
    const readings: Reading[] = []
    for await (const one of ingest(opened.context, evidenceUnder([folder], problems), problems)) readings.push(one)
    expect(readings[0]?.unknown).toMatch(/did not come whole/)
  })

  it('its certificates are known by its signature', async () => {
    await read({ 'app.exe': await signPe(parties) })
    const rows = await rowsOf(
      opened.context.store,
      {
        name: 'test',
        text: 'SELECT lower(hex(any(sha256))) AS sha256 FROM certificate WHERE certificate_id = toFixedString(substring(unhex({id:String}), 1, 16), 16) GROUP BY certificate_id',
      },
      { params: { id: sha256(parties.signer.der) } },
    )
    expect(rows).toEqual([{ sha256: sha256(parties.signer.der) }])
  })

  it('its record leads back to the file, and tells when the file was changed', async () => {
    const folder = await folderOf({ 'back.exe': await signPe(parties, {}, writePe({ bits: 32 })) })
    const [reading] = await readPath(folder)
    const row = await rowIn(reading)
    const again = async () => await readRecord(opened.context.store, reading?.evidence_id ?? '', 0, String(row.uid))
    expect(await again()).toMatchObject({ intact: true })
    await writeFile(join(folder, 'back.exe'), writePe())
    expect(await again()).toMatchObject({ intact: false })
  })
}

if (engineInstalled) describe('signed files on their way into the store', suite)
else it('signed files on their way into the store', context => context.skip(noEngine))
