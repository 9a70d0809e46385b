import { readFileSync } from 'node:fs'
import { CountersealError } from '../../base/index.ts'

/**
 * Which PostgreSQL, as whom, and how safely. We read the address ourselves: what `pg` makes of `sslmode` has changed
 * between its versions and is about to change again, and its errors quote what they could not read.
 */
export type ServerOptions = {
  /**
   * `postgres://user:password@host:port/database?sslmode=…`, or `postgresql:`, at most 8,192 characters, with percent
   * signs where RFC 3986 wants them. A Unix socket: `postgres:///database?host=/directory`.
   * Left out, the port is 5432, the database that of the user's name, the user `PGUSER` or who runs this process.
   *
   * Parameters: `host`, `sslmode`, `sslrootcert`, `sslcert`, `sslkey` (paths), and no others.
   */
  readonly url: string
  /** Instead of the one in the URL. */
  readonly user?: string
  /** Instead of the one in the URL; without either, `PGPASSWORD`. */
  readonly password?: string
  /** Holds the tables. Lower-case letters, digits and `_`, at most 63. Default `counterseal`. `migrate()` makes it. */
  readonly schema?: string
  /** Authorities to trust, PEM. Default: `sslrootcert` of the URL, else those that Node.js brings. */
  readonly ca?: string
  /** A certificate to show to the server, and its key, PEM. Default: `sslcert` and `sslkey` of the URL, else none. */
  readonly cert?: string
  readonly key?: string
}

/**
 * How far the server is trusted, in the words and the meaning of PostgreSQL (manual of 18, "SSL Support", 32.19.1):
 *
 * - `disable`: no TLS. Whoever is on the way reads and alters everything.
 * - `require`: TLS, but the certificate is not looked at, unless an authority is named; then as `verify-ca`. Keeps out
 *   listeners, not impostors. (`pg` 8 verifies here; `pg` 9 will not.)
 * - `verify-ca`: signed by the named authority, for whatever name.
 * - `verify-full`: signed by a trusted authority for the name that was connected to.
 *
 * `allow` and `prefer` are refused: they fall back to plain text in silence. Without `sslmode`: `verify-full`, except on
 * the way to this machine itself (`localhost`, 127.0.0.0/8, ::1, a Unix socket), where it is `disable`.
 */
export type SslMode = 'disable' | 'require' | 'verify-ca' | 'verify-full'

export type ServerAddress = {
  /** A name, an address without brackets, or the directory of a Unix socket. */
  readonly host: string
  readonly port: number
  readonly user: string | undefined
  readonly password: string | undefined
  readonly database: string | undefined
  readonly schema: string
  readonly sslMode: SslMode
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

export const defaultSchema = 'counterseal'

const longestUrl = 8_192
const longestPem = 1024 * 1024
const sslModes: readonly SslMode[] = ['disable', 'require', 'verify-ca', 'verify-full']
const parameters: readonly string[] = ['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey']

/** Never quotes the URL: it may hold a password, also where it could not be read. */
function bad(what: string, remedy = 'Write it as postgres://user:password@host:5432/database?sslmode=verify-full.') {
  return new CountersealError('usage/bad-argument', { message: `The address of the case store ${what}.`, remedy })
}

function decode(text: string, what: string): string | undefined {
  if (text === '') return undefined
  let decoded: string
  try {
    decoded = decodeURIComponent(text)
  } catch {
    throw bad(`has a percent sign in its ${what} that is not part of an escape; write it as %25`)
  }
  // The protocol ends a text with NUL.
  if (decoded.includes('\0')) throw bad(`has a NUL in its ${what}`)
  return decoded
}

function parseUrl(text: string): URL {
  if (text.length > longestUrl) throw bad(`has ${text.length} characters, and ${longestUrl} are the most`)
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw bad('is not a URL')
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') throw bad('does not begin with postgres://')
  const unknown = [...url.searchParams.keys()].filter(name => !parameters.includes(name))
  if (unknown.length > 0) throw bad(`has the parameter ${JSON.stringify(unknown[0])}, which we do not know`)
  return url
}

function isThisMachine(host: string): boolean {
  return host.startsWith('/') || host === '::1' || /^localhost\.?$/i.test(host) || /^127(\.\d{1,3}){3}$/.test(host)
}

function sslModeOf(url: URL, host: string, ca: string | undefined): SslMode {
  const asked = url.searchParams.get('sslmode')
  if (asked === null) return isThisMachine(host) ? 'disable' : 'verify-full'
  const mode = sslModes.find(one => one === asked)
  if (mode === undefined) {
    throw bad(`has sslmode=${JSON.stringify(asked)}`, `Use one of ${sslModes.join(', ')}.`)
  }
  if (mode === 'verify-ca' && ca === undefined) {
    throw bad(
      'has sslmode=verify-ca without naming an authority, so that everybody with a certificate would be trusted',
      'Name the authority with sslrootcert=PATH, or use sslmode=verify-full.',
    )
  }
  return mode === 'require' && ca !== undefined ? 'verify-ca' : mode
}

function pemAt(url: URL, parameter: 'sslrootcert' | 'sslcert' | 'sslkey'): string | undefined {
  const path = url.searchParams.get(parameter)
  // "system" is libpq's word for the authorities that the system trusts.
  if (path === null || (parameter === 'sslrootcert' && path === 'system')) return undefined
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw bad(`names ${parameter}=${path}, which cannot be read: ${String(cause)}`, 'Name a readable file in PEM.')
  }
  if (text.length > longestPem || !text.includes('-----BEGIN ')) {
    throw bad(`names ${parameter}=${path}, which is not PEM`, 'Name a file that has a line -----BEGIN …-----.')
  }
  return text
}

/** @throws CountersealError `usage/bad-argument`, which quotes neither the URL nor a secret in it */
export function readServerAddress(options: ServerOptions): ServerAddress {
  const { schema = defaultSchema } = options
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema) || schema.startsWith('pg_') || schema === 'information_schema') {
    throw new CountersealError('usage/bad-argument', {
      message: `${JSON.stringify(schema)} cannot be the schema of the case store.`,
      remedy: 'Use lower-case letters, digits and _, at most 63, without pg_ in front.',
    })
  }
  const url = parseUrl(options.url)
  const inUrl = decode(url.hostname, 'host')?.replace(/^\[(.+)\]$/, '$1')
  const host = url.searchParams.get('host') ?? inUrl
  if (host === undefined || host === '') throw bad('names no host')
  if (host.includes(','))
    throw bad('names several hosts; we connect to one', 'Name one host, or a proxy before several.')
  const ca = options.ca ?? pemAt(url, 'sslrootcert')
  const cert = options.cert ?? pemAt(url, 'sslcert')
  const key = options.key ?? pemAt(url, 'sslkey')
  if ((cert === undefined) !== (key === undefined)) {
    throw bad('has a certificate without its key, or a key without its certificate', 'Name both, or neither.')
  }
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user: options.user ?? decode(url.username, 'user'),
    password: options.password ?? decode(url.password, 'password'),
    database: decode(url.pathname.slice(1), 'database'),
    schema,
    sslMode: sslModeOf(url, host, ca),
    ca,
    cert,
    key,
  }
}

/** For messages: where, without who and how. */
export function describeAddress({ host, port, database, schema }: ServerAddress): string {
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  return `PostgreSQL at ${place}, database ${JSON.stringify(database ?? '(of the user)')}, schema ${schema}`
}
