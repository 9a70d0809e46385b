import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../bench/generate/random.ts'
import { generatedSamples } from '../bench/registry/generated-files.ts'
import { mutant } from '../bench/registry/mutants.ts'
import { eventWriter, writeLog } from '../src/evtx/index.ts'
import type { Reading } from '../src/ingest/index.ts'
import { readRecord } from '../src/ingest/index.ts'
import type { Row } from '../src/model/index.ts'
import { rowsOf } from '../src/model/index.ts'
import type { HiveWriteOptions, WrittenKey } from '../src/registry/index.ts'
import { asDirty, writeHive, writeTransactionLog } from '../src/registry/index.ts'
import { nine, registryEvent } from './evtx-logs.ts'
import { makeTar, makeZip } from './make-archives.ts'
import { readingSuite } from './reading-suite.ts'
import { allValues, below, trustKeys, variousHive } from './registry-hives.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

/** Hives and .reg files on their way into the store: what stands in the registry has the columns that events have. */

const config = 'Windows/System32/config'

function software(root: WrittenKey, options: HiveWriteOptions = {}): Uint8Array {
  return writeHive(root, { file_name: 'emRoot\\System32\\Config\\SOFTWARE', ...options })
}

function system(host: string, domain = 'norrfell.example'): Uint8Array {
  const control = below('Control\\ComputerName\\ComputerName', {
    values: [{ name: 'ComputerName', type: 'REG_SZ', data: host.toUpperCase() }],
  })
  const services = below('Services\\Tcpip\\Parameters', {
    values: [
      { name: 'Hostname', type: 'REG_SZ', data: host },
      { name: 'Domain', type: 'REG_SZ', data: domain },
    ],
  })
  const select: WrittenKey = { name: 'Select', values: [{ name: 'Current', type: 'REG_DWORD', data: 2 }] }
  const set = (name: string): WrittenKey => ({ name, subkeys: [control, services] })
  const root = { name: 'ROOT', subkeys: [select, set('ControlSet001'), set('ControlSet002')] }
  return writeHive(root, { file_name: 'SYSTEM' })
}

const regText = (...lines: readonly string[]) =>
  Buffer.from(`\ufeff${['Windows Registry Editor Version 5.00', '', ...lines, ''].join('\r\n')}`, 'utf16le')

