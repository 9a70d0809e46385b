/**
 * A wire to a ClickHouse node that can be told to fail: an HTTP proxy on loopback. It also stands for the proxies real
 * nodes are reached through: one that ends TLS, one that takes a bearer token. It lives in the event loop of the test:
 * a program started with `spawnSync` that goes through it waits for ever, so start that with `spawn`.
 */
import 'reflect-metadata'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import * as x509 from '@peculiar/x509'

export type Fault =
  /** Hands over this much of the request body, then cuts the connections on both sides. */
  | { readonly kind: 'cut_request'; readonly afterBytes: number }
  /** The node gets the whole request and answers it; the client gets a closed connection. */
  | { readonly kind: 'lose_response' }
  /** The node answers at once, the client hears of it later. */
  | { readonly kind: 'slow_response'; readonly delayMs: number }
  /** The client gets this instead; the node hears nothing. As an overloaded proxy does: 502, 503, 429. */
  | { readonly kind: 'refuse'; readonly status: number }

export type WireRequest = {
  /** The statement, or as much of it as came first; `''` when it is compressed. With INSERT data behind it. */
  readonly statement: string
  /** The parameters in the address: settings, `query_id`, `param_x`, without `query`. */
  readonly settings: Readonly<Record<string, string>>
  /** What became of it. A fault that has not struck yet, or a request under way: `forwarded`. */
  outcome: 'forwarded' | 'unauthorised' | Fault['kind']
}

export type FaultyWire = {
  /** `http://127.0.0.1:PORT`, or https with TLS. */
  readonly url: string
  /** PEM of the certificate to trust, with TLS. */
  readonly ca: string | undefined
  /** In order of arrival, the last 1,000. */
  readonly requests: readonly WireRequest[]
  /** How often faults given to `fail` have yet to strike. */
  readonly pending: number
  /** The next `times` (1) requests that `on` accepts (all) fail so. Faults strike in the order given. */
  fail(fault: Fault, options?: { readonly times?: number; readonly on?: (request: WireRequest) => boolean }): void
  /** Answers to statements with `version()` name this version instead of the node's, until undefined is given. */
  pretendVersion(version: string | undefined): void
  stop(): Promise<void>
}

export type FaultyWireOptions = {
  readonly tls?: boolean
  /** Demands `Authorization: Bearer TOKEN` and logs in to the node as this account. Anything else gets 401. */
  readonly token?: { readonly token: string; readonly user: string; readonly password: string }
}

type Order = { readonly fault: Fault; times: number; readonly on: (request: WireRequest) => boolean }

/** @param targetUrl of a node, `http://127.0.0.1:PORT` */
export async function startFaultyWire(targetUrl: string, options: FaultyWireOptions = {}): Promise<FaultyWire> {
  const requests: WireRequest[] = []
  const orders: Order[] = []
  let version: string | undefined

  const carry = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const address = new URL(incoming.url ?? '/', targetUrl)
    const body = incoming[Symbol.asyncIterator]()
    const first = await nextChunk(body)
    const seen = describeRequest(address, incoming, first)
    requests.push(seen)
    if (requests.length > 1000) requests.shift()
    const headers = { ...incoming.headers, host: address.host, connection: 'close' }
    if (options.token !== undefined) {
      if (headers.authorization !== `Bearer ${options.token.token}`) {
        seen.outcome = 'unauthorised'
        response.writeHead(401, { connection: 'close' }).end('the token is missing or unknown\n')
        return
      }
      headers.authorization = `Basic ${Buffer.from(`${options.token.user}:${options.token.password}`).toString('base64')}`
    }
    const order = orders.find(each => each.times > 0 && each.on(seen))
    if (order !== undefined) order.times--
    const fault = order?.fault
    if (fault !== undefined) seen.outcome = fault.kind
    if (fault?.kind === 'refuse') {
      response.writeHead(fault.status, { connection: 'close' }).end(`refused with ${fault.status}\n`)
      return
    }
    const pretend = version !== undefined && seen.statement.includes('version()') ? version : undefined
    if (pretend !== undefined) delete headers['accept-encoding']

    const upstream = request(address, { method: incoming.method ?? 'GET', headers, agent: false })
    // Whoever goes first takes the other along: a client that aborts must reach the node as an abort.
    response.once('close', () => upstream.destroy())
    const answered = once(upstream, 'response')
    answered.catch(() => {}) // a node that closes while we still write: the write fails first
    await pipeline(bounded(first, body, fault?.kind === 'cut_request' ? fault.afterBytes : undefined), upstream)
    const [answer] = (await answered) as [IncomingMessage] // what the event 'response' carries
    if (fault?.kind === 'lose_response') {
      await buffer(answer)
      response.destroy()
      return
    }
    if (fault?.kind === 'slow_response') await delay(fault.delayMs, undefined, { ref: false })
    if (pretend === undefined) {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      await pipeline(answer, response)
      return
    }
    const text = String(await buffer(answer)).replace(/\d+\.\d+\.\d+\.\d+/g, pretend)
    const { 'content-length': _, 'transfer-encoding': __, ...kept } = answer.headers
    response.writeHead(answer.statusCode ?? 502, kept).end(text)
  }

  const onRequest = (incoming: IncomingMessage, response: ServerResponse): void => {
    // Cut, or the node is gone: the client sees what it would see without us, a closed connection.
    carry(incoming, response).catch(() => response.destroy())
  }
  const identity = options.tls === true ? await selfSigned() : undefined
  const server = identity === undefined ? createServer(onRequest) : createTlsServer(identity, onRequest)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `${identity === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    ca: identity?.cert,
    requests,
    get pending() {
      return orders.reduce((sum, { times }) => sum + times, 0)
    },
    fail(fault, { times = 1, on = () => true } = {}) {
      orders.push({ fault, times, on })
    },
    pretendVersion(pretended) {
      version = pretended
    },
    async stop() {
      server.closeAllConnections()
      if (server.listening) await new Promise(resolve => server.close(resolve))
    },
  }
}

async function nextChunk(body: AsyncIterator<Buffer>): Promise<Buffer> {
  const next = await body.next()
  return next.done === true ? Buffer.alloc(0) : next.value
}

/** The body again, its first chunk in front. Throws after `limit` bytes, also where the body is shorter than that. */
async function* bounded(first: Buffer, rest: AsyncIterator<Buffer>, limit = Number.POSITIVE_INFINITY) {
  let left = limit
  for (let chunk = first; chunk.length > 0; chunk = await nextChunk(rest)) {
    yield chunk.subarray(0, Math.min(left, chunk.length))
    left -= chunk.length
    if (left <= 0) break
  }
  if (limit !== Number.POSITIVE_INFINITY) throw new Error('cut')
}

function describeRequest(address: URL, incoming: IncomingMessage, first: Buffer): WireRequest {
  const { query = '', ...settings } = Object.fromEntries(address.searchParams)
  const readable = incoming.headers['content-encoding'] === undefined ? first.toString('latin1', 0, 10_000) : ''
  return { statement: `${query}${readable}`, settings, outcome: 'forwarded' }
}

/** A P-256 key and certificate for 127.0.0.1 and localhost, valid for a day around now. */
async function selfSigned(): Promise<{ readonly key: string; readonly cert: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const names: x509.JsonGeneralNames = [
    { type: 'ip', value: '127.0.0.1' },
    { type: 'dns', value: 'localhost' },
  ]
  const half = 12 * 3_600_000
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    notBefore: new Date(Date.now() - half),
    notAfter: new Date(Date.now() + half),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.SubjectAlternativeNameExtension(names)],
  })
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${key.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`,
    cert: made.toString('pem'),
  }
}
