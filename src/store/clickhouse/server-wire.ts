import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Readable } from 'node:stream'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { Params } from '../../model/index.ts'
import { formatParam, setParam } from './param.ts'
import { engineCode, longestError, ServerFailure } from './server-failure.ts'
import type { ServerSettings } from './server-options.ts'

/** One statement on its way to one server. */
export type Statement = {
  /** For the engine's log and for messages. */
  readonly name: string
  readonly text: string
  readonly params?: Params
  readonly settings?: Readonly<Record<string, string | number>>
  /** Of unqualified names. Default: the store's; `''`: the user's own. */
  readonly database?: string
  /** What follows an `INSERT … FORMAT`, made anew for each try. */
  readonly body?: () => Readable
  /** The body, or the answer, is one frame of Zstandard after another. */
  readonly zstd?: 'body' | 'answer'
  readonly signal?: AbortSignal
  /** `one`: what is lost on the way is not tried again. */
  readonly tries?: 'one' | 'patient'
}

type Client = ReturnType<typeof createClient>

type Settings = Readonly<Record<string, string | number>>

/** Parameters go into the URL up to this many characters, encoded: proxies refuse longer ones (nginx: 8 KiB). */
const longestInUrl = 4_000

/** Settings of every request. */
const everyRequest: Settings = {
  output_format_json_quote_64bit_integers: 0,
  // An insertion is answered when it is done, and an error comes as text, not as a row.
  async_insert: 0,
  http_write_exception_in_output_format: 0,
  // Bytes of one statement: a mutation may name 200,000 events, and so may a parameter.
  max_query_size: 1 << 30,
  // A sign of life in the headers every 10 s: a long query and a dead connection are told apart.
  send_progress_in_http_headers: 1,
  http_headers_progress_interval_ms: 10_000,
}

/** The way to one ClickHouse server: HTTP, TLS, credentials, parameters. One try each; nothing is repeated here. */
export class ServerWire {
  /** The address, without credentials. */
  readonly location: string
  readonly #client: Client
  readonly #database: string

  constructor(url: string, settings: ServerSettings) {
    const { origin, pathname, protocol } = new URL(url)
    const { user = 'default', password = '', token, ca, cert, key, idleTimeoutMs } = settings
    const tls = Object.fromEntries(Object.entries({ ca, cert, key }).filter(([, pem]) => pem !== undefined))
    this.location = `${origin}${pathname === '/' ? '' : pathname}`
    this.#database = settings.database
    this.#client = createClient({
      url: this.location,
      application: 'counterseal',
      // Our own agents: any number of connections, so that stopping a query never waits for one; TLS as it was given.
      http_agent:
        protocol === 'https:' ? new HttpsAgent({ keepAlive: true, ...tls }) : new HttpAgent({ keepAlive: true }),
      request_timeout: idleTimeoutMs,
      max_response_headers_size: 1 << 20,
      log: { level: ClickHouseLogLevel.OFF },
      ...(token === undefined ? { username: user, password } : { access_token: token }),
    })
  }

  /** Sends it and waits for the beginning of the answer. Throws {@link ServerFailure} for any answer but a good one. */
  async send(statement: Statement, comment: string): Promise<Readable> {
    const { text, params = {}, database = this.#database } = statement
    const settings = { ...everyRequest, ...statement.settings, log_comment: comment, ...(database && { database }) }
    const short = Object.entries(params).map(([name, value]): [string, string] => [`param_${name}`, formatParam(value)])
    if (new URLSearchParams(short).toString().length <= longestInUrl)
      return await this.#request(text, { ...settings, ...Object.fromEntries(short) }, statement)
    // The engine takes a form's field up to 128 KiB and a URL up to 1 MiB; as settings of a session values may be longer.
    const session = { session_id: `counterseal/${comment}`, session_timeout: 60 }
    const set = Object.entries(params).map(([name, value]) => setParam(name, value))
    for await (const _ of await this.#request(`SET ${set.join(', ')}`, { ...settings, ...session }));
    return await this.#request(text, { ...settings, ...session }, statement)
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  /** The client writes settings into the URL as they are, and so also what is none: the database, a session, parameters. */
  async #request(
    query: string,
    settings: Settings,
    { body, zstd, signal }: Pick<Statement, 'body' | 'zstd' | 'signal'> = {},
  ): Promise<Readable> {
    // A body that was begun is aborted; everything else is stopped at the server.
    const abort = body === undefined || signal === undefined ? {} : { abort_signal: signal }
    const headers =
      zstd === undefined ? {} : zstd === 'body' ? { 'Content-Encoding': 'zstd' } : { 'Accept-Encoding': 'zstd' }
    let answer: Awaited<ReturnType<Client['exec']>>
    try {
      answer = await this.#client.exec({
        query,
        clickhouse_settings: { ...settings, ...(zstd === 'answer' ? { enable_http_compression: 1 } : {}) },
        ignore_error_response: true,
        decompress_response_stream: false,
        http_headers: headers,
        ...abort,
        ...(body === undefined ? {} : { values: body() }),
      })
    } catch (cause) {
      throw wayFailure(cause)
    }
    const { stream, http_status_code: status = 0, response_headers } = answer
    const code = Number(response_headers['x-clickhouse-exception-code'] ?? 0)
    if (status === 200 && code === 0) return stream
    const said = await textOf(stream)
    throw new ServerFailure({ code: code || engineCode(said), status, said })
  }
}

function wayFailure(cause: unknown): ServerFailure {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  // The client's own words for a socket that was silent for `request_timeout`.
  if (error.message === 'Timeout error.') Object.assign(error, { code: 'ERR_IDLE' })
  const said = 'code' in error && error.message === '' ? String(error.code) : error.message
  return new ServerFailure({ said, cause: error })
}

async function textOf(stream: Readable): Promise<string> {
  let text = ''
  try {
    for await (const piece of stream) if (text.length < longestError) text += String(piece)
  } catch {
    // What came before it broke off is what we know.
  }
  return text
}
