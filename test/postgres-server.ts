import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { makeTestCertificates, type TestCertificates } from '../src/store/postgres/certificates.contract.ts'

/**
 * A real PostgreSQL of Debian for tests: on 127.0.0.1 and a free port, passwords by SCRAM, nothing synced to the disk.
 * It ends with the process that started it, however that ends: a shell between the two waits for the end of its
 * standard input, which the kernel closes with its writer, then stops the server and removes its directory.
 */
export type PostgresServer = {
  readonly host: '127.0.0.1'
  readonly port: number
  /** Superuser `boss` with password {@link bossPassword}, database `postgres`. */
  readonly url: string
  /** Its data directory. */
  readonly data: string
  /** With TLS: the authority and a client's certificate, as PEM. */
  readonly certificates: TestCertificates | undefined
  /** The superuser's URL with another user, password or database. */
  urlOf(change: { readonly user?: string; readonly password?: string; readonly database?: string }): string
  /** Runs statements as superuser, one after the other, each outside a transaction; the rows of the last one. */
  run(...statements: readonly string[]): Promise<readonly Record<string, unknown>[]>
  /** An empty database of its own. Returns its name. */
  newDatabase(options?: string): Promise<string>
  /** The processes of the server: `kill -9` of the first one, the rest follow. The data stays. */
  kill(): Promise<void>
  /** Starts again after {@link kill}, on the same port and data. */
  start(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** Invented. It has what URLs and PostgreSQL's own quoting stumble over. */
export const bossPassword = `p@ss:w/rd %41'"\\`

export type PostgresServerOptions = {
  /** Accepts TLS with a test certificate for `localhost` and 127.0.0.1, and on TCP nothing else. */
  readonly tls?: boolean
  /** Further lines of postgresql.conf. */
  readonly settings?: readonly string[]
}

/** The directory of the newest PostgreSQL programs, or why there is none. */
export function postgresPrograms(): { readonly bin: string } | { readonly missing: string } {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).filter(name => /^\d+$/.test(name)) : []
  const newest = versions.sort((a, b) => Number(b) - Number(a)).map(version => join(root, version, 'bin'))
  const bin = newest.find(one => existsSync(join(one, 'initdb')) && existsSync(join(one, 'postgres')))
  if (bin === undefined) return { missing: 'PostgreSQL is not installed (apt-get install postgresql)' }
  if (process.getuid?.() === 0 && unprivileged() === undefined) return { missing: 'no user for PostgreSQL to run as' }
  return { bin }
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  const line = users.find(one => one.startsWith('postgres:')) ?? users.find(one => one.startsWith('nobody:'))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
}

/** Free when asked; another process may be quicker, and then the server does not start. */
async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** $1: postgres, $2: its data, $3: what to remove in the end. Says the server's process id, then waits for its end or ours. */
const keeper = `
"$1" -D "$2" >>"$2/log" 2>&1 </dev/null &
server=$!
echo "$server"
trap '' TERM INT HUP
read -r order
kill -QUIT "$server" 2>/dev/null
wait "$server"
if [ "$order" != keep ]; then rm -rf "$3"; fi
`

/** @throws when it does not start, with its log */
export async function startPostgres(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const programs = postgresPrograms()
  if ('missing' in programs) throw new Error(programs.missing)
  const user = unprivileged()
  const own = (path: string) => (user === undefined ? undefined : chownSync(path, user.uid, user.gid))
  const directory = mkdtempSync(join(tmpdir(), 'counterseal-pg-'))
  own(directory)
  const data = join(directory, 'data')
  const passwordFile = join(directory, 'password')
  const put = (path: string, text: string) => {
    writeFileSync(path, text, { mode: 0o600 })
    own(path)
  }
  put(passwordFile, bossPassword)
  const made = spawnSync(
    join(programs.bin, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'boss',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ],
    { ...user, cwd: directory, encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } },
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)

  const port = await freePort()
  const certificates = options.tls ? await makeTestCertificates() : undefined
  const settings = [
    `port = ${port}`,
    `listen_addresses = '127.0.0.1'`,
    `unix_socket_directories = ''`,
    'fsync = off',
    'full_page_writes = off',
    'max_connections = 60',
    'shared_buffers = 32MB',
    'logging_collector = off',
    ...(options.settings ?? []),
  ]
  if (certificates !== undefined) {
    put(join(data, 'server.crt'), certificates.server.cert)
    put(join(data, 'server.key'), certificates.server.key)
    put(join(data, 'root.crt'), certificates.ca)
    settings.push('ssl = on', `ssl_ca_file = 'root.crt'`)
    put(
      join(data, 'pg_hba.conf'),
      'hostssl all holder all scram-sha-256 clientcert=verify-full\nhostssl all all all scram-sha-256\n',
    )
  }
  writeFileSync(join(data, 'postgresql.auto.conf'), `${settings.join('\n')}\n`)
  chmodSync(join(data, 'postgresql.auto.conf'), 0o600)

  let shell: ChildProcess | undefined
  let serverPid: number | undefined
  const clientOptions = (database = 'postgres') => ({
    host: '127.0.0.1',
    port,
    user: 'boss',
    password: bossPassword,
    database,
    ssl: certificates === undefined ? false : { ca: certificates.ca },
  })
  const run = async (...statements: readonly string[]) => {
    const client = new pg.Client(clientOptions())
    await client.connect()
    try {
      let rows: readonly Record<string, unknown>[] = []
      for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows
      return rows
    } finally {
      await client.end()
    }
  }

  const log = () => (existsSync(join(data, 'log')) ? readFileSync(join(data, 'log'), 'utf8').slice(-2_000) : 'no log')
  const spawnServer = async (): Promise<number> => {
    const child = spawn('/bin/sh', ['-c', keeper, 'keeper', join(programs.bin, 'postgres'), data, directory], {
      ...user,
      cwd: directory,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
    })
    shell = child
    const [line] = await once(child.stdout, 'data')
    return Number(String(line))
  }
  /** Refused until it listens, then answered with 57P03 until it is ready. After `kill -9` the old one's last processes may be in the way. */
  const start = async () => {
    const deadline = Date.now() + 60_000
    serverPid = await spawnServer()
    for (;;) {
      const error = await run('select 1').then(
        () => undefined,
        (caught: unknown) => caught,
      )
      if (error === undefined) return
      if (Date.now() > deadline) throw new Error(`PostgreSQL does not answer: ${String(error)}: ${log()}`)
      if (!isRunning(serverPid)) {
        await end('keep')
        serverPid = await spawnServer()
      }
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
  const end = async (order: 'keep' | 'remove') => {
    const child = shell
    shell = undefined
    if (child === undefined) return
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
    child.stdin?.end(`${order}\n`)
    await ended
  }
  try {
    await start()
  } catch (error) {
    await end('remove')
    throw error
  }

  const url = (change: Parameters<PostgresServer['urlOf']>[0] = {}) => {
    const { user: name = 'boss', password = bossPassword, database = 'postgres' } = change
    const who = `${encodeURIComponent(name)}:${encodeURIComponent(password)}`
    return `postgres://${who}@127.0.0.1:${port}/${encodeURIComponent(database)}`
  }
  let databases = 0
  return {
    host: '127.0.0.1',
    port,
    url: url(),
    data,
    certificates,
    urlOf: url,
    run,
    newDatabase: async (extra = '') => {
      const name = `test_${++databases}`
      await run(`create database ${name} ${extra}`)
      return name
    },
    kill: async () => {
      if (serverPid !== undefined) process.kill(serverPid, 'SIGKILL')
      await end('keep')
    },
    start,
    stop: async () => {
      await end('remove')
      // What was killed and not started again has no keeper left to remove it.
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** False for a process that has ended and whose parent has not asked yet. */
function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')
  } catch {
    return false
  }
}
