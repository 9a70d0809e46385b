import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  chromeListKey,
  directoryTransport,
  isSignedLogList,
  isSignedPrecertificate,
  logFromKey,
  staticLog,
  unverifiedLog,
  unverifiedLogList,
} from '../src/ct/index.ts'
import { evidenceUnder } from '../src/ingest/index.ts'
import { emptyFrontier, grown, rootOf, sameHash, tileHashes } from '../src/merkle/index.ts'
import { readCertificate } from '../src/x509/index.ts'

const corpus = process.env.COUNTERSEAL_CORPUS ?? ''
const sunlight = join(corpus, 'ct/sunlight')

/** Published in the examples of FiloSottile/sunlight. */
const navigliKey = Buffer.from(
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE4i7AmqGoGHsorn/eyclTMjrAnM0JUUbyGJUxXqq1AjQ4qBC77wXkWt7s/HA8An2vrEBKIGQzqTjV8QIHrmpd4w==',
  'base64',
)

const noCorpus = existsSync(corpus) ? '' : ': COUNTERSEAL_CORPUS names no corpus'

describe.skipIf(noCorpus !== '')(`real logs${noCorpus}`, () => {
  it('Navigli 2025h2: each of 1,024 real entries has the leaf hash that stands in the log’s own tiles', async () => {
    const about = logFromKey(navigliKey, 'navigli2025h2.sunlight.geomys.org')
    if (about === undefined) throw new Error('it is a key')
    const directory = join(sunlight, 'navigli2025h2')
    const log = staticLog(about, directoryTransport(directory))
    let frontier = emptyFrontier
    let tile = 0
    let precertificates = 0
    for await (const entries of log.entries({ begin: 0, end: 1024, size: 1024 }, {})) {
      const hashes = tileHashes(readFileSync(join(directory, `tile/0/00${tile}`)), 256) ?? []
      expect(entries.map(({ leaf_hash }, nth) => sameHash(leaf_hash, hashes[nth] ?? new Uint8Array()))).toEqual(
        hashes.map(() => true),
      )
      // What came beside the leaf is what the leaf is over.
      for (const entry of entries) {
        const reading = readCertificate(entry.der)
        expect(
          'certificate' in reading && isSignedPrecertificate(entry, reading.certificate),
          String(entry.index),
        ).toBe(true)
      }
      precertificates += entries.filter(({ kind }) => kind === 'precertificate').length
      frontier = grown(
        frontier,
        entries.map(({ leaf_hash }) => leaf_hash),
      )
      tile += 1
    }
    expect([frontier.size, precertificates]).toEqual([1024, 1024])
    expect(Buffer.from(rootOf(frontier)).toString('base64')).toBe('EMfGG85uIddeOXt5/wdQGP3IQd0COCqoLg9Q6CsPLJA=')
  })

  it('a checkpoint that Sunlight wrote is signed by its log', async () => {
    const directory = join(sunlight, 'skylight/tree')
    const about = unverifiedLog(readFileSync(join(directory, 'log.v3.json'), 'utf8'))
    if (about === undefined) throw new Error('it is a log')
    const head = await staticLog(about, directoryTransport(directory)).head({})
    expect([head.size, head.timestamp, Buffer.from(head.root).toString('base64')]).toEqual([
      300,
      1_767_139_200_000,
      'lCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=',
    ])
  })

  it('a list that Chrome signed is known by its key, and not when a byte of it is another', async () => {
    const files = new Map<string, Buffer>()
    for await (const one of evidenceUnder([join(corpus, 'ct/appmattus-sct-testdata.tar.gz')], [], { spool: corpus })) {
      const parts: Uint8Array[] = []
      for await (const part of (await one.open()).bytes) parts.push(part)
      files.set(one.path.slice(one.path.lastIndexOf('/') + 1), Buffer.concat(parts))
    }
    const [list, signature] = [
      files.get('log_list.json') ?? Buffer.alloc(0),
      files.get('log_list.sig') ?? Buffer.alloc(0),
    ]
    expect(isSignedLogList(list, signature, chromeListKey)).toBe(true)
    expect(isSignedLogList(Buffer.concat([list, Buffer.from(' ')]), signature, chromeListKey)).toBe(false)
    expect(unverifiedLogList(list.toString('utf8')).logs.length).toBe(29)
  })

  it('lists of Chrome are read whole, logs of both kinds', () => {
    const { logs, problems } = unverifiedLogList(
      readFileSync(join(corpus, 'ct/log_list/appmattus-log_list-v3.json'), 'utf8'),
    )
    expect([logs.length, logs.filter(({ protocol }) => protocol === 'static-ct-api').length, problems]).toEqual([
      75,
      26,
      [],
    ])
  })
})
