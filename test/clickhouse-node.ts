/**
 * Starts real ClickHouse nodes and clusters on loopback, from the engine inside the npm package chdb: no container,
 * no download. A node ends with the process that started it. What such a node cannot do is written at
 * {@link startClickHouseNode}. Measured with engine 26.7.2.1: 0.3 s to the first answer; idle 225 MB resident, 56 MB of
 * that its own (the rest is the library, which nodes share); 470 MB at most while it takes chunks of 64 MiB.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startFaultyWire } from './faulty-wire.ts'

export type Account = { readonly user: string; readonly password: string }

/**
 * Who can log in to every node:
 * `counterseal` may do everything but read or write files and addresses of its choice;
 * `select_only` may only SELECT; `readonly_1` and `readonly_2` have the rights of `counterseal` under a profile with
 * `readonly` 1 (no settings either) or 2; `without_rights` may only log in.
 */
export type StandardUser = 'counterseal' | 'select_only' | 'readonly_1' | 'readonly_2' | 'without_rights'

export type NodeUser = Account & {
  /** `GRANT` statements without `TO`. */
  readonly grants: readonly string[]
  readonly readonly?: 0 | 1 | 2
}

export type ClickHouseNodeOptions = {
  /** Beside the standard ones. */
  readonly users?: readonly NodeUser[]
  /** Also serve https, with a certificate of its own for 127.0.0.1 and localhost. */
  readonly tls?: boolean
  /** Bytes, for the whole node. Default 3 GiB, so that several fit into a test machine. */
  readonly maxServerMemory?: number
}

export type ClickHouseNode = Account & {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly httpPort: number
  /** The native protocol, spoken between nodes. */
  readonly tcpPort: number
  /** Scratch: configuration, `data/`, `user_files/`, `backups/`, `engine.log` (warnings and worse). */
  readonly directory: string
  /** Of the host, which is another after `restart`; undefined while it is down. */
  readonly pid: number | undefined
  /** How its process ended, if it ended by itself (an engine that crashed), with its last words. */
  readonly ended: string | undefined
  /** The accounts of this node; `user` and `password` of the node itself are those of `counterseal`. */
  readonly users: Readonly<Record<StandardUser, Account>>
  /** Where `tls` was asked for. `ca`: the PEM to trust. A wire in front of the same node; see faulty-wire.ts. */
  readonly tls: { readonly url: string; readonly ca: string } | undefined
  /** Runs one statement and gives its text. Throws an Error with the engine's words. Default account: `counterseal`. */
  query(sql: string, options?: NodeQuery): Promise<string>
  /** `SIGKILL`, and waits for the end. The directory stays. */
  kill(): Promise<void>
  /** The same ports and directory again, after `kill` or instead of it. Waits until it answers. */
  restart(): Promise<void>
  /** Ends it and removes its directory. May be called twice. */
  stop(): Promise<void>
}

export type NodeQuery = {
  readonly as?: Account
  /** HTTP parameters: settings, `database`, `query_id`, `param_x`. */
  readonly settings?: Readonly<Record<string, string | number>>
  /** Sent as the body, with the statement in the address: for `INSERT … FORMAT …`. */
  readonly body?: string | Uint8Array
}

export type ClickHouseCluster = {
  /** For `Distributed('NAME', …)`. */
  readonly name: string
  /** One replica of one shard each; all have the same accounts. */
  readonly nodes: readonly ClickHouseNode[]
  /** Starts every node that is down. */
  revive(): Promise<void>
  stop(): Promise<void>
}

/** `peer`: where other nodes come in; see the host. 0: no other nodes. */
type Ports = { readonly http: number; readonly tcp: number; readonly peer: number }
type Cluster = { readonly secret: string; readonly shards: readonly Ports[] }

const host = fileURLToPath(new URL('./clickhouse-node-host.py', import.meta.url))
const clusterName = 'counterseal_test'
const answerWithinMs = 60_000
const hostLog = 'host.log'

/** Opens the ports, then keeps the call from returning: 35 days. */
const serve = `SYSTEM START LISTEN QUERIES ALL; SELECT sleepEachRow(3) FROM numbers(1000000) SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0 FORMAT Null`

/** Without FILE, URL and the like: a node started this way does not confine `file()` to its own directory. */
const everyRight = [
  'GRANT SHOW, SELECT, INSERT, ALTER, CREATE, DROP, UNDROP TABLE, TRUNCATE, OPTIMIZE, BACKUP, KILL QUERY, SYSTEM, dictGet, CLUSTER, REMOTE ON *.*',
  'GRANT TABLE ENGINE ON *',
]

/** Why no node can be started here, for `ctx.skip`; undefined where one can. */
export const noNodes: string | undefined = whyNot()

/**
 * Starts a node and waits until it answers. Throws an Error with the engine's reason when it does not.
 *
 * What it cannot do (it is the engine of clickhouse-local): listen with TLS by itself (`tls` puts a proxy in front),
 * `ON CLUSTER`, replicated tables, `CREATE USER`, `SYSTEM RELOAD CONFIG`, system log tables (`system.query_log`).
 * The user `default` exists without password, since the host itself logs in as it, and may do nothing. The database
 * `default` is not kept over a restart; one made with CREATE DATABASE is.
 */
