import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { MadeLog } from './made-log.ts'

/** What the server in front of a log can be ordered to do. */
export type Trouble = (request: {
  readonly path: string
  readonly nth: number
  readonly headers: IncomingMessage['headers']
}) =>
  | undefined
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang'
  | 'cut-off'

export type Served = {
  readonly url: string
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[]
  readonly agents: ReadonlySet<string>
  order(trouble: Trouble | undefined): void
  close(): Promise<void>
}

/** Serves logs over HTTP on loopback, each below its name. */
export async function serveLogs(logs: Readonly<Record<string, MadeLog>>): Promise<Served> {
  const asked: string[] = []
  const agents = new Set<string>()
  let trouble: Trouble | undefined
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, name = '', path = ''] = /^\/([^/]*)\/(.*)$/.exec(request.url ?? '') ?? []
    asked.push(`${name}/${path}`)
    agents.add(String(request.headers['user-agent']))
    const ordered = trouble?.({ path, nth: asked.length, headers: request.headers })
    if (ordered === 'hang') return
    const body = await logs[name]?.answer(path)
    if (ordered === 'cut-off') {
      response.writeHead(200, { 'content-length': String((body?.length ?? 0) + 100) })
      response.write(body ?? '')
      response.destroy()
      return
    }
    if (ordered !== undefined) {
      response.writeHead(ordered.status, ordered.headers)
      response.end(ordered.body ?? '')
      return
    }
    if (body === undefined) {
      response.writeHead(404)
      response.end()
      return
    }
    const packed = body[0] === 0x1f && body[1] === 0x8b
    response.writeHead(200, packed ? { 'content-encoding': 'gzip' } : {})
    response.end(body)
  }
  const server: Server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}/`,
    asked,
    agents,
    order(ordered) {
      trouble = ordered
    },
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
