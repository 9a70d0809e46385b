import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../../test/postgres-server.ts'
import type { TestCertificates } from './certificates.contract.ts'
import { describeOnServer } from './database.contract.ts'
import { inventedHunt } from './invented.contract.ts'
import { openPostgresCaseStore, type PostgresOptions } from './server.ts'

describeOnServer('a server with TLS', { tls: true }, started => {
  let server: PostgresServer
  let plain: PostgresServer
  let certificates: TestCertificates
  beforeAll(async () => {
    server = started()
    plain = await startPostgres()
    if (server.certificates === undefined) throw new Error('no certificates')
    certificates = server.certificates
    await server.run(`create role holder login password 'held'`, 'grant create on database postgres to holder')
  })
  afterAll(async () => {
    await plain.stop()
  })

  const opening = async (mode: string, options: Partial<PostgresOptions> = {}, host = '127.0.0.1', at = server) => {
    const url = `${at.url.replace('127.0.0.1', host)}${mode === '' ? '' : `?sslmode=${mode}`}`
    const store = await openPostgresCaseStore({ url, ...options })
    await store.migrate()
    const hunts = await store.hunts()
    await store.close()
    return hunts.length
  }

  test('is connected to where its certificate is trusted and for its name', async () => {
    const { ca } = certificates
    for (const host of ['127.0.0.1', 'localhost']) expect(await opening('verify-full', { ca }, host)).toBe(0)
    expect(await opening('verify-ca', { ca })).toBe(0)
    expect(await opening('require', { ca })).toBe(0)
    expect(await opening('require')).toBe(0)
  })

  test.each([
    ['verify-full, signed by nobody we know', 'verify-full', () => ({})],
    ['verify-full, signed by another authority', 'verify-full', () => ({ ca: certificates.stranger })],
    ['verify-ca, signed by another authority', 'verify-ca', () => ({ ca: certificates.stranger })],
    ['require with an authority, signed by another', 'require', () => ({ ca: certificates.stranger })],
  ])('is refused with sslmode %s', async (_, mode, options) => {
    await expect(opening(mode, options())).rejects.toMatchObject({
      code: 'store/refused',
      remedy: expect.stringContaining('authority'),
    })
  })

  test('for another name is refused with verify-full, and taken with verify-ca', async () => {
    const { ca } = certificates
    // 127.0.0.1 in other words, which the certificate does not have.
    await expect(opening('verify-full', { ca }, '127.1')).rejects.toMatchObject({ code: 'store/refused' })
    expect(await opening('verify-ca', { ca }, '127.1')).toBe(0)
  })

  test('is not given a password in plain text', async () => {
    await expect(opening('disable')).rejects.toMatchObject({
      code: 'store/refused',
      message: expect.stringMatching(/no pg_hba.conf entry .* no encryption/),
    })
  })

  test('a server without TLS is refused where TLS is asked for', async () => {
    for (const mode of ['require', 'verify-full']) {
      await expect(opening(mode, { ca: certificates.ca }, '127.0.0.1', plain)).rejects.toMatchObject({
        code: 'store/refused',
        message: expect.stringContaining('does not support SSL'),
      })
    }
  })

  test('a certificate of ours is shown where the server wants one', async () => {
    const url = `${server.urlOf({ user: 'holder', password: 'held' })}?sslmode=verify-full`
    const { ca, client } = certificates
    await expect(openPostgresCaseStore({ url, ca })).rejects.toMatchObject({ code: 'store/refused' })
    const store = await openPostgresCaseStore({ url, ca, ...client, schema: 'held' })
    await store.migrate()
    await store.recordHunt(inventedHunt(), [])
    expect((await store.hunts()).length).toBe(1)
    await store.close()
  })

  test('what is no certificate is refused by name of the option, and not quoted', async () => {
    const bad = { ca: certificates.ca, cert: 'a secret', key: 'a secret' }
    const error = await opening('verify-full', bad).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'store/refused' })
    expect(String(error)).not.toContain('a secret')
  })
})
