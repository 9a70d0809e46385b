import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../src/app.ts'
import { openApp } from '../src/app.ts'
import type { Problem } from '../src/base/index.ts'
import { recordTrust } from '../src/cli/record-trust.ts'
import { configFrom } from '../src/config.ts'
import type { EventDescription } from '../src/evtx/index.ts'
import { eventWriter, writeLog } from '../src/evtx/index.ts'
import { evidenceUnder, ingest } from '../src/ingest/index.ts'
import { eventKindNames, type TrustEntry } from '../src/model/index.ts'
import type { WrittenKey } from '../src/registry/index.ts'
import { writeHive } from '../src/registry/index.ts'
import { verifyLedger } from '../src/trust/index.ts'
import { nine, registryEvent } from './evtx-logs.ts'
import { below, trustKeys } from './registry-hives.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

const aDay = 864_000_000_000n

/** From evidence into the trust ledger, and what it answers when the evidence is gone. */

const guid = '{C689AAB8-8E78-11D0-8C47-00C04FC295EE}'
const verify = `HKLM\\SOFTWARE\\Microsoft\\Cryptography\\OID\\EncodingType 0\\CryptSIPDllVerifyIndirectData\\${guid}\\Dll`
const verifyObject = `x64|cryptsipdllverifyindirectdata|${guid.toLowerCase()}|dll`
const thumbprint = '1f3d38f280635f275be92b87cf83e40e40458400'
const root = `HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\Root\\Certificates\\${thumbprint.toUpperCase()}`
const process = '{11111111-2222-3333-4444-555555555555}'

const sysmon = (event_id: number, seconds: number, data: NonNullable<EventDescription['data']>) =>
  registryEvent({ event_id, task: event_id, time_created: nine + BigInt(seconds) * 10_000_000n, data })
const written = (seconds: number, target: string, details: string, type = 'SetValue') =>
  sysmon(type === 'SetValue' ? 13 : 12, seconds, [
    ['EventType', type],
    ['ProcessGuid', process],
    ['ProcessId', { type: 'uint32', value: 812 }],
    ['Image', 'C:\\Windows\\System32\\reg.exe'],
    ['TargetObject', target],
    ['Details', details],
    ['User', 'NORRFELL\\e.berg'],
  ])
const security = (event_id: number, seconds: number, data: NonNullable<EventDescription['data']>) =>
  registryEvent({
    provider_name: 'Microsoft-Windows-Security-Auditing',
    provider_guid: '{54849625-5478-4994-a5ba-3e3b0328c30d}',
    channel: 'Security',
    event_id,
    version: 0,
    task: 12801,
    time_created: nine + BigInt(seconds) * 10_000_000n,
    data,
  })

const log = (events: readonly EventDescription[]) => {
  const writer = eventWriter()
  return writeLog(events.map((event, place) => writer.record(event, BigInt(place + 1))))
}

