import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shipped } from '../src/config.ts'
import type { LogReadiness } from '../src/telemetry/index.ts'
import { loadNeeds, logReadiness } from '../src/telemetry/index.ts'
import type { OpenIngest } from './open-ingest.ts'
import { openIngest } from './open-ingest.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const engineInstalled = await import('chdb').then(
  () => true,
  () => false,
)

/** Requests through Squid whose queries were stripped, of more people than an office has. */
function squid(): string {
  return Array.from({ length: 60 }, (_, nth) => {
    const time = 1_772_445_600 + nth * 60
    return `${time}.000     12 10.0.0.${nth % 2} TCP_MISS/200 5120 GET http://www${nth}.example/path${nth} user${nth} HIER_DIRECT/203.0.113.10 text/html\n`
  }).join('')
}

/** The same requests as a sensor with another clock saw them, a quarter of a minute later. */
function zeek(): string {
  const header = [
    '#separator \\x09',
    '#path\thttp',
    '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tmethod\thost\turi\tstatus_code\tuser_agent\n',
  ]
  const lines = Array.from({ length: 20 }, (_, nth) => {
    const time = 1_772_445_615 + nth * 60
    return `${time}.000000\tC${nth}\t10.0.0.${nth % 2}\t40000\t203.0.113.10\t80\tGET\twww${nth}.example\t/path${nth}\t200\tMozilla/5.0\n`
  })
  return header.join('\n') + lines.join('')
}

function suite() {
  let bench: OpenIngest
  let told: LogReadiness
  beforeAll(async () => {
    bench = await openIngest()
    await bench.read(squid())
    await bench.read(zeek())
    told = await logReadiness(bench.store, loadNeeds(shipped('analytics')))
  })
  afterAll(() => bench.close())

  const of = (source: string, code: string) =>
    told.needs.find(({ need, source: from }) => from === source && need.code === code)

  it('tell of a source how much was read, from where and when, and how much of it was accepted', () => {
    expect(told.sources.find(({ source }) => source === 'squid-access')).toMatchObject({
      kind: 'http_request',
      direction: 'outbound',
      records: 60,
      hours: 1,
      span_hours: 1,
      networks: 1,
      accepted: 1,
    })
  })

  it('name what is left out, and the line that adds it', () => {
    expect(of('squid-access', 'QUERY_STRIPPED')).toMatchObject({
      met: false,
      having: 0,
      records: 60,
      remedy: 'strip_query_terms off',
    })
    expect(of('squid-access', 'NO_USER_AGENT')?.remedy).toContain('%{User-Agent}>h')
    expect(of('squid-access', 'TLS_BLIND')).toMatchObject({ met: true, remedy: '' })
    expect(of('squid-access', 'NO_USER')).toMatchObject({ met: true })
  })

  it('know an address behind which many people stand', () => {
    expect(told.shared.map(({ address, users }) => [address, users]).sort()).toEqual([
      ['10.0.0.0', 30],
      ['10.0.0.1', 30],
    ])
  })

  it('know two clocks that are apart, and by how much', () => {
    const [skew] = told.skews
    expect(skew).toMatchObject({ source: 'squid-access', other: 'zeek-http', requests: 20, seconds: 15 })
  })
}

/** Visits to a web server of ours, in nginx's own format "combined", or in the one that the remedy of the need gives. */
function nginx(format: 'combined' | 'recommended'): string {
  return Array.from({ length: 30 }, (_, nth) => {
    const minute = String(nth).padStart(2, '0')
    const agent = `"-" "Mozilla/5.0"`
    if (format === 'combined')
      return `198.51.100.${nth} - - [02/Mar/2026:10:${minute}:00 +0000] "GET / HTTP/1.1" 200 512 ${agent}\n`
    const tls = `"vpn.example" "vpn.example" TLSv1.3 TLS_AES_128_GCM_SHA256 "TLS_AES_128_GCM_SHA256" "X25519" . 7f1e`
    return `198.51.100.${nth} - - [2026-03-02T10:${minute}:00+00:00] "GET / HTTP/1.1" 200 512 ${agent} ${tls}\n`
  }).join('')
}

function virtualHosts() {
  it.each(['combined', 'recommended'] as const)(
    'of nginx say in the format %s whether visitors are told by name',
    async format => {
      const bench = await openIngest()
      try {
        await bench.read(nginx(format))
        const { needs } = await logReadiness(bench.store, loadNeeds(shipped('analytics')))
        const vhost = needs.filter(({ need }) => need.code === 'MISSING_VHOST')
        expect(vhost).toHaveLength(1)
        expect(vhost[0]).toMatchObject({
          records: 30,
          met: format === 'recommended',
          having: format === 'recommended' ? 30 : 0,
        })
        if (format === 'combined') {
          expect(vhost[0]?.remedy).toContain('"$http_user_agent" "$host" "$ssl_server_name" $ssl_protocol')
          expect(vhost[0]?.need.without).toContain('Hits after publication are not looked for')
        }
      } finally {
        await bench.close()
      }
    },
  )
}

describe('logs of networks, proxies and servers', () => {
  if (engineInstalled) suite()
  else it('are measured', context => context.skip('the optional package chdb is not installed on this platform'))
})

describe('virtual hosts', () => {
  if (engineInstalled) virtualHosts()
  else it('are missed', context => context.skip('the optional package chdb is not installed on this platform'))
})

describe('the needs of an analytic', () => {
  it('have a source of their own, and name only sources that there are', async () => {
    const { loadSources } = await import('../src/mapping/index.ts')
    const ids = new Set(loadSources([`${root}sources`]).map(({ id }) => id))
    const named = loadNeeds(shipped('analytics')).flatMap(({ remedies }) => Object.keys(remedies))
    expect(named.filter(id => id !== 'default' && !ids.has(id))).toEqual([])
  })

  it('and the page of log formats have the formats that sources know as the ones to configure', async () => {
    const { loadSources } = await import('../src/mapping/index.ts')
    const page = await readFile(`${root}docs/log-formats.md`, 'utf8')
    const remedies = loadNeeds(shipped('analytics')).flatMap(need => Object.values(need.remedies))
    const first = (id: string) => {
      const { lines = [] } = loadSources([`${root}sources`]).find(source => source.id === id) ?? {}
      return (lines[0]?.template?.text ?? id).replaceAll('"', '\\"')
    }
    const plain = (text: string) => text.replaceAll('\\"', '"')
    for (const id of ['nginx-access', 'apache-access'])
      expect({ id, ...told(plain(first(id))) }).toEqual({ id, page: true, remedy: true })
    expect(plain(page)).toContain(plain(first('zscaler-web')))

    function told(format: string) {
      return { page: plain(page).includes(format), remedy: remedies.some(one => plain(one).includes(format)) }
    }
  })
})