export async function startClickHouseNode(options: ClickHouseNodeOptions = {}): Promise<ClickHouseNode> {
  return await startOn(await freePorts({ peers: false }), options, standardAccounts())
}

/** Starts `shards` nodes that know each other. They trust a shared secret, and act for each other as the user who asked. */
export async function startClickHouseCluster(
  shards = 2,
  options: ClickHouseNodeOptions = {},
): Promise<ClickHouseCluster> {
  const ports = await Promise.all(Array.from({ length: shards }, async () => await freePorts({ peers: true })))
  const accounts = standardAccounts()
  const cluster: Cluster = { secret: secret(), shards: ports }
  const started = await Promise.allSettled(ports.map(each => startOn(each, options, accounts, cluster)))
  const nodes = started.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []))
  const stop = async () => void (await Promise.all(nodes.map(node => node.stop())))
  for (const each of started) {
    if (each.status === 'rejected') {
      await stop()
      throw each.reason
    }
  }
  return {
    name: clusterName,
    nodes,
    async revive() {
      const down = nodes.filter(node => node.pid === undefined || node.ended !== undefined)
      await Promise.all(down.map(node => node.restart()))
    },
    stop,
  }
}

async function startOn(
  ports: Ports,
  options: ClickHouseNodeOptions,
  users: Readonly<Record<StandardUser, Account>>,
  cluster?: Cluster,
): Promise<ClickHouseNode> {
  const directory = await mkdtemp(join(tmpdir(), 'counterseal-node-'))
  await writeFile(join(directory, 'config.xml'), configOf(directory, ports, options, cluster))
  await writeFile(join(directory, 'users.xml'), usersOf([...standardUsers(users), ...(options.users ?? [])]))
  const url = `http://127.0.0.1:${ports.http}`
  const main = users.counterseal
  let child: ChildProcess | undefined

  const query: ClickHouseNode['query'] = async (sql, { as = main, settings = {}, body } = {}) => {
    const parameters = new URLSearchParams()
    for (const [name, value] of Object.entries(settings)) parameters.set(name, String(value))
    if (body !== undefined) parameters.set('query', sql)
    // Tests wait for whole hunts without a turn of the loop; connections that the node closed meanwhile are noticed now.
    await delay(50)
    const answer = await fetch(`${url}/?${parameters}`, {
      method: 'POST',
      headers: { 'X-ClickHouse-User': as.user, 'X-ClickHouse-Key': as.password },
      body: body ?? sql,
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(text.trim())
    return text
  }
  const start = async () => {
    child = spawnHost(directory, ports)
    await untilAnswering(child, directory, () => query('SELECT 1'))
  }
  const kill = async () => {
    if (child !== undefined) await end(child)
    child = undefined
  }
  const wire = options.tls === true ? await startFaultyWire(url, { tls: true }) : undefined
  const stop = async () => {
    await kill()
    await wire?.stop()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await start()
  } catch (cause) {
    await stop()
    throw cause
  }
  return {
    ...main,
    url,
    httpPort: ports.http,
    tcpPort: ports.tcp,
    directory,
    get pid() {
      return child?.pid
    },
    get ended() {
      return child === undefined ? undefined : endOf(child, directory)
    },
    users,
    tls: wire?.ca === undefined ? undefined : { url: wire.url, ca: wire.ca },
    query,
    kill,
    async restart() {
      await kill()
      await start()
    },
    stop,
  }
}

function spawnHost(directory: string, ports: Ports): ChildProcess {
  const local = ['--path', join(directory, 'data'), '--config-file', join(directory, 'config.xml'), '--query', serve]
  const listen = [`--http_port=${ports.http}`, `--tcp_port=${ports.tcp}`, '--listen_host=127.0.0.1']
  const log = openSync(join(directory, hostLog), 'a')
  const own = [library() ?? '', directory, String(ports.peer), String(ports.tcp)]
  const child = spawn('python3', [host, ...own, '--', ...local, '--', ...listen], {
    cwd: directory,
    stdio: ['pipe', 'ignore', log],
  })
  closeSync(log)
  // A forgotten node does not keep a test process from ending, and ends with it.
  child.unref()
  return child
}

/** Polls. `ask` proves by its password that the answer comes from our node, not from another on the same port. */
async function untilAnswering(child: ChildProcess, directory: string, ask: () => Promise<unknown>): Promise<void> {
  const until = performance.now() + answerWithinMs
  for (;;) {
    try {
      await ask()
      return
    } catch (cause) {
      const ended = endOf(child, directory)
      if (ended !== undefined) throw new Error(`The node did not start: ${ended}`, { cause })
      if (performance.now() > until) throw new Error(`The node did not answer within ${answerWithinMs} ms.`, { cause })
      await delay(20)
    }
  }
}

/** How a host ended, with what it said last; undefined while it runs. */
function endOf(child: ChildProcess, directory: string): string | undefined {
  if (child.exitCode === null && child.signalCode === null) return undefined
  const said = readFileSync(join(directory, hostLog), 'utf8').slice(-4000).trim()
  return `its process ended with ${child.signalCode ?? child.exitCode}. ${said}`
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** Below the range from which the system takes ports for outgoing connections: one of those could sit on ours at a restart. */
async function freePorts({ peers }: { readonly peers: boolean }): Promise<Ports> {
  return { http: await freePort(), tcp: await freePort(), peer: peers ? await freePort() : 0 }
}

/** Given to a node of this process, which may not have opened it yet. */
const givenPorts = new Set<number>()

async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000)
    if (givenPorts.has(port)) continue
    givenPorts.add(port)
    const free = await new Promise<boolean>(resolve => {
      const probe = createServer()
      probe.once('error', () => resolve(false))
      probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)))
    })
    if (free) return port
  }
}

