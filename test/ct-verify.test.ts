import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { inclusionOf, staticLog } from '../src/ct/index.ts'
import { logListOf } from './ct/log-list.ts'
import { issuedCertificate, issuer, otherIssuer } from './ct/made-entry.ts'
import type { MadeLog } from './ct/made-log.ts'
import { makeLog } from './ct/made-log.ts'
import type { Served } from './ct/serve.ts'
import { serveLogs } from './ct/serve.ts'
import { countersealBeside, engineInstalled, noEngine } from './run-cli.ts'

const directory = mkdtempSync(join(tmpdir(), 'counterseal-ct-verify-'))
const served: Served[] = []
afterAll(async () => {
  for (const one of served) await one.close()
  rmSync(directory, { recursive: true, force: true })
})

function pem(...certificates: readonly Uint8Array[]): string {
  return certificates
    .map(der => `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`)
    .join('')
}

async function verify(name: string, content: string, logs: readonly MadeLog[], more: readonly string[] = []) {
  const file = join(directory, `${name}.pem`)
  const list = join(directory, `${name}.json`)
  writeFileSync(file, content)
  writeFileSync(list, logListOf(logs))
  const data = ['--data', join(directory, 'data'), '--json']
  return await countersealBeside(['ct', 'verify', file, '--log-list', list, ...data, ...more])
}

describe('the promises in a certificate', () => {
  it('are told to be the logs’ own, not theirs, and nobody’s to say', async context => {
    if (!engineInstalled) context.skip(noEngine)
    const [first, second, stranger] = [
      makeLog('static-ct-api', { name: 'first', url: 'https://first.example.test/' }),
      makeLog('rfc6962', { name: 'second', url: 'https://second.example.test/' }),
      makeLog('rfc6962', { name: 'stranger' }),
    ]
    const promises = [first.promise(4), second.promise(4), stranger.promise(4), second.promise(6)]
    const whole = pem(issuedCertificate(4, promises), issuer)
    const ran = await verify('whole', whole, [first, second])
    expect(
      ran.records.map(({ log, state, promised_index }) => [log, state, promised_index]),
      ran.stderr,
    ).toEqual([
      ['first', 'valid', 4],
      ['second', 'valid', null],
      [null, 'unknown_log', null],
      ['second', 'invalid', null], // it is for another certificate
    ])
    expect(ran.status).toBe(3)
    const alone = await verify('alone', pem(issuedCertificate(4, promises)), [first, second])
    expect(alone.records.map(({ state }) => state)).toEqual([
      'unknown_issuer',
      'unknown_issuer',
      'unknown_log',
      'unknown_issuer',
    ])
    expect(alone.status).toBe(0)
    const other = await verify('other', pem(issuedCertificate(4, promises), otherIssuer), [first])
    expect(other.records[0]).toMatchObject({ state: 'invalid' })
  })

  it('are kept when the log proves that it has the entry, and broken when it does not and the time is over', async context => {
    if (!engineInstalled) context.skip(noEngine)
    const logs: Record<string, MadeLog> = {}
    const open = await serveLogs(logs)
    served.push(open)
    const add = (name: string, protocol: 'static-ct-api' | 'rfc6962', age: number) => {
      let clock = Date.now() - age
      const log = makeLog(protocol, { name, url: `${open.url}${name}/`, now: () => clock })
      log.grow(300)
      const sct = log.promise(4)
      const never = log.promise(1000)
      clock = Date.now() - 60_000
      log.grow(1) // so that its head is of now
      logs[name] = log
      return { log, sct, never }
    }
    const day = 86_400_000
    const all = [add('tiles', 'static-ct-api', 3 * day), add('plain', 'rfc6962', 3 * day), add('young', 'rfc6962', 0)]
    const kept = await verify(
      'kept',
      pem(
        issuedCertificate(
          4,
          all.map(({ sct }) => sct),
        ),
        issuer,
      ),
      all.map(({ log }) => log),
      ['--prove'],
    )
    expect(
      kept.records.map(({ log, inclusion }) => [log, inclusion]),
      kept.stderr,
    ).toMatchObject(
      ['tiles', 'plain', 'young'].map(name => [name, { state: 'included', index: 4, head: { tree_size: 301 } }]),
    )
    const broken = await verify(
      'broken',
      pem(
        issuedCertificate(
          1000,
          all.map(({ never }) => never),
        ),
        issuer,
      ),
      all.map(({ log }) => log),
      ['--prove'],
    )
    expect(broken.records.map(({ log, inclusion }) => [log, (inclusion as { state: string }).state])).toEqual([
      ['tiles', 'broken'],
      ['plain', 'broken'],
      ['young', 'not_yet'],
    ])
    expect(broken.status).toBe(3)
    const status = await countersealBeside(['ct', 'status', '--data', join(directory, 'data'), '--json'])
    const faults = status.records.flatMap(({ faults = [] }) => faults as readonly { readonly code: string }[])
    expect(faults.map(({ code }) => code)).toEqual(['ct/promise-broken', 'ct/promise-broken'])
    // A proof of something else proves nothing.
    all[0]?.log.order('wrong-proof')
    const [first] = all
    if (first === undefined) throw new Error('there are three')
    const log = staticLog(first.log.about, first.log.transport)
    const [leaf] = broken.records.map(({ leaf_hash }) => Buffer.from(String(leaf_hash), 'hex'))
    const head = await log.head({})
    expect(
      await inclusionOf(log, head, { timestamp: 0, leaf_hash: leaf ?? Buffer.alloc(32), index: 4 }, {}),
    ).toMatchObject({
      state: 'broken',
    })
  })
})
