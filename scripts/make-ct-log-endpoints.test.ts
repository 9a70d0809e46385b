import { generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { catalogueOf, isSignedBy, readLogList } from './make-ct-log-endpoints.ts'

/** A list in the form of Chrome's, all of it invented. */
const logId = (letter: string) => `${letter.repeat(43)}=`
const usable = { usable: { timestamp: '2026-01-01T00:00:00Z' } }
const tiled = (letter: string, submission_url: string, monitoring_url: string, more = {}) => ({
  description: `Log ${letter}`,
  log_id: logId(letter),
  mmd: 60,
  state: usable,
  submission_url,
  monitoring_url,
  ...more,
})
const old = (letter: string, url: string, more = {}) => ({
  description: `Log ${letter}`,
  log_id: logId(letter),
  mmd: 86_400,
  state: usable,
  url,
  ...more,
})
const listOf = (logs: unknown[], tiled_logs: unknown[], more = {}) =>
  JSON.stringify({
    version: '1.0',
    log_list_timestamp: '2026-06-01T00:00:00Z',
    operators: [{ name: 'Some Operator', logs, tiled_logs }],
    ...more,
  })

type Entry = { keys: Record<string, string[]>; attributes: Record<string, string> }
const entriesOf = (...texts: string[]): Entry[] => parse(catalogueOf(texts.map(readLogList), 'a test', '')).entries

function placeOf(entries: Entry[], key: string, value: string): Entry['attributes'] | undefined {
  return entries.find(({ keys }) => keys[key]?.includes(value))?.attributes
}

describe('the endpoints of logs', () => {
  it('a tiled log is submitted to and read at different hosts', () => {
    const entries = entriesOf(listOf([], [tiled('A', 'https://log.a.net/2026/', 'https://mon.a.net/2026/')]))
    expect(placeOf(entries, 'host', 'log.a.net')).toMatchObject({ category: 'CT_LOG_SUBMIT', role: 'submit' })
    expect(placeOf(entries, 'read_host', 'mon.a.net')).toMatchObject({ category: 'CT_LOG_READ', role: 'monitor' })
    expect(placeOf(entries, 'monitoring_url', 'mon.a.net/2026/')).toMatchObject({ mmd_seconds: '60', state: 'usable' })
  })

  it('at a host of RFC 6962 the path tells reading and submitting apart', () => {
    const entries = entriesOf(listOf([old('A', 'https://ct.a.net/x.1/')], []))
    const read = placeOf(entries, 'read_host', 'ct.a.net')
    const submit = placeOf(entries, 'host', 'ct.a.net')
    expect(submit?.shared_host).toBe('true')
    const [reads, submits] = [new RegExp(read?.path ?? ''), new RegExp(submit?.path ?? '')]
    expect(reads.test('/x.1/ct/v1/get-entries?start=0&end=9')).toBe(true)
    expect(submits.test('/x.1/ct/v1/add-pre-chain')).toBe(true)
    expect(reads.test('/x.1/ct/v1/add-chain')).toBe(false)
    expect(submits.test('/x.1/ct/v1/get-sth')).toBe(false)
    expect(reads.test('/xx1/ct/v1/get-sth')).toBe(false)
    expect(reads.test('/photos/ct/v1/get-sth')).toBe(false)
  })

  it('two hosts of one operator that differ in the first label make a family', () => {
    const entries = entriesOf(
      listOf(
        [],
        [
          tiled('A', 'https://a2026.sun.a.net/', 'https://a2026.sky.a.net/'),
          tiled('B', 'https://a2027.sun.a.net/', 'https://a2027.sky.a.net/'),
        ],
      ),
    )
    expect(placeOf(entries, 'read_host', '*.sky.a.net')).toMatchObject({ family: 'true' })
    expect(placeOf(entries, 'read_host', '*.a.net')).toBeUndefined()
  })

  it('a log that ended stays for two years, then goes', () => {
    const retired = (timestamp: string) => ({ state: { retired: { timestamp } } })
    const entries = entriesOf(
      listOf(
        [
          old('A', 'https://late.a.net/', retired('2024-06-02T00:00:00Z')),
          old('B', 'https://long-ago.a.net/', retired('2024-05-31T00:00:00Z')),
          old('C', 'https://expired.a.net/', { temporal_interval: { end_exclusive: '2024-01-01T00:00:00Z' } }),
        ],
        [],
      ),
    )
    expect(placeOf(entries, 'log_url', 'late.a.net/')).toMatchObject({ state: 'retired', state_since: '2024-06-02' })
    expect(placeOf(entries, 'log_url', 'long-ago.a.net/')).toBeUndefined()
    expect(placeOf(entries, 'log_url', 'expired.a.net/')).toBeUndefined()
  })

  it('of two lists the newer speaks, and the older keeps what the newer dropped', () => {
    const older = { log_list_timestamp: '2025-06-01T00:00:00Z' }
    const before = listOf([old('A', 'https://a.a.net/', { mmd: 1 }), old('B', 'https://b.a.net/')], [], older)
    const entries = entriesOf(before, listOf([old('A', 'https://a.a.net/')], []))
    expect(placeOf(entries, 'log_url', 'a.a.net/')).toMatchObject({ mmd_seconds: '86400' })
    expect(placeOf(entries, 'log_url', 'b.a.net/')).toBeDefined()
  })

  it('a host that holds everybody’s files is left to the catalogue that tells it by path', () => {
    const read = 'https://storage.googleapis.com/a.prod.certificate.transparency.goog/'
    const entries = entriesOf(listOf([], [tiled('A', 'https://a.prod.certificate.transparency.goog/', read)]))
    expect(placeOf(entries, 'read_host', 'storage.googleapis.com')).toBeUndefined()
    expect(placeOf(entries, 'host', 'a.prod.certificate.transparency.goog')).toBeDefined()
  })

  it('invented logs of the list are left out', () => {
    const logs = [old('A', 'https://ct.example.com/bogus/'), old('B', 'https://ct.b.net/')]
    const entries = entriesOf(listOf(logs, []))
    expect(placeOf(entries, 'log_url', 'ct.b.net/')).toBeDefined()
    expect(JSON.stringify(entries)).not.toContain('bogus')
  })

  it('a value stands once under a key, also where two logs share a host', () => {
    const entries = entriesOf(listOf([old('A', 'https://ct.a.net/x/'), old('B', 'https://ct.a.net/y/')], []))
    const values = entries.flatMap(({ keys }) => Object.entries(keys).flatMap(([key, all]) => all.map(v => key + v)))
    expect(new Set(values).size).toBe(values.length)
  })

  it.each([
    ['an address without TLS', listOf([old('A', 'http://ct.a.net/')], [])],
    ['a path that would be a pattern', listOf([old('A', 'https://ct.a.net/(a+)+/')], [])],
    ['a host with a port', listOf([old('A', 'https://ct.a.net:8443/')], [])],
    ['a log id that is none', listOf([old('A', 'https://ct.a.net/', { log_id: 'AAAA' })], [])],
    ['a list without operators', '{"version":"1","log_list_timestamp":"2026-06-01T00:00:00Z"}'],
    [
      'more logs than there are',
      listOf(
        Array.from({ length: 2001 }, () => old('A', 'https://ct.a.net/')),
        [],
      ),
    ],
  ])('refuses %s', (_, text) => {
    expect(() => entriesOf(text)).toThrow()
  })

  it('believes a list only with the signature of its key', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const list = Buffer.from(listOf([], []))
    const signature = sign('sha256', list, privateKey)
    expect(isSignedBy(list, signature, pem)).toBe(true)
    expect(isSignedBy(Buffer.from(`${list} `), signature, pem)).toBe(false)
  })
})

describe('intel/certificate-log-endpoints.yaml', () => {
  it('was written by this script', () => {
    const text = readFileSync(new URL('../intel/certificate-log-endpoints.yaml', import.meta.url), 'utf8')
    const { entries } = parse(text) as { entries: Entry[] }
    expect(placeOf(entries, 'read_host', 'mon.sycamore.ct.letsencrypt.org')).toMatchObject({ category: 'CT_LOG_READ' })
    expect(placeOf(entries, 'host', 'log.sycamore.ct.letsencrypt.org')).toMatchObject({ category: 'CT_LOG_SUBMIT' })
    expect(placeOf(entries, 'log_url', 'oak.ct.letsencrypt.org/2026h1/')).toMatchObject({ state: 'readonly' })
  })
})
