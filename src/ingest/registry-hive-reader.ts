import type { Problem } from '../base/index.ts'
import { fileTimeText } from '../evtx/index.ts'
import { longestExcerpt } from '../formats/index.ts'
import type { Hive, KeyReading, RegistryValue } from '../registry/index.ts'
import { registryPath, walkKeys } from '../registry/index.ts'
import { quoted, quotedOften } from './event-members.ts'
import type { EvidenceReader, EvidenceRecord } from './evidence-reader.ts'
import { lineOfFact } from './registry-line.ts'
import { nowhere, unknownUser } from './registry-mount.ts'

/** What is taken of a hive beside its bytes. */
export type HiveOwner = {
  /** Where Windows has it, `HKLM\SOFTWARE`. */
  readonly mount: string
  /** The machine; empty when nobody says. */
  readonly host: string
  readonly control_set?: number | undefined
}

/**
 * Reads a hive that was opened already: a record and a line for each value, and for each key without any, in the order of the
 * keys. What was read before is told by the lines: the logs beside a hive change what it says, and not its bytes.
 */
export class HiveReader implements EvidenceReader {
  readonly fingerprint = 'records'
  readonly #hive: Hive
  readonly #owner: HiveOwner
  readonly #evidence_id: string
  readonly #mostOctets: number

  /** @param size of the hive, in bytes: its lines may be so many times as long */
  constructor(hive: Hive, owner: HiveOwner, evidence_id: string, size: number) {
    this.#hive = hive
    this.#owner = owner
    this.#evidence_id = evidence_id
    this.#mostOctets = Math.max(leastLines, size * mostLinesPerByte)
  }

  add(): readonly EvidenceRecord[] {
    return []
  }

  end(): ReturnType<EvidenceReader['end']> {
    return { records: [], more: this.#records(), notes: this.#hive.problems }
  }

  *#records(): Generator<EvidenceRecord> {
    const common = this.#commonMembers()
    let octets = 0
    for (const reading of walkKeys(this.#hive))
      for (const record of this.#recordsOfKey(reading, common)) {
        octets += record.octets?.length ?? 0
        if (octets > this.#mostOctets) {
          const expected = `at most ${this.#mostOctets} bytes of lines`
          yield lost({ code: 'registry/too-large', expected }, reading.path, record)
          return
        }
        yield record
      }
  }

  #commonMembers(): string {
    const { header } = this.#hive
    const { host, mount } = this.#owner
    const written = header === undefined ? '' : timeMember('hive_written', header.last_written)
    const hive = header === undefined || header.file_name === '' ? '' : `,"hive":${quotedOften(header.file_name)}`
    // Two machines or users without a name may have the very same value: then the hive is part of what it is.
    const isAnyones = host === '' || mount.startsWith(`HKU\\${unknownUser}`) || mount.startsWith(nowhere)
    const machine = host === '' ? '' : `,"host":${quotedOften(host)}`
    const whose = isAnyones ? `${machine},"evidence":"${this.#evidence_id}"` : machine
    return `${written}${hive}${whose},"other":{"mount":${quotedOften(mount)}`
  }

  *#recordsOfKey({ path, key, values, problems }: KeyReading, common: string): Generator<EvidenceRecord> {
    const told = path === '' ? this.#owner.mount : `${this.#owner.mount}\\${path}`
    const canonical = registryPath(told)
    const codes = [...new Set(problems.map(({ code }) => code).filter(code => !losses.has(code)))]
    let members = `${timeMember('key_written', key.last_written)}${this.#setMembers(canonical.control_set)}${common}`
    if (key.class_name !== undefined) members += `,"class_name":${quoted(key.class_name)}`
    if (key.is_link) members += ',"link":"true"'
    const fact = { path: canonical, told, common: `${members}}`, problems: codes }
    const place = { byte_offset: key.offset, bytes: cellBytes + key.name.length }
    let notes: readonly Problem[] = problems.filter(({ code }) => !losses.has(code))
    const record = (value?: RegistryValue): EvidenceRecord => {
      const line = Buffer.from(lineOfFact('hive', { ...fact, name: value?.name ?? '', value }))
      const made = { ...place, lines: [line], text: line, octets: line, notes }
      notes = []
      return made
    }
    if (values.length === 0) yield record()
    for (const value of values) yield record(value)
    for (const problem of problems) if (losses.has(problem.code)) yield lost(problem, told, place)
  }

  #setMembers(control_set: number | undefined): string {
    if (control_set === undefined) return ''
    const current = this.#owner.control_set
    const isCurrent = current === undefined ? '' : `,"control_set_current":${control_set === current}`
    return `,"control_set":${control_set}${isCurrent}`
  }
}

/**
 * Every line has the path of its key, so a small hive of deep keys with long names can have lines without end. Those of
 * sound hives are some five to twenty times as long as the hive.
 */
const mostLinesPerByte = 32
const leastLines = 64 << 20

/** The key node before its name: 76 octets, and the size of the cell. */
const cellBytes = 80

/** Problems that cost a value or a key: each is a record that could not be read. The others lie beside what was read. */
const losses: ReadonlySet<string> = new Set([
  'registry/value',
  'registry/value-list',
  'registry/key',
  'registry/subkeys',
  'registry/too-deep',
  'registry/too-large',
])

function lost(problem: Problem, told: string, place: { byte_offset: number; bytes: number }): EvidenceRecord {
  const text = Buffer.from(JSON.stringify({ key: told, ...problem })).subarray(0, longestExcerpt)
  return { ...place, lines: [], text, octets: text, problem }
}

/** FILETIME 0 is no time: Windows has it where none was set. */
function timeMember(name: string, time: bigint): string {
  return time === 0n ? '' : `,"${name}":"${fileTimeText(time)}"`
}
