import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { embeddedPromises, logFromKey, mergedLogs, unverifiedLogList } from '../src/ct/index.ts'
import { uintBytes } from '../src/ct/octets.ts'
import { promiseMessage } from '../src/ct/sct.ts'
import { evidenceUnder } from '../src/ingest/index.ts'
import type { Certificate } from '../src/x509/index.ts'
import { readCertificate } from '../src/x509/index.ts'
import { uintVector } from './ct/made-entry.ts'
import * as der from './der.ts'

function certificateOf(bytes: Uint8Array): Certificate {
  const reading = readCertificate(bytes)
  if (!('certificate' in reading)) throw new Error('it is a certificate')
  return reading.certificate
}

const issuer = certificateOf(der.plainCertificate())

/** A certificate in which a log of ours promises an index, and that log. */
function promised(change: { readonly extensions?: readonly Uint8Array[] } = {}) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const log = logFromKey(spki, 'log.example.test')
  if (log === undefined) throw new Error('it is a key')
  const named = der.extension('2.5.29.17', der.sequence(der.primitive(2, Buffer.from('www.norrfell.example'))))
  const plain = certificateOf(der.plainCertificate({ extensions: [named] }))
  const timestamp = Date.UTC(2026, 2, 2)
  const extensions = Buffer.concat([Uint8Array.of(0), uintVector(uintBytes(4_294_967_297, 5), 2)])
  const entry = {
    kind: 'precertificate',
    der: plain.der,
    tbs: plain.tbs,
    issuer_key_hash: createHash('sha256')
      .update(issuer.public_key?.spki ?? '')
      .digest(),
  } as const
  const signature = sign('sha256', promiseMessage({ timestamp, extensions }, entry), privateKey)
  const sct = Buffer.concat([
    Uint8Array.of(0),
    Buffer.from(log.log_id, 'hex'),
    uintBytes(timestamp, 8),
    uintVector(extensions, 2),
    Uint8Array.of(4, 3),
    uintVector(signature, 2),
  ])
  const list = der.extension('1.3.6.1.4.1.11129.2.4.2', der.octets(uintVector(uintVector(sct, 2), 2)))
  return {
    log,
    certificate: certificateOf(der.plainCertificate({ extensions: [...(change.extensions ?? [named]), list] })),
  }
}

describe('a promise in a certificate', () => {
  it('holds when its log signed it for this certificate under this issuer', () => {
    const { log, certificate } = promised()
    expect(embeddedPromises(certificate, issuer, [log])).toMatchObject([
      { log_id: log.log_id, state: 'valid', index: 4_294_967_297, timestamp: Date.UTC(2026, 2, 2) },
    ])
    expect(embeddedPromises(certificate, issuer, [])).toMatchObject([{ state: 'unknown_log' }])
  })

  it('does not hold for another certificate, and not under another issuer', () => {
    const other = der.extension('2.5.29.17', der.sequence(der.primitive(2, Buffer.from('www.other.example'))))
    const forged = promised({ extensions: [other] })
    expect(embeddedPromises(forged.certificate, issuer, [forged.log])).toMatchObject([{ state: 'invalid' }])
    const { log, certificate } = promised()
    const stranger = certificateOf(
      der.plainCertificate({ key: der.ecKey(Buffer.concat([Uint8Array.of(4), Buffer.alloc(64, 9)])) }),
    )
    expect(embeddedPromises(certificate, stranger, [log])).toMatchObject([{ state: 'invalid' }])
  })
})

const corpus = process.env.COUNTERSEAL_CORPUS ?? ''

describe('promises of the corpus', () => {
  it('hold: those of the RFC’s own example, and real ones of 2018', async context => {
    if (!existsSync(corpus)) context.skip('COUNTERSEAL_CORPUS names no corpus')
    const files = new Map<string, Buffer>()
    const archive = join(corpus, 'ct/appmattus-sct-testdata.tar.gz')
    for await (const one of evidenceUnder([archive], [], { spool: corpus })) {
      const parts: Uint8Array[] = []
      for await (const part of (await one.open()).bytes) parts.push(part)
      files.set(one.path.slice(one.path.lastIndexOf('/') + 1), Buffer.concat(parts))
    }
    const pem = (name: string) =>
      [
        ...(files.get(name)?.toString('latin1') ?? '').matchAll(
          /-----BEGIN (?:CERTIFICATE|PUBLIC KEY)-----([\s\S]+?)-----END/g,
        ),
      ].map(([, body = '']) => Buffer.from(body, 'base64'))
    const states = (chain: readonly Buffer[], logs: Parameters<typeof embeddedPromises>[2]) => {
      const [leaf, above] = chain.map(certificateOf)
      return leaf && above ? embeddedPromises(leaf, above, logs).map(({ state }) => state) : []
    }
    const [key = Buffer.alloc(0)] = pem('ct-server-key-public.pem')
    const ours = logFromKey(key, 'test')
    expect(ours && states([...pem('test-embedded-cert.pem').slice(0, 1), ...pem('ca-cert.pem')], [ours])).toEqual([
      'valid',
    ])
    expect(
      ours && states([...pem('test-invalid-embedded-cert.pem').slice(0, 1), ...pem('ca-cert.pem')], [ours]),
    ).toEqual(['invalid'])
    const lists = ['log_list.json', 'log_list_tiled_logs.json'].map(
      name => unverifiedLogList(files.get(name)?.toString('utf8') ?? '').logs,
    )
    const found = states(pem('github-chain.pem'), mergedLogs(lists))
    expect(found.filter(state => state === 'invalid')).toEqual([])
    expect(found).toContain('valid')
  })
})
