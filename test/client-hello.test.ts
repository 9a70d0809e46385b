import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isMapped, loadSource } from '../src/mapping/index.ts'
import type { EventStore, Row } from '../src/model/index.ts'
import { rowsOf } from '../src/model/index.ts'
import { openChdbEventStore } from '../src/store/clickhouse/index.ts'

/**
 * What sources/client-hello.sql makes of a ClientHello, held against a reader that was written apart from it, from RFC 8446
 * §4.1.2 and the two descriptions: salesforce/ja3 README.md and FoxIO-LLC/ja4 technical_details/JA4.md. Published fingerprints
 * are quoted from these two; every ClientHello is made here.
 */
type Hello = {
  readonly version: number
  readonly ciphers: readonly number[]
  /** Undefined: there is no block of extensions at all. */
  readonly extensions: readonly (readonly [number, Buffer])[] | undefined
}

const sourcesFolder = fileURLToPath(new URL('../sources', import.meta.url))
const installed = await import('chdb').then(
  () => true,
  () => false,
)

// ——— Writing ————————————————————————————————————————————————————————————————————————————————————————————————————————

const u8 = (value: number) => Buffer.from([value & 0xff])
const u16 = (value: number) => Buffer.from([(value >> 8) & 0xff, value & 0xff])
const u24 = (value: number) => Buffer.from([(value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff])
const list8 = (bytes: Buffer) => Buffer.concat([u8(bytes.length), bytes])
const list16 = (bytes: Buffer) => Buffer.concat([u16(bytes.length), bytes])
const words = (values: readonly number[]) => Buffer.concat(values.map(u16))

function messageOf({ version, ciphers, extensions }: Hello, sessionId = 32): Buffer {
  const block = extensions?.map(([type, data]) => Buffer.concat([u16(type), list16(data)]))
  const body = Buffer.concat([
    u16(version),
    Buffer.alloc(32, 7),
    list8(Buffer.alloc(sessionId, 9)),
    list16(words(ciphers)),
    list8(u8(0)),
    ...(block === undefined ? [] : [list16(Buffer.concat(block))]),
  ])
  return Buffer.concat([u8(1), u24(body.length), body])
}

function recordsOf(message: Buffer, largest = 16384): Buffer {
  const records: Buffer[] = []
  for (let at = 0; at < message.length; at += largest)
    records.push(Buffer.concat([u8(22), u16(0x0301), list16(message.subarray(at, at + largest))]))
  return Buffer.concat(records)
}

// ——— Reading, apart from the engine —————————————————————————————————————————————————————————————————————————————————

const isGrease = (value: number) => (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff)
const plain = (values: readonly number[]) => values.filter(value => !isGrease(value))
const hex4 = (value: number) => value.toString(16).padStart(4, '0')
const digest = (name: string, text: string) => createHash(name).update(text).digest('hex')
const wordsIn = (bytes: Buffer) => Array.from({ length: bytes.length >> 1 }, (_, nth) => bytes.readUInt16BE(nth * 2))

/** Undefined where the bytes are no whole ClientHello. */
function readHello(bytes: Buffer): Hello | undefined {
  let message = bytes
  if (bytes[0] === 22) {
    const parts: Buffer[] = []
    let at = 0
    for (let turn = 0; turn < 8 && bytes[at] === 22 && at + 5 <= bytes.length; turn += 1) {
      const length = bytes.readUInt16BE(at + 3)
      parts.push(bytes.subarray(at + 5, at + 5 + length))
      at += 5 + length
    }
    message = Buffer.concat(parts)
  }
  if (message[0] !== 1 || message.length < 4) return undefined
  const length = message.readUIntBE(1, 3)
  if (length < 38 || message.length < 4 + length) return undefined
  const body = message.subarray(4, 4 + length)
  const ciphersAt = 35 + (body[34] ?? 0)
  if (ciphersAt + 2 > body.length) return undefined
  const cipherBytes = body.readUInt16BE(ciphersAt)
  const compressionAt = ciphersAt + 2 + cipherBytes
  if (cipherBytes % 2 === 1 || compressionAt >= body.length) return undefined
  const hello = { version: body.readUInt16BE(0), ciphers: wordsIn(body.subarray(ciphersAt + 2, compressionAt)) }
  const blockAt = compressionAt + 1 + (body[compressionAt] ?? 0)
  if (blockAt === body.length) return { ...hello, extensions: undefined }
  if (blockAt + 2 > body.length || blockAt + 2 + body.readUInt16BE(blockAt) !== body.length) return undefined
  const extensions: (readonly [number, Buffer])[] = []
  let at = blockAt + 2
  while (at + 4 <= body.length && extensions.length < 128) {
    const size = body.readUInt16BE(at + 2)
    extensions.push([body.readUInt16BE(at), body.subarray(at + 4, at + 4 + size)])
    at += 4 + size
  }
  return at === body.length ? { ...hello, extensions } : undefined
}

/** What is in the first extension of a type, behind the length of its list. */
function inside(hello: Hello, type: number, lengthBytes: number): Buffer {
  const data = hello.extensions?.find(([one]) => one === type)?.[1] ?? Buffer.alloc(0)
  return data.subarray(lengthBytes)
}

function ja3Of(hello: Hello): string {
  const types = plain((hello.extensions ?? []).map(([type]) => type))
  const groups = plain(wordsIn(inside(hello, 10, 2)))
  const formats = [...inside(hello, 11, 1)]
  const text = [[hello.version], plain(hello.ciphers), types, groups, formats].map(part => part.join('-')).join(',')
  return digest('md5', text)
}

const versionNames = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
  [0xfeff, 'd1'],
  [0xfefd, 'd2'],
  [0xfefc, 'd3'],
])

