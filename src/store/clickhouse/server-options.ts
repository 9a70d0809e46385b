import { CountersealError } from '../../base/index.ts'

/** How to reach a ClickHouse server, or all nodes of a cluster. */
export type ClickHouseOptions = {
  /**
   * `http://` or `https://`, without credentials. One of a server; of a cluster one per node, since the schema is
   * brought to each node by itself. The first that answers when the store is opened coordinates every query.
   */
  readonly urls: readonly string[]
  /** Made when it does not exist. */
  readonly database?: string
  readonly user?: string
  readonly password?: string
  /** A JWT, instead of user and password. */
  readonly token?: string
  /** PEM: whom to trust instead of the system's authorities. */
  readonly ca?: string
  /** PEM: our own certificate and its key, for a server that asks for one. */
  readonly cert?: string
  readonly key?: string
  /** A name in `remote_servers`. Undefined: one server. */
  readonly cluster?: string
  /** Queries answer from the shards that answer, and `describe()` says which do not. Nothing is ever stored in part. */
  readonly allowPartial?: boolean
  /** Silence of a connection, in milliseconds, after which it counts as lost. Longer than the longest step of a query. */
  readonly idleTimeoutMs?: number
  /** For how long, in milliseconds, a lost connection is tried again, at growing intervals. */
  readonly retryForMs?: number
}

/** The options with their defaults, checked. */
export type ServerSettings = ClickHouseOptions &
  Required<Pick<ClickHouseOptions, 'database' | 'allowPartial' | 'idleTimeoutMs' | 'retryForMs'>>

/** Throws `usage/bad-argument`. What could be a secret is in no message. */
export function serverSettings(options: ClickHouseOptions): ServerSettings {
  const {
    database = 'counterseal',
    allowPartial = false,
    idleTimeoutMs = 300_000,
    retryForMs = 20_000,
    ...rest
  } = options
  if (rest.urls.length === 0) throw refused('No address of a ClickHouse server was given.')
  for (const [index, url] of rest.urls.entries()) checkUrl(url, index)
  if (rest.token !== undefined && (rest.user !== undefined || rest.password !== undefined))
    throw refused('A ClickHouse server takes either a token or a user and a password, not both.')
  if ((rest.cert === undefined) !== (rest.key === undefined))
    throw refused('A client certificate for a ClickHouse server needs its key, and the key its certificate.')
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(database))
    throw refused(`${JSON.stringify(database)} is no name for a database: letters, digits and underscores.`)
  if (rest.cluster !== undefined && !/^[A-Za-z0-9_.{}-]{1,128}$/.test(rest.cluster))
    throw refused(`${JSON.stringify(rest.cluster)} is no name of a cluster.`)
  if (rest.cluster === undefined && rest.urls.length > 1)
    throw refused('Several addresses of ClickHouse servers were given, but no name of a cluster.')
  return { ...rest, database, allowPartial, idleTimeoutMs, retryForMs }
}

function checkUrl(text: string, index: number): void {
  const which = `Address ${index + 1} of the ClickHouse server`
  if (!URL.canParse(text)) throw refused(`${which} is no URL.`)
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refused(`${which} begins neither with http:// nor with https://.`)
  if (url.username !== '' || url.password !== '')
    throw refused(`${which} contains credentials; they belong into settings of their own, where no log shows them.`)
  if (url.search !== '' || url.hash !== '')
    throw refused(`${which} has parameters; only scheme, host, port and path are used.`)
}

function refused(message: string): CountersealError {
  return new CountersealError('usage/bad-argument', { message })
}