function whyNot(): string | undefined {
  if (library() === undefined) return 'the optional package chdb is not installed on this platform'
  const { status } = spawnSync('python3', ['-c', 'import ctypes'])
  return status === 0 ? undefined : 'python3, which hosts a ClickHouse node, is not installed'
}

/** The engine, in the package of this platform beside or below chdb; in older versions in chdb itself. */
function library(): string | undefined {
  const modules = fileURLToPath(new URL('../node_modules/', import.meta.url))
  const places = [join(modules, '@chdb'), join(modules, 'chdb', 'node_modules', '@chdb')]
  const packages = places.filter(existsSync).flatMap(place => readdirSync(place).map(name => join(place, name)))
  return [...packages, join(modules, 'chdb')].map(each => join(each, 'libchdb.so')).find(existsSync)
}

const secret = (): string => randomBytes(16).toString('hex')

function standardAccounts(): Readonly<Record<StandardUser, Account>> {
  const account = (user: StandardUser): Account => ({ user, password: secret() })
  return {
    counterseal: account('counterseal'),
    select_only: account('select_only'),
    readonly_1: account('readonly_1'),
    readonly_2: account('readonly_2'),
    without_rights: account('without_rights'),
  }
}

function standardUsers(accounts: Readonly<Record<StandardUser, Account>>): readonly NodeUser[] {
  return [
    { ...accounts.counterseal, grants: everyRight },
    { ...accounts.select_only, grants: ['GRANT SELECT ON *.*'] },
    { ...accounts.readonly_1, grants: everyRight, readonly: 1 },
    { ...accounts.readonly_2, grants: everyRight, readonly: 2 },
    { ...accounts.without_rights, grants: ['GRANT USAGE ON *.*'] },
  ]
}

function configOf(directory: string, ports: Ports, options: ClickHouseNodeOptions, cluster?: Cluster): string {
  // A node knows itself by its own port, and then needs no connection; the others by the port for peers.
  const shard = ({ tcp, peer }: Ports) =>
    `<shard><replica><host>127.0.0.1</host><port>${tcp === ports.tcp ? tcp : peer}</port></replica></shard>`
  const servers =
    cluster === undefined
      ? ''
      : `<remote_servers><${clusterName}><secret>${cluster.secret}</secret>
  ${cluster.shards.map(shard).join('\n  ')}
</${clusterName}></remote_servers>`
  return `<clickhouse>
<logger><errorlog>${directory}/engine.log</errorlog><size>16M</size><count>1</count></logger>
<tcp_port>${ports.tcp}</tcp_port>
<users_config>users.xml</users_config>
<user_files_path>${directory}/user_files</user_files_path>
<backups><allowed_path>${directory}/backups</allowed_path></backups>
<max_server_memory_usage>${options.maxServerMemory ?? 3 * 2 ** 30}</max_server_memory_usage>
<mark_cache_size>67108864</mark_cache_size>
${servers}
</clickhouse>
`
}

function usersOf(users: readonly NodeUser[]): string {
  const local = '<networks><ip>127.0.0.1</ip></networks><quota>default</quota>'
  const grants = (all: readonly string[]) => `<grants>${all.map(each => `<query>${each}</query>`).join('')}</grants>`
  const entry = ({ user, password, grants: rights, readonly = 0 }: NodeUser) => {
    const hash = createHash('sha256').update(password).digest('hex')
    return `<${user}><password_sha256_hex>${hash}</password_sha256_hex>${local}<profile>readonly_${readonly}</profile>${grants(rights)}</${user}>`
  }
  const profiles = [0, 1, 2].map(level => `<readonly_${level}><readonly>${level}</readonly></readonly_${level}>`)
  return `<clickhouse>
<profiles><default/>${profiles.join('')}</profiles>
<quotas><default/></quotas>
<users>
<default><no_password/>${local}<profile>default</profile>${grants(['GRANT SYSTEM LISTEN ON *.*'])}</default>
${users.map(entry).join('\n')}
</users>
</clickhouse>
`
}