function ja4Of(hello: Hello): string {
  const types = plain((hello.extensions ?? []).map(([type]) => type))
  const versions = plain(wordsIn(inside(hello, 43, 1)))
  const datagrams = versions.some(version => version >= 0xfe00)
  const highest = versions.length === 0 ? hello.version : datagrams ? Math.min(...versions) : Math.max(...versions)
  const protocols = inside(hello, 16, 2)
  const first = protocols.subarray(1, 1 + (protocols[0] ?? 0))
  const isPlain = (byte: number | undefined) => byte !== undefined && /[0-9A-Za-z]/.test(String.fromCharCode(byte))
  const text = isPlain(first[0]) && isPlain(first.at(-1)) ? first.toString('latin1') : first.toString('hex')
  const ends = first.length === 0 ? '00' : `${text.at(0)}${text.at(-1)}`
  const ciphers = plain(hello.ciphers)
  const kept = types.filter(type => type !== 0 && type !== 16)
  const algorithms = plain(wordsIn(inside(hello, 13, 2)))
  const part = (values: readonly number[]) => values.map(hex4).sort().join(',')
  const tail = algorithms.length === 0 ? '' : `_${algorithms.map(hex4).join(',')}`
  const count = (values: readonly number[]) => String(Math.min(99, values.length)).padStart(2, '0')
  const short = (text: string) => digest('sha256', text).slice(0, 12)
  const transport = types.includes(57) || types.includes(65445) ? 'q' : highest >= 0xfe00 ? 'd' : 't'
  return [
    transport,
    versionNames.get(highest) ?? '00',
    types.includes(0) ? 'd' : 'i',
    count(ciphers),
    count(types),
    ends,
    '_',
    ciphers.length === 0 ? '000000000000' : short(part(ciphers)),
    '_',
    kept.length === 0 ? '000000000000' : short(part(kept) + tail),
  ].join('')
}

// ——— ClientHellos ———————————————————————————————————————————————————————————————————————————————————————————————————

const extension = {
  name: [0, list16(Buffer.concat([u8(0), list16(Buffer.from('shop.example'))]))],
  groups: (values: readonly number[]) => [10, list16(words(values))],
  formats: (values: readonly number[]) => [11, list8(Buffer.from(values))],
  algorithms: (values: readonly number[]) => [13, list16(words(values))],
  protocols: (values: readonly Buffer[]) => [16, list16(Buffer.concat(values.map(list8)))],
  versions: (values: readonly number[]) => [43, list8(words(values))],
  other: (type: number, bytes = 0) => [type, Buffer.alloc(bytes, 1)],
} as const satisfies Record<string, readonly [number, Buffer] | ((...values: never[]) => readonly [number, Buffer])>

const fromHex = (text: string) => text.split(',').map(one => Number.parseInt(one, 16))

/** The example of technical_details/JA4.md, with GREASE where Chrome sends it. */
function chrome(protocols: readonly Buffer[] = [Buffer.from('h2'), Buffer.from('http/1.1')]): Hello {
  const order = fromHex('001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015')
  const told: Readonly<Record<number, readonly [number, Buffer]>> = {
    0: extension.name,
    10: extension.groups([0x3a3a, 29, 23, 24]),
    11: extension.formats([0]),
    13: extension.algorithms(fromHex('0403,0804,0401,0503,0805,0501,0806,0601')),
    16: extension.protocols(protocols),
    43: extension.versions([0x6a6a, 0x0304, 0x0303]),
  }
  return {
    version: 0x0303,
    ciphers: [0x8a8a, ...fromHex('1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035')],
    extensions: [
      extension.other(0x1a1a),
      ...order.map(type => told[type] ?? extension.other(type, type === 21 ? 190 : 3)),
      extension.other(0xaaaa, 1),
    ],
  }
}

