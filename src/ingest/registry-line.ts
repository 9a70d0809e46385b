import { createHash } from 'node:crypto'
import type { RegistryData, RegistryPath, RegistryValue } from '../registry/index.ts'
import { quoted } from './event-members.ts'
import { storedMembers } from './registry-certificate.ts'

/**
 * The line of JSON that is read in the place of what stands in the registry; sources/registry-value maps it. The `event_uid` of
 * a row is over this line: what is made of a value once is made of it for ever.
 *
 *   {"registry_value":"hive","key":"HKLM\\SOFTWARE\\X","path":"HKLM\\SOFTWARE\\WOW6432Node\\X\\Dll","value":"Dll","view":"x86",
 *    "control_set":1,"control_set_current":true,"type":"REG_SZ","data":"a.dll","bytes":12,"hex":…,"sha256":…,"cut":true,
 *    "operation":…,"key_written":…,"hive_written":…,"hive":…,"host":…,"evidence":…,"problems":[…],"certificate":{…},"other":{…}}
 *
 * What is not known is left out. Data that are text or numbers are in `data`, lists with a newline between their texts; of all
 * others the octets are in `hex`. `sha256` is over all octets, and there where `data` does not tell all of them. A key without
 * values has neither `value` nor `type`.
 */
export type RegistryFact = {
  readonly path: RegistryPath
  /** Of the key, as the evidence has it. */
  readonly told: string
  /** Empty: the default value, or the key itself. */
  readonly name: string
  /** Absent: a key without values, or what deletes one. */
  readonly value?: RegistryValue | undefined
  /** Members that all lines of the key, or of the evidence, have; each with its comma in front. */
  readonly common: string
  readonly problems: readonly string[]
}

/** Characters of text, and octets of everything else, that are kept of one value. */
const longestData = 65_536
const longestHex = 4096

export function lineOfFact(kind: 'hive' | 'text', { path, told, name, value, common, problems }: RegistryFact): string {
  const view = path.view === 'x86' ? ',"view":"x86"' : ''
  const full = name === '' ? told : `${told}\\${name}`
  const whole = full === path.text ? '' : `,"path":${quoted(full)}`
  const named = name === '' ? '' : `,"value":${quoted(name)}`
  const start = `{"registry_value":"${kind}","key":${quoted(path.text)}${whole}${named}${view}${common}`
  if (value === undefined) return `${start}${problemsMember(problems)}}`
  const stored = storedMembers(path.text, name, value.bytes)
  const all = stored === undefined ? problems : [...problems, ...stored.problems]
  return `${start}${dataMembers(value)}${stored?.members ?? ''}${problemsMember(all)}}`
}

function dataMembers({ type, type_code, data, bytes }: RegistryValue): string {
  const typed = `,"type":"${type === 'unknown' ? `REG_${type_code}` : type}","bytes":${bytes.length}`
  const text = textOf(data)
  if (text === undefined) {
    const hex = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, longestHex)).toString('hex')
    const cut = bytes.length > longestHex ? ',"cut":true' : ''
    return `${typed},"hex":"${hex}","sha256":"${sha256Of(bytes)}"${cut}`
  }
  if (text.length <= longestData) return text === '' ? typed : `${typed},"data":${quoted(text)}`
  return `${typed},"data":${quoted(text.slice(0, longestData))},"sha256":"${sha256Of(bytes)}","cut":true`
}

function textOf(data: RegistryData): string | undefined {
  if (typeof data === 'string') return data
  if (typeof data === 'number' || typeof data === 'bigint') return String(data)
  return data instanceof Uint8Array ? undefined : data.join('\n')
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function problemsMember(problems: readonly string[]): string {
  return problems.length === 0 ? '' : `,"problems":${JSON.stringify([...new Set(problems)])}`
}
