import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { madeMmdb } from './made-mmdb.ts'
import { loadSiteInputs } from './site-inputs.ts'

const parent = mkdtempSync(join(tmpdir(), 'counterseal-'))
afterAll(() => rmSync(parent, { recursive: true, force: true }))

let count = 0

/** A directory with one list, loaded. */
function loaded(input: string, file: string, content: string | Buffer, more = '') {
  count += 1
  const directory = join(parent, String(count))
  mkdirSync(directory)
  writeFileSync(join(directory, file), content)
  writeFileSync(
    join(directory, 'inputs.yaml'),
    `inputs:\n  - { input: ${input}, file: ${file}, owner: the team, as_of: 2026-03-02T00:00:00Z${more} }\n`,
  )
  return loadSiteInputs(directory)
}

const values = (rows: readonly { readonly value: unknown }[]) => rows.map(({ value }) => value)
const lines = (...all: readonly string[]) => `${all.join('\n')}\n`

describe('an inventory', () => {
  it('is read of CSV, with the columns of whoever made it', () => {
    const inputs = loaded(
      'assets',
      'a.csv',
      lines('host,ip,dept', 'WS-1|ws-1.corp.example,10.0.0.7|2001:db8::7,Sales'),
      ', columns: { names: host, addresses: ip, owner: dept }',
    )
    const [row] = inputs.rows.assets
    expect(row?.value).toMatchObject({ names: ['ws-1', 'ws-1.corp.example'], owner: 'Sales' })
    expect(row?.value.addresses.map(({ text }) => text)).toEqual(['10.0.0.7', '2001:db8::7'])
    expect(row).toMatchObject({ row: 1, from: { owner: 'the team', rows: 1, refused: 0 } })
  })

  it('loses a row that is none, says which and why, and keeps the rest', () => {
    const inputs = loaded('assets', 'a.csv', lines('names,addresses,role', 'a,10.0.0.300,', ',,server', 'b,10.0.0.3,'))
    expect(values(inputs.rows.assets)).toHaveLength(1)
    expect(inputs.files[0]).toMatchObject({ rows: 1, refused: 2 })
    expect(inputs.files[0]?.refusals).toEqual([
      'row 1: addresses: "10.0.0.300" is neither an address nor a network',
      'row 2: the whole: names neither a host nor an address',
    ])
  })
})

describe('a calendar', () => {
  const calendar = (...event: readonly string[]) =>
    [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//a//b//EN',
      'BEGIN:VEVENT',
      'UID:1',
      ...event,
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ].join('\r\n')

  it('is read of iCalendar: times of its zone, a folded summary, names out of the text', () => {
    const zone = [
      'BEGIN:VTIMEZONE',
      'TZID:Home',
      'BEGIN:STANDARD',
      'DTSTART:19700101T000000',
      'TZOFFSETFROM:+0100',
      'TZOFFSETTO:+0100',
      'END:STANDARD',
      'END:VTIMEZONE',
    ].join('\r\n')
    const text = calendar(
      'DTSTART;TZID=Home:20260302T100000',
      'DTEND;TZID=Home:20260302T120000',
      'SUMMARY:CHG-4711 new portal.corp.',
      ' example and 10.1.2.0/24',
      'DESCRIPTION:see https://wiki.corp.example/x',
    ).replace('BEGIN:VEVENT', `${zone}\r\nBEGIN:VEVENT`)
    const [change] = values(loaded('changes', 'c.ics', text).rows.changes)
    expect(change).toMatchObject({
      start: Date.parse('2026-03-02T09:00:00Z'),
      end: Date.parse('2026-03-02T11:00:00Z'),
      ticket: 'CHG-4711',
    })
    expect(change).toMatchObject({ scope: expect.arrayContaining(['portal.corp.example', '10.1.2.0/24']) })
  })

  it('writes out what recurs, so many times and no more', () => {
    const { changes } = loaded(
      'changes',
      'c.ics',
      calendar('DTSTART:20260302T100000Z', 'DTEND:20260302T110000Z', 'SUMMARY:patch a.example', 'RRULE:FREQ=SECONDLY'),
    ).rows
    expect(changes).toHaveLength(400)
    const weekly = loaded(
      'changes',
      'c.ics',
      calendar('DTSTART:20260302T100000Z', 'SUMMARY:patch a.example', 'RRULE:FREQ=WEEKLY;COUNT=3'),
    ).rows.changes
    expect(weekly.map(({ value }) => new Date(value.start).toISOString())).toEqual([
      '2026-03-02T10:00:00.000Z',
      '2026-03-09T10:00:00.000Z',
      '2026-03-16T10:00:00.000Z',
    ])
  })

  it('that is none costs one row', () => {
    expect(loaded('changes', 'c.ics', 'BEGIN:VCALENDAR\r\nnonsense').files[0]).toMatchObject({ rows: 0, refused: 1 })
  })
})