const suite = () => {
  let directory: string
  let app: App
  let folders = 0
  const signal = new AbortController().signal

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'counterseal-trust-'))
    app = openApp(configFrom({ data: join(directory, 'data') }))
  })
  afterAll(async () => {
    await app.close()
    await rm(directory, { recursive: true, force: true })
  })

  const read = async (files: Readonly<Record<string, Uint8Array>>): Promise<void> => {
    folders += 1
    const folder = join(directory, `evidence-${folders}`)
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(folder, name, '..'), { recursive: true })
      await writeFile(join(folder, name), content)
    }
    const problems: Problem[] = []
    const context = await app.ingestContext({})
    for await (const reading of ingest(context, evidenceUnder([folder], problems, { spool: app.data }), problems))
      expect(reading.malformed).toBe(0)
    expect(problems).toEqual([])
  }
  const entries = async (object: string): Promise<readonly TrustEntry[]> =>
    await (await app.cases()).trustEntries({ object })

  it('events become entries: what it was, who did it, by what program and from where', async () => {
    await read({
      'sysmon.evtx': log([
        sysmon(1, 0, [
          ['ProcessGuid', process],
          ['ProcessId', { type: 'uint32', value: 812 }],
          ['Image', 'C:\\Windows\\System32\\reg.exe'],
          ['CommandLine', 'reg add HKLM\\… /v Dll /d C:\\x\\y.dll'],
          ['ParentImage', 'C:\\Windows\\System32\\wsmprovhost.exe'],
          ['LogonId', '0xCB4A2'],
          ['User', 'NORRFELL\\e.berg'],
        ]),
        written(1, verify, 'WINTRUST.DLL'),
        written(2, verify, 'C:\\x\\y.dll'),
        written(3, `${root}\\Blob`, 'Binary Data'),
        written(4, root, '', 'DeleteKey'),
        written(5, 'HKLM\\SOFTWARE\\Vendor\\Product\\Setting', 'nobody asks'),
        written(6, `${root.replace('\\Root\\', '\\My\\')}\\Blob`, 'Binary Data'),
      ]),
      'security.evtx': log([
        security(4624, -5, [
          ['TargetLogonId', '0xcb4a2'],
          ['LogonType', '3'],
          ['IpAddress', '10.20.7.31'],
        ]),
        security(4657, 7, [
          ['SubjectLogonId', '0xcb4a2'],
          ['ObjectName', verify.replace('HKLM', '\\REGISTRY\\MACHINE').replace(/\\Dll$/, '')],
          ['ObjectValueName', 'Dll'],
          ['OperationType', '%%1905'],
          ['OldValueType', '%%1873'],
          ['OldValue', 'as Security tells it'],
          ['NewValueType', '%%1873'],
          ['NewValue', 'WINTRUST.DLL'],
          ['ProcessName', 'C:\\Windows\\System32\\svchost.exe'],
        ]),
      ]),
    })
    expect(await recordTrust(app, { signal })).toEqual({ added: 5, told: 5 })
    const slot = await entries(verifyObject)
    expect(slot.map(({ operation, before, after }) => [operation, before, after])).toEqual([
      ['set', null, 'WINTRUST.DLL'],
      ['set', 'WINTRUST.DLL', 'C:\\x\\y.dll'],
      ['set', 'as Security tells it', 'WINTRUST.DLL'],
    ])
    expect(slot[1]).toMatchObject({
      host: 'ws-1042.norrfell.example',
      object_kind: 'slot',
      provenance: 'event',
      changed_from: '2026-03-02T09:00:02.000000Z',
      changed_until: '2026-03-02T09:00:02.000000Z',
      actor_process: 'C:\\Windows\\System32\\reg.exe',
      actor_command_line: 'reg add HKLM\\… /v Dll /d C:\\x\\y.dll',
      actor_parent: 'C:\\Windows\\System32\\wsmprovhost.exe',
      actor_user: 'NORRFELL\\e.berg',
      actor_logon_id: '0xcb4a2',
      actor_logon_type: '3',
      actor_source_address: '10.20.7.31',
      evidence_file: expect.stringMatching(/sysmon\.evtx$/),
    })
    expect((await entries(`|${thumbprint}`)).map(({ operation, object }) => [operation, object])).toEqual([
      ['set', `hklm\\software\\microsoft\\systemcertificates\\root|${thumbprint}`],
      ['deleted', `hklm\\software\\microsoft\\systemcertificates\\root|${thumbprint}`],
    ])
  })

  it('recording again adds nothing, and looks at nothing that was looked at', async () => {
    expect(await recordTrust(app, { signal })).toEqual({ added: 0, told: 0 })
    expect(await recordTrust(app, { first: 0, signal })).toEqual({ added: 0, told: 5 })
  })

  const software = (day: number, key: WrittenKey) =>
    writeHive(key, { file_name: 'emRoot\\System32\\Config\\SOFTWARE', last_written: nine + BigInt(day) * aDay })
  const system = (day: number) =>
    writeHive(
      {
        name: 'ROOT',
        subkeys: [
          { name: 'Select', values: [{ name: 'Current', type: 'REG_DWORD', data: 1 }] },
          below('ControlSet001\\Services\\Tcpip\\Parameters', {
            values: [
              { name: 'Hostname', type: 'REG_SZ', data: 'ws-9' },
              { name: 'Domain', type: 'REG_SZ', data: 'norrfell.example' },
            ],
          }),
        ],
      },
      { file_name: 'SYSTEM', last_written: nine + BigInt(day) * aDay },
    )
  const config = 'Windows/System32/config'

  it('two hives of one host tell what changed in between, by whomever, as an interval', async () => {
    const other = 'F'.repeat(40)
    const monday = trustKeys()
    const tuesday = trustKeys({ dll: 'C:\\x\\y.dll', name: other })
    await read({ [`${config}/SOFTWARE`]: software(0, monday), [`${config}/SYSTEM`]: system(0) })
    expect(await recordTrust(app, { signal })).toEqual({ added: 0, told: 0 })
    await read({ [`${config}/SOFTWARE`]: software(1, tuesday), [`${config}/SYSTEM`]: system(1) })
    expect(await recordTrust(app, { signal })).toEqual({ added: 4, told: 4 })
    const found = await (await app.cases()).trustEntries({ host: 'ws-9.norrfell.example' })
    const state = expect.stringMatching(/^sha256:[0-9a-f]{64}$/)
    const store = 'hklm\\software\\microsoft\\systemcertificates\\root'
    expect(found.map(({ object, operation, before, after }) => [object, operation, before, after])).toEqual(
      [
        [`${store}|${thumbprint}`, 'disappeared', state, null],
        [`${store}|${other.toLowerCase()}`, 'appeared', null, state],
        [verifyObject, 'changed', 'WINTRUST.DLL', 'C:\\x\\y.dll'],
        [verifyObject.replace('x64', 'x86'), 'changed', 'WINTRUST.DLL', 'C:\\x\\y.dll'],
      ].sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
    )
    for (const entry of found)
      expect(entry).toMatchObject({
        provenance: 'snapshot',
        changed_from: '2026-03-02T09:00:00.000000Z',
        changed_until: '2026-03-03T09:00:00.000000Z',
        actor_process: '',
        evidence_file: expect.stringMatching(/SOFTWARE$/),
      })
  })

  it('a snapshot that does not cover a key says nothing about it', async () => {
    await read({ [`${config}/SYSTEM`]: system(2) })
    expect(await recordTrust(app, { signal })).toEqual({ added: 0, told: 4 })
  })

  it('the ledger answers when all evidence is gone, and its chain is whole', async () => {
    const before = await entries(verifyObject)
    const { events } = await app.stores()
    for (const kind of eventKindNames)
      await events.upkeep.forget(kind, {
        before: new Date('2099-01-01'),
        readBefore: Number.MAX_SAFE_INTEGER,
        kept: [],
      })
    const [left] = await events.rows({ name: 'left', text: 'SELECT toUInt32(count()) AS n FROM windows_event' })
    expect(left?.n).toBe(0)
    expect(await entries(verifyObject)).toEqual(before)
    expect(await verifyLedger(await app.cases())).toMatchObject({
      good: (await (await app.cases()).trustHead())?.sequence,
    })
  })
}

if (engineInstalled) describe('the trust ledger', suite)
else it('the trust ledger', context => context.skip(noEngine))