const suite = () => {
  const opened = readingSuite()
  const { folderOf, readPath, read } = opened
  const rowsIn = async (reading: Reading | undefined, table = 'registry_value'): Promise<readonly Row[]> =>
    await rowsOf(
      opened.context.store,
      {
        name: 'test',
        text: `SELECT *, lower(hex(event_uid)) AS uid, lower(hex(record_key)) AS fact FROM ${table} WHERE evidence_id = {id:String} ORDER BY record_number`,
      },
      { params: { id: reading?.evidence_id ?? '' } },
    )
  const ending = (readings: readonly Reading[], name: string) => readings.find(({ path }) => path.endsWith(name))

  it('one value is the same key, value, view and data in a hive, in a .reg file, in Sysmon 13 and in 4657', async () => {
    const before = software(trustKeys())
    const after = software(trustKeys({ dll: 'C:\\Temp\\evil.dll' }))
    const guid = '{C689AAB8-8E78-11D0-8C47-00C04FC295EE}'
    const oid = `Microsoft\\Cryptography\\OID\\EncodingType 0\\CryptSIPDllVerifyIndirectData\\${guid}`
    const key = `HKLM\\SOFTWARE\\WOW6432Node\\${oid}`
    const sysmon = registryEvent({
      data: [
        ['EventType', 'SetValue'],
        ['TargetObject', `${key}\\Dll`],
        ['Details', 'C:\\Temp\\evil.dll'],
      ],
    })
    const security = registryEvent({
      provider_name: 'Microsoft-Windows-Security-Auditing',
      channel: 'Security',
      event_id: 4657,
      data: [
        ['ObjectName', key.replace('HKLM', '\\REGISTRY\\MACHINE')],
        ['ObjectValueName', 'Dll'],
        ['OperationType', '%%1905'],
        ['NewValueType', '%%1873'],
        ['NewValue', 'C:\\Temp\\evil.dll'],
      ],
    })
    const readings = await read({
      [`${config}/SOFTWARE`]: asDirty(before),
      [`${config}/SOFTWARE.LOG1`]: writeTransactionLog([before, after]),
      [`${config}/SYSTEM`]: system('ws-1042'),
      'a.reg': regText(`[${key.replace('HKLM', 'HKEY_LOCAL_MACHINE')}]`, '"Dll"="C:\\\\Temp\\\\evil.dll"'),
      'log.evtx': writeLog([eventWriter().record(sysmon, 1n), eventWriter().record(security, 2n)]),
    })
    const told = [
      ...(await rowsIn(ending(readings, '/SOFTWARE'))),
      ...(await rowsIn(ending(readings, 'a.reg'))),
      ...(await rowsIn(ending(readings, 'log.evtx'), 'windows_event')),
    ].filter(row => row.registry_view === 'x86' && row.registry_value === 'Dll')
    expect(told).toHaveLength(4)
    const common = ['registry_key', 'registry_value', 'registry_view', 'registry_data'] as const
    for (const row of told)
      expect(common.map(name => row[name])).toEqual([`HKLM\\SOFTWARE\\${oid}`, 'Dll', 'x86', 'C:\\Temp\\evil.dll'])
    expect(told.map(row => [row.host_name, row.registry_data_type])).toEqual([
      ['ws-1042.norrfell.example', 'REG_SZ'],
      ['', 'REG_SZ'],
      ['ws-1042.norrfell.example', ''],
      ['ws-1042.norrfell.example', 'REG_SZ'],
    ])
    expect(ending(readings, 'LOG1')?.unknown).toContain('was read with its hive SOFTWARE')
  })

  it('has the times of its key and of its hive; registry text has none, and the time of reading', async () => {
    const root: WrittenKey = {
      name: 'r',
      subkeys: [
        { name: 'k', last_written: nine + 50n },
        { name: 'never', last_written: 0n },
      ],
    }
    const started = Date.now()
    const readings = await read({
      SOFTWARE: software(root, { last_written: nine }),
      'a.reg': regText('[HKEY_LOCAL_MACHINE\\SOFTWARE\\k]'),
    })
    const times = (await rowsIn(ending(readings, 'SOFTWARE'))).map(row => [
      row.registry_key,
      row.event_time,
      row.registry_key_written,
      row.registry_snapshot_time,
    ])
    const [text, later] = ['2026-03-02 09:00:00.000000', '2026-03-02 09:00:00.000005']
    expect(times).toEqual([
      ['HKLM\\SOFTWARE', text, text, text],
      ['HKLM\\SOFTWARE\\k', later, later, text],
      ['HKLM\\SOFTWARE\\never', text, null, text],
    ])
    const [row] = await rowsIn(ending(readings, 'a.reg'))
    expect(row).toMatchObject({
      registry_key_written: null,
      registry_snapshot_time: null,
      registry_operation: 'key_created',
    })
    expect(Date.parse(`${String(row?.event_time).replace(' ', 'T')}Z`)).toBeGreaterThanOrEqual(started - 1000)
  })

  it('keeps apart the control sets, and says which is the current one', async () => {
    const rows = await rowsIn((await read({ SYSTEM: system('ws-7') }))[0])
    const names = rows.filter(row => row.registry_value === 'ComputerName')
    expect(names.map(row => [row.registry_path, row.registry_control_set, row.registry_control_set_current])).toEqual([
      ['HKLM\\SYSTEM\\ControlSet001\\Control\\ComputerName\\ComputerName\\ComputerName', 1, false],
      ['HKLM\\SYSTEM\\ControlSet002\\Control\\ComputerName\\ComputerName\\ComputerName', 2, true],
    ])
    expect(new Set(names.map(row => row.registry_key))).toEqual(
      new Set(['HKLM\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName']),
    )
    expect(names.every(row => row.host_name === 'ws-7.norrfell.example')).toBe(true)
  })

  it('tells data as text where it is text or a number, and as octets with their hash where it is not', async () => {
    const rows = await rowsIn((await read({ SOFTWARE: software({ name: 'r', values: allValues }) }))[0])
    const of = (name: string) => rows.find(row => row.registry_value === name)
    expect(rows).toHaveLength(allValues.length)
    expect(of('')).toMatchObject({ registry_data: 'the default value', registry_data_type: 'REG_SZ' })
    expect(of('number')).toMatchObject({
      registry_data: '4294967294',
      registry_data_hex: '',
      registry_data_sha256: null,
    })
    expect(of('long number')).toMatchObject({ registry_data: '18364758544493064720', registry_data_type: 'REG_QWORD' })
    expect(of('texts')).toMatchObject({ registry_data: 'one\ntwo\ndrei' })
    expect(of('octets')).toMatchObject({ registry_data: '', registry_data_hex: '000102feff', registry_data_cut: null })
    const long = of('long')
    expect(long).toMatchObject({ registry_data_bytes: 50_000, registry_data_cut: true })
    expect(String(long?.registry_data_hex)).toHaveLength(8192)
  })

  it('a certificate in a store is in the certificate tables, and its row says in which store it lies', async () => {
    const { der, sha1 } = certificate('Planted Root')
    const readings = await read({ SOFTWARE: software(trustKeys({ der, name: sha1.toUpperCase() })) })
    const [row] = (await rowsIn(readings[0])).filter(one => one.registry_value === 'Blob')
    expect(row).toMatchObject({
      sighting: 'store',
      certificate_store: 'LocalMachine\\Root',
      certificate_friendly_name: 'A root',
      certificate_subject: 'CN=Planted Root',
      certificate_restricted: false,
      registry_problems: [],
    })
    const text =
      'SELECT subject FROM certificate WHERE certificate_id = (SELECT substring(certificate_sha256, 1, 16) FROM registry_value WHERE event_uid = unhex({uid:String}))'
    const [known] = await rowsOf(opened.context.store, { name: 'test', text }, { params: { uid: String(row?.uid) } })
    expect(known).toMatchObject({ subject: 'CN=Planted Root' })
  })

  it('a certificate under the hash of another one is kept and says so; lists of revocations are none', async () => {
    const { der } = certificate('Another Root')
    const crl = below('SystemCertificates\\CA\\CRLs\\00', { values: [{ name: 'Blob', type: 'REG_BINARY', data: der }] })
    const root = trustKeys({ der, name: '00'.repeat(20) })
    const ours = { ...root, subkeys: [...(root.subkeys ?? []), below('Policies\\Microsoft', { subkeys: [crl] })] }
    const rows = (await rowsIn((await read({ SOFTWARE: software(ours) }))[0])).filter(
      one => one.registry_value === 'Blob',
    )
    const told = rows.map(row => [row.certificate_store, row.sighting, row.registry_problems])
    expect(told).toEqual([
      ['LocalMachine\\Root', 'store', ['registry/blob-mismatch']],
      ['LocalMachineGroupPolicy\\CA', '', []],
    ])
  })

  it('is stored once, however often and wherever it is read', async () => {
    const files = {
      [`${config}/SOFTWARE`]: variousHive({ file_name: 'SOFTWARE' }),
      [`${config}/SYSTEM`]: system('ws-9'),
    }
    const folder = await folderOf(files)
    const members = Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content) }))
    const packed = await folderOf({ 'a.zip': makeZip(members), 'b.tar': makeTar(members.reverse()) })
    const known: unknown[] = []
    for (const path of [folder, folder, packed])
      for (const reading of await readPath(path))
        known.push([reading.path.slice(reading.path.lastIndexOf('/') + 1), reading.known, reading.stored])
    const [values, names] = [allValues.length + 67, 18]
    const again = [
      ['SOFTWARE', values, values],
      ['SYSTEM', names, names],
    ]
    expect(known).toEqual([['SOFTWARE', 0, values], ['SYSTEM', 0, names], ...again, ...again, ...again.toReversed()])
  })

  it('a value that did not change has one record key in two copies of a hive', async () => {
    const values = (data: string) => [
      { name: 'same', type: 'REG_SZ' as const, data: 'x' },
      { name: 'other', type: 'REG_SZ' as const, data },
    ]
    const copy = (data: string) => ({
      SOFTWARE: software({ name: 'r', subkeys: [{ name: 'k', values: values(data) }] }),
      SYSTEM: system('ws-11'),
    })
    const facts: string[][] = []
    for (const data of ['a', 'b']) {
      const rows = await rowsIn(ending(await read(copy(data)), 'SOFTWARE'))
      facts.push(['same', 'other'].map(name => String(rows.find(row => row.registry_value === name)?.fact)))
    }
    const [first, second] = facts
    expect(second?.[0]).toBe(first?.[0])
    expect(second?.[1]).not.toBe(first?.[1])
  })

  it('a record is found again: in a hive with its log, in an archive, and in a .reg file', async () => {
    const before = software(trustKeys())
    const after = software(trustKeys({ dll: 'again.dll' }))
    const files = {
      [`${config}/SOFTWARE`]: asDirty(before),
      [`${config}/SOFTWARE.LOG1`]: writeTransactionLog([before, after]),
      [`${config}/SYSTEM`]: system('ws-12'),
    }
    const members = Object.entries(files).map(([name, content]) => ({
      name: name.endsWith('.LOG1') ? name.replace('SOFTWARE', 'software') : name,
      content: Buffer.from(content),
    }))
    const reg = regText('[HKEY_LOCAL_MACHINE\\SOFTWARE\\x]', '"a"="1"', '"b"=hex:01,\\', '  02', '"c"=-')
    for (const given of [files, { 'a.zip': makeZip(members) }, { 'a.reg': reg }]) {
      const readings = await read(given)
      for (const reading of readings.filter(({ unknown }) => unknown === undefined)) {
        expect(reading.malformed).toBe(0)
        for (const row of await rowsIn(reading)) {
          const found = await readRecord(
            opened.context.store,
            reading.evidence_id,
            Number(row.record_number),
            String(row.uid),
            {
              sources: opened.context.sources,
              spool: opened.app.data,
            },
          )
          expect(found).toMatchObject({ intact: true })
          expect(found?.text).toContain(reading.format === 'registry-text' ? '=' : 'registry_value')
        }
      }
    }
  })

  it('lines of a .reg file that say nothing are in quarantine, with their place', async () => {
    const text = regText('[HKEY_CURRENT_USER\\y]', '"a"="b"', 'nonsense', '[-HKEY_CURRENT_USER\\z]')
    const [reading] = await read({ 'a.reg': text })
    expect(reading).toMatchObject({ records: 3, stored: 2, malformed: 1, format: 'registry-text' })
    const query = {
      name: 'test',
      text: 'SELECT byte_offset, reason, excerpt FROM malformed WHERE evidence_id = {id:String}',
    }
    const [row] = await rowsOf(opened.context.store, query, { params: { id: reading?.evidence_id ?? '' } })
    expect(row).toMatchObject({
      byte_offset: text.indexOf(Buffer.from('nonsense', 'utf16le')),
      reason: 'registry/reg-line',
    })
  })

  it('what is damaged costs its records and nothing else, and every record is accounted for', async () => {
    const random = randomFrom(11)
    const samples = generatedSamples(random, 16)
    const files: Record<string, Uint8Array> = {}
    for (let n = 0; n < 60; n += 1) {
      const sample = mutant(random, random.pick(samples), random.pick(samples))
      files[`${n}/${sample.kind}`] = sample.bytes
      if (sample.kind === 'hive') for (const [nth, log] of sample.logs.entries()) files[`${n}/hive.LOG${nth + 1}`] = log
    }
    const readings = (await read(files)).filter(({ unknown }) => unknown === undefined)
    expect(readings.length).toBeGreaterThan(30)
    for (const { path, records, stored, malformed, ignored } of readings)
      expect(stored + malformed + ignored, path).toBe(records)
    expect(readings.some(({ malformed }) => malformed > 0)).toBe(true)
  })

  it('a log without its hive is told, and so is a hive whose log is not there', async () => {
    const hive = software(trustKeys())
    const log = writeTransactionLog([hive, software(trustKeys({ dll: 'x' }))])
    const [lonely] = await read({ 'SOFTWARE.LOG1': log })
    expect(lonely?.unknown).toContain('does not lie beside it')
    const [dirty] = await read({ SOFTWARE: asDirty(hive) })
    expect(dirty?.problems.map(({ code }) => code)).toContain('registry/hive-dirty')
  })
}

function certificate(name: string): { readonly der: Uint8Array; readonly sha1: string } {
  const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null']
  const subject = ['-subj', `/CN=${name}`, '-days', '3650', '-outform', 'DER']
  const der = execFileSync('openssl', ['req', '-x509', ...options, ...subject], { stdio: ['ignore', 'pipe', 'ignore'] })
  return { der, sha1: new X509Certificate(der).fingerprint.replaceAll(':', '').toLowerCase() }
}

describe('in the store', () => {
  if (engineInstalled) suite()
  else it('reads the registry', context => context.skip(noEngine))
})