describe('a feed', () => {
  it('is read of bare values with remarks', () => {
    const rows = values(
      loaded('indicators', 'f.txt', lines('# a list', '203.0.113.9 # c2', 'EVIL[.]example')).rows.indicators,
    )
    expect(rows).toMatchObject([{ value: '203.0.113.9', what: 'c2', source: 'f.txt' }, { value: 'evil.example' }])
  })

  it('is read of a STIX bundle; a pattern of something else is told', () => {
    const indicator = (pattern: string, more = {}) => ({
      type: 'indicator',
      id: 'indicator--1',
      name: 'a beacon',
      pattern,
      valid_from: '2026-01-01T00:00:00Z',
      ...more,
    })
    const bundle = {
      type: 'bundle',
      objects: [
        indicator("[ipv4-addr:value = '203.0.113.9' OR domain-name:value = 'evil.example']", { confidence: 80 }),
        indicator("[ipv4-addr:value ISSUBSET '198.51.100.0/24']", { revoked: true, modified: '2026-02-01T00:00:00Z' }),
        indicator("[mutex:name = 'x']"),
        { type: 'malware' },
      ],
    }
    const inputs = loaded('indicators', 'f.json', JSON.stringify(bundle))
    expect(values(inputs.rows.indicators)).toMatchObject([
      { value: '203.0.113.9', confidence: 80, what: 'a beacon' },
      { value: 'evil.example' },
      { value: '198.51.100.0/24', valid_until: Date.parse('2026-02-01T00:00:00Z') },
    ])
    expect(inputs.files[0]).toMatchObject({ refused: 1 })
  })

  it('is read of a MISP event and of a MISP warning list', () => {
    const event = {
      Event: {
        info: 'a campaign',
        Orgc: { name: 'CIRCL' },
        Attribute: [
          { type: 'ip-dst|port', value: '203.0.113.9|443' },
          { type: 'comment', value: 'x' },
        ],
        Object: [{ Attribute: [{ type: 'domain', value: 'Evil.example' }] }],
      },
    }
    expect(values(loaded('indicators', 'f.json', JSON.stringify(event)).rows.indicators)).toMatchObject([
      { value: '203.0.113.9', source: 'CIRCL', what: 'a campaign' },
      { value: 'evil.example' },
    ])
    const list = { name: 'censys-scanning', type: 'cidr', list: ['162.142.125.0/24'] }
    const scanners = loaded('scanners', 'f.json', JSON.stringify(list), ', tier: research').rows.scanners
    expect(scanners[0]).toMatchObject({
      value: { value: '162.142.125.0/24', source: 'censys-scanning' },
      from: { tier: 'research' },
    })
  })
})

describe('what others saw of names', () => {
  it('is read of passive DNS in the common form, with one address or several', () => {
    const row = (change: object) =>
      JSON.stringify({
        rrname: 'C2.example.',
        rrtype: 'A',
        rdata: '203.0.113.9',
        time_first: 1_772_442_000,
        time_last: 1_772_542_000,
        count: 3,
        ...change,
      })
    const inputs = loaded(
      'passive_dns',
      'p.ndjson',
      lines(
        row({}),
        row({ rdata: ['203.0.113.9', '203.0.113.10'] }),
        row({ time_last: 1 }),
        row({ time_first: 1_772_642_000 }),
      ),
    )
    expect(values(inputs.rows.passive_dns)).toMatchObject([
      { rrname: 'c2.example', rdata: ['203.0.113.9'], time_first: 1_772_442_000_000, time_last: 1_772_542_000_000 },
      { rdata: ['203.0.113.9', '203.0.113.10'] },
    ])
    expect(inputs.files[0]).toMatchObject({ refused: 2 })
  })

  it('is read of RDAP: since when a domain is registered', () => {
    const rdap = {
      objectClassName: 'domain',
      ldhName: 'C2.EXAMPLE',
      events: [
        { eventAction: 'last changed', eventDate: '2026-02-01T00:00:00Z' },
        { eventAction: 'registration', eventDate: '2026-01-01T00:00:00Z' },
      ],
    }
    expect(values(loaded('registrations', 'r.json', JSON.stringify(rdap)).rows.registrations)).toMatchObject([
      { domain: 'c2.example', registered: Date.parse('2026-01-01T00:00:00Z') },
    ])
    const redacted = { ...rdap, events: [] }
    expect(loaded('registrations', 'r.json', JSON.stringify(redacted)).files[0]).toMatchObject({ rows: 0, refused: 1 })
    expect(
      values(loaded('registrations', 'r.csv', lines('domain,registered', 'c2.example,2026-01-01')).rows.registrations),
    ).toHaveLength(1)
  })

  it('is read of warning lists: networks that strangers share', () => {
    const list = { name: 'cloudflare', type: 'cidr', list: ['104.16.0.0/13', 'nonsense'] }
    const inputs = loaded('shared_networks', 'c.json', JSON.stringify(list))
    expect(inputs.rows.shared_networks[0]?.value).toMatchObject({
      owner: 'cloudflare',
      networks: [{ text: '104.16.0.0/13' }],
    })
    expect(inputs.files[0]).toMatchObject({ rows: 1, refused: 1 })
  })
})

