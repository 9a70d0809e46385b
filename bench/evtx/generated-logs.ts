import type { EventDescription, Value, WrittenMarkup, WrittenRecord, WrittenValue } from '../../src/evtx/index.ts'
import { element, eventWriter, place, writeLog } from '../../src/evtx/index.ts'
import { type Random, randomFrom } from '../generate/random.ts'

/** Invented logs with everything in them that binary XML can say. The same seed gives the same octets. */
export function generatedLog(seed: number, count: number, mostInChunk?: number): Uint8Array {
  const records = generatedRecords(seed, count)
  return writeLog(records, mostInChunk === undefined ? {} : { most_records_in_chunk: mostInChunk })
}

/** @param strange the share of records that no program writes */
export function generatedRecords(seed: number, count: number, strange = 0.1): readonly WrittenRecord[] {
  const random = randomFrom(seed)
  const events = eventWriter()
  return Array.from({ length: count }, (_, i) => {
    const id = BigInt(i + 1)
    return random.chance(strange) ? strangeRecord(random, id) : events.record(description(random, i), id)
  })
}

const start = 134_000_000_000_000_000n

function description(random: Random, i: number): EventDescription {
  const base = {
    provider_name: random.pick(['Microsoft-Windows-Sysmon', 'Microsoft-Windows-Security-Auditing', 'Norrfell Agent']),
    event_id: random.pick([1, 7, 12, 13, 4657, 4688]),
    time_created: start + BigInt(i) * 12_345_671n,
    process_id: random.whole(4, 30_000),
    thread_id: random.whole(4, 30_000),
    channel: 'Norrfell/Operational',
    computer: `ws-${random.whole(1, 5)}.norrfell.example`,
    ...(random.chance(0.7) ? { provider_guid: '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}' } : {}),
    ...(random.chance(0.7) ? { user_sid: 'S-1-5-21-1004336348-1177238915-682003330-512' } : {}),
    ...(random.chance(0.2) ? { qualifiers: 16384 } : {}),
    ...(random.chance(0.2) ? { activity_id: guid(random), related_activity_id: guid(random) } : {}),
  }
  if (random.chance(0.15))
    return { ...base, user_data: certificateElement(random), without_template: random.chance(0.5) }
  if (random.chance(0.05)) return base
  const names = ['Image', 'TargetObject', 'Details', 'Hashes', 'Value', 'Value', '']
  const data = names.slice(0, random.whole(1, names.length)).map(name => [name, anyValue(random)] as const)
  return { ...base, data }
}

function guid(random: Random): string {
  return `{${random.hex(8)}-${random.hex(4)}-${random.hex(4)}-${random.hex(4)}-${random.hex(12)}}`
}

function certificateElement(random: Random) {
  return element(
    'CertGetCertificateChain',
    { xmlns: 'http://norrfell.example/events' },
    element('Certificate', { fileRef: `${random.hex(40)}.cer`, subjectName: 'Søren & Ægir <AS>' }),
    element('ChainElement', {}, element('TrustStatus', { value: '0' }), element('Empty')),
    element('Result', { value: '0' }, 'The operation completed "well".'),
  )
}

/** One value or array of each type that can be written, by turns. */
export function anyValue(random: Random): WrittenValue {
  const samples = samplesOf(random)
  const one = random.pick(samples)
  if (one.type === 'null' || one.type === 'xml' || !('value' in one) || !random.chance(0.1)) return one
  return { type: one.type, items: Array.from({ length: random.whole(0, 3) }, () => one.value) }
}

export function samplesOf(random: Random): readonly [WrittenValue, ...WrittenValue[]] {
  const text = random.pick([
    'C:\\Windows\\System32\\ntdll.dll',
    'a "quoted" <tag> & more',
    '',
    'Ærø 漢字 \ud83d\udd11',
    'two\r\nlines\t',
  ])
  const plain = (type: Exclude<WrittenValue['type'], 'xml'>, value: Value): WrittenValue => ({ type, value })
  return [
    plain('string', text),
    plain('null', null),
    plain('ansi_string', 'plain text'),
    plain('int8', -5),
    plain('uint8', 200),
    plain('int16', -12_345),
    plain('uint16', 54_321),
    plain('int32', -2_000_000_000),
    plain('uint32', 4_000_000_000),
    plain('int64', -9_000_000_000_000_000_000n),
    plain('uint64', 18_000_000_000_000_000_000n),
    plain('float32', 0.5),
    plain('float64', Math.PI),
    plain('boolean', true),
    plain('binary', Uint8Array.of(1, 2, 0xfe, 0xff)),
    plain('guid', guid(random)),
    plain('size', 0x7ff6_1234_0000n),
    plain('filetime', start),
    plain('systemtime', '2026-03-02T09:00:00.123Z'),
    plain('sid', 'S-1-5-18'),
    plain('hex32', 0xdead),
    plain('hex64', 0x3e7n),
    { type: 'xml', fragment: { elements: [element('Inner', { a: 'b' }, 'text')] } },
  ]
}

/** Records no program writes, but a reader must know: references, instructions, mixed content, no Event at all. */
function strangeRecord(random: Random, id: bigint): WrittenRecord {
  const markup: WrittenMarkup[] = [
    { kind: 'text', text: 'a ' },
    { kind: 'entity', name: 'lt' },
    { kind: 'character', code: 0x41 },
    { kind: 'cdata', text: '<b>&' },
    { kind: 'instruction', target: 'php', text: 'echo 1' },
    place(0),
    place(1, 'uint32', true),
    place(9),
  ]
  const from = random.whole(0, markup.length - 1)
  const content = [
    element('Event', { note: place(0) }, element('System', {}, element('EventID', {}, '77')), ...markup.slice(from)),
  ]
  const values: readonly WrittenValue[] = [{ type: 'string', value: 'value' }, anyValue(random)]
  const octets = Uint8Array.from({ length: 16 }, () => random.whole(0, 255))
  return { record_id: id, written: start, fragment: { template: { guid: octets, content }, values } }
}
