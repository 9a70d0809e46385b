import { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import pg from 'pg'
import type { ServerAddress } from './server-address.ts'
import { prepareSession } from './server-session.ts'

export type PoolLimits = {
  readonly poolSize: number
  readonly connectTimeoutMs: number
  readonly statementTimeoutMs: number
}

export type ServerPool = { readonly pool: pg.Pool; readonly end: () => Promise<void> }

/** `false` in so many words where there is none, or `pg` would look into the environment. */
function tlsOf({ sslMode, ca, cert, key }: ServerAddress): ConnectionOptions | false {
  if (sslMode === 'disable') return false
  const options: ConnectionOptions = { rejectUnauthorized: sslMode !== 'require' }
  if (ca !== undefined) options.ca = ca
  if (cert !== undefined) options.cert = cert
  if (key !== undefined) options.key = key
  if (sslMode === 'verify-ca') options.checkServerIdentity = () => undefined
  return options
}

/**
 * Connections to one server. Idle ones do not keep the process alive, and one that is lost is forgotten in silence: who
 * uses it learns of it by the call that fails.
 */
export function openPool(address: ServerAddress, limits: PoolLimits): ServerPool {
  const sockets = new Set<Socket>()
  const given = address.password ?? process.env.PGPASSWORD
  // A function, because `pg` reads ~/.pgpass for a password that is not there.
  const password = () => {
    if (given === undefined) throw new Error('SASL: the server asks for a password, and none was given')
    return given
  }

  class SteadyClient extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      // Not given to the pool, which hides the one from us, and applies the other to the waiting for a connection too.
      super({ ...config, password, connectionTimeoutMillis: limits.connectTimeoutMs })
      // The pool listens on idle connections only; without a listener an error on one in use would end the process.
      this.on('error', () => {})
    }
  }

  const pool = new pg.Pool({
    Client: SteadyClient,
    host: address.host,
    port: address.port,
    ...(address.user === undefined ? {} : { user: address.user }),
    ...(address.database === undefined ? {} : { database: address.database }),
    ssl: tlsOf(address),
    application_name: 'counterseal',
    // Also set with the rest of the session; but that statement, too, would be under the server's own, however short.
    statement_timeout: limits.statementTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    max: limits.poolSize,
    allowExitOnIdle: true,
    // Ours to end: `pg` leaves a connection open whose password it could not make.
    stream: () => {
      const socket = new Socket()
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      return socket
    },
    // Awaited, although the types of `pg` say nothing of it (pg-pool 3.14, newClient).
    onConnect: client => prepareSession(client, address, limits),
  })
  pool.on('error', () => {})
  const end = async () => {
    await pool.end()
    for (const socket of sockets) socket.destroy()
  }
  return { pool, end }
}