describe('alerts', () => {
  it('are read of OCSF, of Suricata and of CSV', () => {
    const ocsf = {
      class_uid: 2004,
      time: 1_772_442_000_000,
      severity_id: 4,
      finding_info: { title: 'Beacon' },
      metadata: { product: { name: 'EDR' } },
      device: { hostname: 'WS-1', ip: '10.0.0.7' },
      observables: [{ name: 'x', value: 'evil.example' }],
    }
    const eve = {
      event_type: 'alert',
      timestamp: '2026-03-02T09:00:00.000000+0000',
      src_ip: '10.0.0.7',
      dest_ip: '203.0.113.9',
      alert: { signature: 'ET x', severity: 1 },
      tls: { sni: 'evil.example' },
    }
    const rows = values(
      loaded(
        'alerts',
        'a.ndjson',
        lines(
          JSON.stringify(ocsf),
          JSON.stringify(eve),
          '{"time":"2026-03-02 09:00:00","title":"x"}',
          '{"title":"no time"}',
        ),
      ).rows.alerts,
    )
    expect(rows).toMatchObject([
      {
        severity: 'high',
        source: 'EDR',
        title: 'Beacon',
        entities: ['10.0.0.7', 'ws-1', 'evil.example'],
        time: 1_772_442_000_000,
      },
      {
        severity: 'high',
        source: 'Suricata',
        entities: ['10.0.0.7', '203.0.113.9', 'evil.example'],
        time: Date.parse('2026-03-02T09:00:00Z'),
      },
      { severity: 'medium', time: Date.parse('2026-03-02T09:00:00Z') },
    ])
    expect(
      values(
        loaded('phishing', 'p.csv', lines('time,title,entities', '2026-03-02,mail,login.corp.example|e.berg')).rows
          .phishing,
      ),
    ).toMatchObject([{ entities: ['login.corp.example', 'e.berg'] }])
  })
})

describe('a database of places', () => {
  it('tells country, system and what is anonymous, as old as it was built', () => {
    const bytes = madeMmdb({
      '203.0.113.0/24': {
        country: { iso_code: 'DE' },
        autonomous_system_number: 64500,
        autonomous_system_organization: 'Example',
      },
      '2001:db8::/32': { country: { iso_code: 'SE' }, is_tor_exit_node: true },
    })
    const inputs = loaded('locations', 'places.mmdb', bytes, ', high_risk: { countries: [se] }')
    expect(inputs.locate('203.0.113.9')).toMatchObject([
      { location: { country: 'DE', asn: 64500, as_name: 'Example', traits: [] } },
    ])
    expect(inputs.locate('2001:db8::9')).toMatchObject([
      { location: { country: 'SE', traits: ['tor'] }, from: { high_risk: { countries: ['SE'] } } },
    ])
    expect(inputs.locate('198.51.100.1')).toEqual([])
    expect(inputs.locate('no address')).toEqual([])
  })

  it('that is none is refused by name', () => {
    expect(() => loaded('locations', 'places.mmdb', 'nothing')).toThrow(/places\.mmdb/)
  })
})

describe('the list of lists', () => {
  it('takes no file from elsewhere, and no kind that is none', () => {
    expect(() => loaded('assets', 'a.csv', '', ', file: ../a.csv')).toThrow(/inputs\.yaml/)
    expect(() => loaded('nonsense', 'a.csv', '')).toThrow(/inputs\.yaml/)
  })

  it('believes a list without a date since its file was changed', () => {
    const directory = join(parent, 'undated')
    mkdirSync(directory)
    writeFileSync(join(directory, 'a.csv'), 'names\na\n')
    utimesSync(join(directory, 'a.csv'), 1_772_000_000, 1_772_000_000)
    writeFileSync(join(directory, 'inputs.yaml'), 'inputs: [{ input: assets, file: a.csv, owner: x }]\n')
    expect(loadSiteInputs(directory).files[0]?.as_of).toBe(1_772_000_000_000)
  })
})