/** Mulberry32: the same ClientHellos every time. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

function anyHello(below: (limit: number) => number): Hello {
  const grease = () => (below(16) << 12) | 0x0a0a | (below(16) << 4)
  const some = (most: number) => Array.from({ length: below(most) }, () => (below(9) === 0 ? grease() : below(65536)))
  const makers = [
    () => extension.name,
    () => extension.groups(some(9)),
    () => extension.formats(Array.from({ length: below(4) }, () => below(3))),
    () => extension.algorithms(some(20)),
    () =>
      extension.protocols(
        Array.from({ length: below(4) }, () => Buffer.from(Array.from({ length: below(9) }, () => below(256)))),
      ),
    () => extension.versions([0x0304, 0x0303, 0x0302, 0xfefd, 0xfefc, 0x2a2a, 0x0300].filter(() => below(3) === 0)),
    () => extension.other(below(60), below(40)),
    () => extension.other(grease() & 0xffff),
  ]
  const extensions = Array.from({ length: below(24) }, () => (makers[below(makers.length)] ?? (() => extension.name))())
  return {
    version: [0x0303, 0x0301, 0x0300, 0xfefd, below(65536)][below(5)] ?? 0x0303,
    ciphers: some(below(9) === 0 ? 130 : 30),
    extensions: below(8) === 0 ? undefined : extensions,
  }
}

// ——— In the engine ——————————————————————————————————————————————————————————————————————————————————————————————————

type Told = {
  readonly version?: number
  readonly versions?: readonly number[]
  readonly ciphers?: readonly number[]
  readonly extensions?: readonly number[]
  readonly groups?: readonly number[]
  readonly formats?: readonly number[]
  readonly algorithms?: readonly number[]
  readonly protocols?: readonly string[]
}

describe('a ClientHello', () => {
  let directory = ''
  let store: EventStore | undefined
  const ending = (() => {
    const source = loadSource(join(sourcesFolder, 'zeek-ssl'))
    return isMapped(source) ? (source.ending?.steps ?? []) : []
  })()

  beforeAll(async () => {
    if (!installed) return
    directory = await mkdtemp(join(tmpdir(), 'counterseal-client-hello-'))
    store = await openChdbEventStore(join(directory, 'events'))
  })

  afterAll(async () => {
    await store?.close()
    if (directory !== '') await rm(directory, { recursive: true, force: true })
  })

  async function ended(
    events: EventStore,
    relation: string,
    params: Record<string, readonly string[]>,
  ): Promise<readonly Row[]> {
    const inner = `SELECT nth, client_hello, told_version, told_supported_versions, told_ciphers, told_extensions, told_curves, told_point_formats, told_signature_algorithms, told_alpn, '' AS told_ja3, '' AS told_ja4 FROM (${relation})`
    const text = ending.reduce((mapped, step) => `SELECT *, ${step} FROM (${mapped}) AS mapped`, inner)
    const columns = 'tls_ja3, tls_ja4, tls_client_version, tls_client_ciphers, tls_client_extensions, tls_client_alpn'
    return rowsOf(
      events,
      { name: 'test/client-hello', text: `SELECT ${columns} FROM (${text}) ORDER BY nth` },
      { params },
    )
  }

  const none = "CAST([], 'Array(UInt16)')"

  /** By the bytes, in hexadecimal. */
  function fromBytes(events: EventStore, hellos: readonly Buffer[]): Promise<readonly Row[]> {
    const told = `CAST(NULL, 'Nullable(UInt16)') AS told_version, ${none} AS told_supported_versions, ${none} AS told_ciphers, ${none} AS told_extensions, ${none} AS told_curves, ${none} AS told_point_formats, ${none} AS told_signature_algorithms, CAST([], 'Array(String)') AS told_alpn`
    const relation = `SELECT nth, unhex(digits) AS client_hello, ${told} FROM (SELECT nth, digits FROM (SELECT {hellos:Array(String)} AS all_digits) ARRAY JOIN all_digits AS digits, arrayEnumerate(all_digits) AS nth)`
    return ended(events, relation, { hellos: hellos.map(hello => hello.toString('hex')) })
  }

  /** By what a sensor lists. */
  async function fromLists(events: EventStore, told: Told): Promise<Row | undefined> {
    const numbers = (values: readonly number[] = []) => `CAST([${values.join(',')}], 'Array(UInt16)')`
    const relation = `SELECT 1 AS nth, '' AS client_hello, CAST(${told.version ?? 'NULL'}, 'Nullable(UInt16)') AS told_version, ${numbers(told.versions)} AS told_supported_versions, ${numbers(told.ciphers)} AS told_ciphers, ${numbers(told.extensions)} AS told_extensions, ${numbers(told.groups)} AS told_curves, ${numbers(told.formats)} AS told_point_formats, ${numbers(told.algorithms)} AS told_signature_algorithms, {protocols:Array(String)} AS told_alpn`
    const [row] = await ended(events, relation, { protocols: told.protocols ?? [] })
    return row
  }

  it('of Chrome has the JA4 that FoxIO publishes for it', async context => {
    if (store === undefined) return context.skip('the optional package chdb is not installed on this platform')
    const message = messageOf(chrome())
    for (const row of await fromBytes(store, [message, recordsOf(message), recordsOf(message, 100)])) {
      expect(row.tls_ja4).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1')
      expect(row.tls_client_alpn).toEqual(['h2', 'http/1.1'])
    }
  })

  it('that is listed has the JA3 of both examples of salesforce/ja3', async context => {
    if (store === undefined) return context.skip('the optional package chdb is not installed on this platform')
    const first = {
      version: 769,
      ciphers: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
      extensions: [0, 10, 11],
      groups: [23, 24, 25],
      formats: [0],
    }
    expect((await fromLists(store, first))?.tls_ja3).toBe('ada70206e40642a3e4461f35503241d5')
    const second = { version: 769, ciphers: [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99] }
    expect((await fromLists(store, second))?.tls_ja3).toBe('de350869b8c85de67a350c8d186f11e6')
  })

  it('has the ends of its first protocol, as letters or in hexadecimal', async context => {
    if (store === undefined) return context.skip('the optional package chdb is not installed on this platform')
    const cases: readonly (readonly [string, string])[] = [
      ['', '00'],
      ['68', 'hh'],
      ['ab', 'ab'],
      ['abcd', 'ad'],
      ['30ab', '3b'],
      ['3031abcd', '3d'],
      ['30abcd31', '01'],
    ]
    const hellos = cases.map(([protocol]) => messageOf(chrome([Buffer.from(protocol, 'hex')])))
    const rows = await fromBytes(store, hellos)
    expect(rows.map(({ tls_ja4 }) => String(tls_ja4).slice(8, 10))).toEqual(cases.map(([, ends]) => ends))
  })

  it('is read by the engine as by a reader that was written apart from it', async context => {
    if (store === undefined) return context.skip('the optional package chdb is not installed on this platform')
    const below = numbersFrom(20261123)
    for (let round = 0; round < 3; round += 1) {
      const hellos = Array.from({ length: 120 }, () => {
        const message = messageOf(anyHello(below), [0, 32][below(2)])
        return below(2) === 0 ? message : recordsOf(message, [16384, 150][below(2)])
      })
      const rows = await fromBytes(store, hellos)
      for (const [nth, bytes] of hellos.entries()) {
        const hello = readHello(bytes)
        if (hello === undefined || hello.ciphers.length === 0) expect(rows[nth]?.tls_ja4).toBe('')
        else
          expect([rows[nth]?.tls_ja3, rows[nth]?.tls_ja4], bytes.toString('hex')).toEqual([ja3Of(hello), ja4Of(hello)])
      }
    }
  })

  it('that is cut off anywhere, or has bytes changed, gives what the bytes say or nothing', async context => {
    if (store === undefined) return context.skip('the optional package chdb is not installed on this platform')
    const below = numbersFrom(7)
    const whole = messageOf(chrome())
    const cut = Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length))
    for (const row of await fromBytes(store, cut)) expect([row.tls_ja3, row.tls_ja4]).toEqual(['', ''])
    const changed = Array.from({ length: 300 }, () => {
      const bytes = Buffer.from(below(2) === 0 ? whole : recordsOf(whole, 120))
      for (let turn = 0; turn <= below(4); turn += 1) bytes[below(Math.min(bytes.length, 260))] = below(256)
      return bytes
    })
    const rows = await fromBytes(store, changed)
    for (const [nth, bytes] of changed.entries()) {
      const hello = readHello(bytes)
      const told = hello === undefined || hello.ciphers.length === 0 ? ['', ''] : [ja3Of(hello), ja4Of(hello)]
      expect([rows[nth]?.tls_ja3, rows[nth]?.tls_ja4], bytes.toString('hex')).toEqual(told)
    }
  })

  it('that is listed in part gives no fingerprint that needs the rest', async context => {
    if (store === undefined) return context.skip('the optional package chdb is not installed on this platform')
    const base = { version: 771, ciphers: [4865, 4866] }
    const withoutGroups = await fromLists(store, { ...base, extensions: [0, 10] })
    expect([withoutGroups?.tls_ja3, withoutGroups?.tls_ja4]).toEqual([
      '',
      `t12d020200_${digest('sha256', '1301,1302').slice(0, 12)}_${digest('sha256', '000a').slice(0, 12)}`,
    ])
    for (const extensions of [[13], [16], [43]])
      expect((await fromLists(store, { ...base, extensions }))?.tls_ja4).toBe('')
    expect((await fromLists(store, { ciphers: [4865] }))?.tls_ja3).toBe('')
  })
})
