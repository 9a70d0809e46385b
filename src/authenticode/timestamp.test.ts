import { describe, expect, it } from 'vitest'
import type { CmsOptions } from '../../test/authenticode-cms.ts'
import { counterSignature, token } from '../../test/authenticode-cms.ts'
import { after, codesOf, signPe, verify } from '../../test/authenticode-files.ts'
import { digitalSignature, makeParties, makeParty, purposes } from '../../test/authenticode-parties.ts'

const parties = makeParties()
const { clock, root, signer, issuing } = parties
const when = '2026-02-01T00:00:00Z'

type Unsigned = NonNullable<CmsOptions['unsigned']>

/** The signer's certificate has ended: only a timestamp makes the file valid. */
const late = async (unsigned: Unsigned, more: Partial<CmsOptions> = {}) =>
  verify(await signPe(parties, { unsigned, ...more }), parties, { time: after })

describe('a timestamp', () => {
  it.each([
    ['RFC 3161', (signature: Uint8Array) => token(when, clock, signature), {}],
    [
      'PKCS #9',
      (signature: Uint8Array) => counterSignature(when, clock, signature),
      { certificates: [signer.der, issuing.der, clock.der] },
    ],
  ] as const)('of %s keeps a signature valid when its certificate has ended', async (_, make, more) => {
    const result = await late(signature => [make(signature)], more)
    expect(result).toMatchObject({ status: 'valid', doubts: [] })
    expect(result.signatures[0]).toMatchObject({ signed_at: Date.parse(when), timestamps: [{ is_valid: true }] })
  })

  it('over another signature tells nothing', async () => {
    const result = await late(() => [token(when, clock, Buffer.from('another signature'))])
    expect(result).toMatchObject({ status: 'expired', signatures: [{ signed_at: undefined }] })
    expect(result.doubts).toContainEqual({ code: 'timestamp-not-valid', detail: 'digest-differs' })
    const pkcs9 = await late(() => [counterSignature(when, clock, Buffer.from('another'))], {
      certificates: [signer.der, issuing.der, clock.der],
    })
    expect(pkcs9.doubts).toContainEqual({ code: 'timestamp-not-valid', detail: 'message-digest-differs' })
  })

  it('of someone who is no clock tells nothing: the signer cannot back-date', async () => {
    const result = await late(signature => [
      token(when, signer, signature, { certificates: [signer.der, issuing.der] }),
    ])
    expect(result).toMatchObject({ status: 'expired' })
    expect(result.doubts).toContainEqual({ code: 'timestamp-not-valid', detail: 'purpose-missing' })
  })

  it('of a clock that no root knows tells nothing', async () => {
    const other = makeParty({ common_name: 'Own Clock', extensions: [purposes(8), digitalSignature] })
    const result = await late(signature => [token(when, other, signature)])
    expect(result.doubts).toContainEqual({ code: 'timestamp-not-valid', detail: 'self-signed' })
  })

  it('that means another certificate of the clock tells nothing', async () => {
    const twin = makeParty({ common_name: 'Norrfell Clock', issuer: root, serial: 17, extensions: [purposes(8)] })
    const result = await late(signature => [token(when, clock, signature, { certificates: [twin.der] })])
    expect(result.doubts).toContainEqual({ code: 'timestamp-not-valid', detail: 'certificate-missing' })
  })

  it('before the certificate began does not help', async () => {
    const early = makeParty({
      common_name: 'Old Clock',
      issuer: root,
      from: '2020-01-01T00:00:00Z',
      extensions: [purposes(8)],
    })
    const result = await late(signature => [token('2024-06-01T00:00:00Z', early, signature)])
    expect(codesOf(result.doubts)).toEqual(['timestamp-not-valid'])
    expect(result.status).toBe('expired')
  })

  it('does not help a certificate that ends its signatures with itself', async () => {
    const ending = makeParty({
      common_name: 'Test Signer',
      issuer: issuing,
      extensions: [purposes(3, '1.3.6.1.4.1.311.10.3.13')],
      to: '2026-06-01T00:00:00Z',
    })
    const file = await signPe({ ...parties, signer: ending }, { stamped: when })
    expect(await verify(file, parties)).toMatchObject({ status: 'valid' })
    const result = await verify(file, parties, { time: after })
    expect(result.status).toBe('expired')
    expect(codesOf(result.reasons)).toEqual(['no-longer-valid', 'lifetime-signing'])
  })

  it('is the earliest of those that hold', async () => {
    const result = await late(signature => [
      token('2026-04-01T00:00:00Z', clock, signature),
      token(when, clock, signature),
      token('2025-02-01T00:00:00Z', clock, Buffer.from('another')),
    ])
    expect(result.signatures[0]).toMatchObject({ status: 'valid', signed_at: Date.parse(when) })
  })
})
