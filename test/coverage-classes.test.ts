import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { troublesOf } from '../src/telemetry/index.ts'
import type { CoverageStore, SaidOfHosts } from './coverage-store.ts'
import {
  everydayWrite,
  hour,
  hourly,
  logon,
  openCoverageStore,
  saidOfHosts,
  security,
  sysmon,
} from './coverage-store.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

/** Which questions the logs of a host can answer, and what is in the way. */

const moduleLoad = { ...sysmon, event_id: 7, dll_path: 'C:\\Windows\\System32\\ntdll.dll' }
const rootWrite = {
  ...sysmon,
  event_id: 13,
  registry_key: `HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\Root\\Certificates\\${'A'.repeat(40)}`,
  registry_value: 'Blob',
}

const suite = () => {
  const hosts = {
    whole: [
      ...hourly('Whole.Example', logon, 0, 72),
      ...hourly('whole.example', moduleLoad, 0, 72),
      ...hourly('WHOLE.example', everydayWrite, 0, 72),
    ],
    root: [
      ...hourly('root', logon, 0, 48),
      ...hourly('root', everydayWrite, 0, 48),
      ...hourly('root', rootWrite, 20, 21),
    ],
    // Sysmon is gone from hour 40 to 60.
    blinded: [
      ...hourly('blinded', logon, 0, 96),
      ...hourly('blinded', everydayWrite, 0, 40),
      ...hourly('blinded', everydayWrite, 60, 96),
    ],
    // And here it never comes back.
    killed: [...hourly('killed', logon, 0, 96), ...hourly('killed', everydayWrite, 0, 40)],
    // Nothing of Sysmon's registry events but one place.
    selective: [
      ...hourly('selective', logon, 0, 48),
      ...hourly('selective', { ...everydayWrite, registry_key: 'HKLM\\SOFTWARE\\Vendor' }, 0, 48),
    ],
    near: [
      ...hourly('near', logon, 0, 24),
      ...hourly(
        'near',
        { ...rootWrite, registry_key: 'HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\Root\\X' },
        0,
        24,
      ),
    ],
    commandless: hourly('commandless', { ...security, event_id: 4688, process_executable: 'C:\\a.exe' }, 0, 24),
    ca: [
      ...hourly('ca', { ...security, event_id: 4886 }, 0, 48),
      ...hourly('ca', { ...security, event_id: 4885 }, 5, 6),
    ],
  }
  let kept: CoverageStore
  let said: SaidOfHosts
  beforeAll(async () => {
    kept = await openCoverageStore()
    await kept.insert(Object.values(hosts).flat())
    said = await saidOfHosts(kept.store)
  }, 120_000)
  afterAll(() => kept.close())

  it('what a healthy witness did not see is answerable, for the whole time', () => {
    const whole = [{ from: hour(0), until: hour(72) }]
    expect(said.classOf('whole.example', 'certificate_store')).toEqual({
      analytic: 'AN1246',
      class: 'certificate_store',
      state: 'answerable',
      events: 0,
      obstacles: [],
      answerable: whole,
    })
    expect(said.classOf('whole.example', 'module_load')).toMatchObject({ state: 'seen', events: 72, obstacles: [] })
  })

  it('what one part of a class has no witness for is not answerable', () => {
    expect(said.classOf('whole.example', 'persistence')).toMatchObject({ state: 'not_answerable', answerable: [] })
    const parts = said.classOf('whole.example', 'persistence')?.obstacles.map(({ part }) => part)
    expect(new Set(parts)).toEqual(new Set(['services', 'scheduled tasks', 'startup folders', 'WMI subscriptions']))
  })

  it('an event of the class is seen', () => {
    expect(said.classOf('root', 'certificate_store')).toMatchObject({ state: 'seen', events: 1, obstacles: [] })
    expect(said.classOf('root', 'trust_provider')).toMatchObject({ state: 'answerable', events: 0 })
  })

  it('a witness that is silent while its host speaks on makes it not answerable, and a "no" holds before and after', () => {
    expect(said.classOf('blinded', 'certificate_store')).toMatchObject({
      state: 'not_answerable',
      obstacles: [{ kind: 'silent', setting: 'sysmon_registry', why: expect.stringContaining('in 20 of these hours') }],
      answerable: [
        { from: hour(0), until: hour(40) },
        { from: hour(60), until: hour(96) },
      ],
    })
    const [sysmonChannel] = said.host('blinded').channels
    expect(sysmonChannel?.silences).toEqual([{ from: hour(40), until: hour(60), hours: 20, meanwhile: 20, real: true }])
    expect(troublesOf(said.host('blinded'))).toMatchObject([{ kind: 'silent', since: hour(40) }])
  })

  it('a witness that never speaks again is silent to the end of its host', () => {
    expect(said.classOf('killed', 'certificate_store')).toMatchObject({
      state: 'not_answerable',
      answerable: [{ from: hour(0), until: hour(40) }],
    })
  })

  it('rules that select are no proof for another place; a place close by is', () => {
    expect(said.settingOf('selective', 'sysmon_registry')).toMatchObject({ state: 'selective', events: 48 })
    expect(said.classOf('selective', 'certificate_store')).toMatchObject({
      state: 'not_answerable',
      obstacles: [
        { kind: 'missing', setting: 'sysmon_registry' },
        { kind: 'missing', setting: 'security_registry' },
      ],
    })
    expect(said.classOf('near', 'certificate_store')).toMatchObject({ state: 'answerable', events: 0 })
    expect(said.classOf('near', 'trust_provider')).toMatchObject({ state: 'not_answerable' })
  })

  it('4688 without a command line is told as such, with the remedy', () => {
    expect(said.settingOf('commandless', 'security_process')).toEqual({
      setting: 'security_process',
      state: 'incomplete',
      proof: '24 events 4688, none with process_command_line',
      events: 24,
      remedy: expect.stringContaining('ProcessCreationIncludeCmdLine_Enabled'),
    })
    expect(said.classOf('commandless', 'pki_discovery')).toMatchObject({ state: 'not_answerable' })
  })

  it('questions about a CA are asked of a CA only', () => {
    expect(said.classOf('ca', 'ca_requests')).toMatchObject({ state: 'seen', events: 48 })
    expect(said.classOf('ca', 'ca_changes')).toMatchObject({ state: 'seen', events: 1 })
    expect(said.classOf('root', 'ca_requests')).toBeUndefined()
    expect(troublesOf(said.host('ca'))).toMatchObject([{ kind: 'changed', what: 'the audit filter of the CA changed' }])
  })
}

if (engineInstalled) describe('coverage: what can be answered', suite)
else
  describe('coverage: what can be answered', () => it('needs the embedded engine', context => context.skip(noEngine)))
