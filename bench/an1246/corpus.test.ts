import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { logOfEvent, readLog, registryEvent } from '../../test/evtx-logs.ts'
import { engineInstalled, noEngine } from '../../test/run-cli.ts'
import { corpusRows } from './corpus-rows.ts'
import { huntFresh } from './hunt-fresh.ts'
import { rehosted } from './rehost.ts'

const corpus = process.env.COUNTERSEAL_CORPUS ?? ''

describe('a log on another host, at another time', () => {
  const data = [
    ['UtcTime', '2026-03-02 09:00:00.250'],
    ['TargetObject', 'HKLM\\SOFTWARE\\x'],
    ['User', 'WS-1042\\m.lindqvist'],
    ['Details', 'ws-10423 and ws-1042.norrfell.example'],
  ] as const
  const event = registryEvent({ computer: 'WS-1042.norrfell.example', data })
  const begin = event.time_created + 36_000_000_000n
  const { bytes, records, left_out } = rehosted(logOfEvent(event), { computer: 'PC7.corp.example', begin })
  const [record] = readLog(bytes).records

  it('has every record, with the new name and the new time', () => {
    expect({ records, left_out, problems: readLog(bytes).codes }).toEqual({ records: 1, left_out: 0, problems: [] })
    expect(record?.system).toMatchObject({
      computer: 'PC7.corp.example',
      time_created: begin,
      event_id: event.event_id,
    })
  })

  it('has name and time changed inside of its fields, and nothing that only looks alike', () => {
    expect(record?.fields.map(({ value }) => value)).toEqual([
      '2026-03-02 10:00:00.250',
      'HKLM\\SOFTWARE\\x',
      'PC7\\m.lindqvist',
      'ws-10423 and PC7.corp.example',
    ])
  })
})

/** The samples that issue and specification name, with the class that has to be seen, the technique and the verdict. */
const expected = [
  ['T1553.003_sysmon_12_13_SIP_provider_registration', 'trust_provider', 'T1553.003', 'alert'],
  ['T1553.004_sysmon1_certutil_addstore_sigma', 'certificate_store', 'T1553.004', 'review'],
  ['T1553.006_security4826_testsigning_on', 'trust_provider', 'T1553.006', 'alert'],
  ['proc_creation_win_pua_kdu_driver_tool', 'signing_state', 'T1553.006', 'review'],
  ['sysmon7_sideload_plus_RunKey_persist', 'module_load', 'T1574.001', 'review'],
] as const

/** Openings of root stores, root updates and Live-ID: nothing but Windows' own work. */
const benign = [
  'FP_security4656_rootstore_drvinst',
  'CAPI2_4097_4100_4108_4109_4111_4112_application',
  'omerbenamram__2-system-Microsoft-Windows-LiveIdpct4Operational',
  'compound__Log4Shell__vminsights_vmconnection_log4shell_cve2021_44228_jndi_reference',
] as const

const why = !engineInstalled ? noEngine : 'COUNTERSEAL_CORPUS names no corpus'
const canRun = engineInstalled && existsSync(corpus)

describe('the public corpus, row by row (docs/detection-results.md has all of it)', () => {
  const pathOf = (name: string) =>
    join(corpus, corpusRows(corpus).find(({ path }) => path.includes(`/${name}.`))?.path ?? `no row ${name}`)

  it.for(expected)(
    '%s is found by its class and technique',
    { timeout: 120_000 },
    async ([name, seen, technique, verdict], context) => {
      if (!canRun) return context.skip(why)
      const { findings } = await huntFresh([pathOf(name)])
      expect(findings.map(one => one.verdict)).toEqual([verdict])
      expect(findings[0]?.classes).toContain(seen)
      expect(findings[0]?.techniques).toContain(technique)
    },
  )

  it.for(benign)('%s gives no review and nothing above', { timeout: 120_000 }, async (name, context) => {
    if (!canRun) return context.skip(why)
    const { findings } = await huntFresh([pathOf(name)])
    expect(findings.filter(({ verdict }) => verdict !== 'informational')).toEqual([])
  })
})
