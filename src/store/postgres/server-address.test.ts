import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeAddress, readServerAddress } from './server-address.ts'
import { leastServerVersion, refuseServer, type ServerFacts } from './server-session.ts'

const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n'

test('an address says where, as whom and into which database', () => {
  const url = 'postgresql://an%40alyst:p%40ss%2F%25%3A@db.example:6432/cases'
  expect(readServerAddress({ url })).toMatchObject({
    host: 'db.example',
    port: 6432,
    user: 'an@alyst',
    password: 'p@ss/%:',
    database: 'cases',
    schema: 'counterseal',
  })
})

test('user and password given apart go before those in the URL', () => {
  const url = 'postgres://a:b@db.example/cases'
  expect(readServerAddress({ url, user: 'c', password: 'd' })).toMatchObject({ user: 'c', password: 'd' })
})

test.each([
  ['postgres://db.example/cases', 'verify-full'],
  ['postgres://192.0.2.1/cases', 'verify-full'],
  ['postgres://[2001:db8::1]/cases', 'verify-full'],
  ['postgres://localhost.example/cases', 'verify-full'],
  ['postgres://127.example/cases', 'verify-full'],
  ['postgres://localhost/cases', 'disable'],
  ['postgres://127.0.0.1/cases', 'disable'],
  ['postgres://[::1]/cases', 'disable'],
  ['postgres:///cases?host=/var/run/postgresql', 'disable'],
  ['postgres://localhost/cases?sslmode=verify-full', 'verify-full'],
  ['postgres://db.example/cases?sslmode=require', 'require'],
  ['postgres://db.example/cases?sslmode=disable', 'disable'],
])('%s is connected to with sslmode %s', (url, sslMode) => {
  expect(readServerAddress({ url }).sslMode).toBe(sslMode)
})

test('require with an authority verifies it, as PostgreSQL says it should', () => {
  expect(readServerAddress({ url: 'postgres://db.example/cases?sslmode=require', ca: pem }).sslMode).toBe('verify-ca')
})

test('certificates can be named by path in the URL', () => {
  const directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
  const path = join(directory, 'ca.pem')
  writeFileSync(path, pem)
  const url = (value: string) => `postgres://db.example/cases?sslrootcert=${encodeURIComponent(value)}`
  expect(readServerAddress({ url: url(path) }).ca).toBe(pem)
  expect(readServerAddress({ url: url('system') }).ca).toBeUndefined()
  writeFileSync(path, 'years of work')
  expect(() => readServerAddress({ url: url(path) })).toThrow('is not PEM')
  rmSync(directory, { recursive: true })
  expect(() => readServerAddress({ url: url(path) })).toThrow('cannot be read')
})

test.each([
  ['', 'is not a URL'],
  ['s3cret', 'is not a URL'],
  ['https://me:s3cret@db.example/cases', 'does not begin with postgres://'],
  ['postgres://me:s3cret@db.example:99999/cases', 'is not a URL'],
  ['postgres://me:s3cret%@db.example/cases', 'percent sign in its password'],
  ['postgres://me:s3cret%00@db.example/cases', 'NUL in its password'],
  ['postgres://me:s3cret@/cases', 'is not a URL'],
  ['postgres:///cases', 'names no host'],
  ['postgres://me:s3cret@a.example,b.example/cases', 'several hosts'],
  ['postgres://me:s3cret@db.example/cases?sslmode=prefer', 'sslmode="prefer"'],
  ['postgres://me:s3cret@db.example/cases?sslmode=no-verify', 'sslmode="no-verify"'],
  ['postgres://me:s3cret@db.example/cases?sslmode=verify-ca', 'without naming an authority'],
  ['postgres://me:s3cret@db.example/cases?options=-csearch_path=other', 'parameter "options"'],
  ['postgres://me:s3cret@db.example/cases?password=s3cret', 'parameter "password"'],
  [`postgres://me:s3cret@db.example/${'x'.repeat(9_000)}`, 'characters'],
])('%.60s is refused, and the secret in it is not repeated', (url, why) => {
  const refuse = () => readServerAddress({ url })
  expect(refuse).toThrow(expect.objectContaining({ code: 'usage/bad-argument', message: expect.stringContaining(why) }))
  expect(refuse).not.toThrow(/s3cret/)
})

test('a certificate without its key is refused, and so is a key without its certificate', () => {
  const url = 'postgres://db.example/cases'
  expect(() => readServerAddress({ url, cert: pem })).toThrow('without its key')
  expect(() => readServerAddress({ url, key: pem })).toThrow('without its certificate')
})

test.each(['Cases', 'pg_cases', 'information_schema', 'a"b', '', '1a', 'x'.repeat(64), 'a\u0000'])(
  '%j cannot be the schema',
  schema => {
    expect(() => readServerAddress({ url: 'postgres://localhost/cases', schema })).toThrow('cannot be the schema')
  },
)

test('an address is described without user and password', () => {
  const address = readServerAddress({ url: 'postgres://me:s3cret@[2001:db8::1]/cases' })
  expect(describeAddress(address)).toBe('PostgreSQL at [2001:db8::1]:5432, database "cases", schema counterseal')
})

test('a server is refused that is too old, keeps text otherwise, or takes no changes', () => {
  const address = readServerAddress({ url: 'postgres://me:s3cret@db.example/cases' })
  const good: ServerFacts = { version: leastServerVersion.number, encoding: 'UTF8', standby: false, readOnly: false }
  const refusal = (change: Partial<ServerFacts>) => {
    try {
      refuseServer({ ...good, ...change }, address)
      return undefined
    } catch (error) {
      return error
    }
  }
  expect(refusal({})).toBeUndefined()
  expect(refusal({ version: 180_001 })).toBeUndefined()
  expect(refusal({ version: 140_012 })).toMatchObject({
    code: 'store/wrong-version',
    message: expect.stringMatching(/is version 14\.12; .* needs 15 or newer/),
  })
  expect(refusal({ encoding: 'SQL_ASCII' })).toMatchObject({ code: 'store/unavailable' })
  expect(refusal({ standby: true })).toMatchObject({
    code: 'store/read-only',
    message: expect.stringMatching('standby'),
  })
  expect(refusal({ readOnly: true })).toMatchObject({ code: 'store/read-only' })
})
