import type { RegistryValue } from '../../src/registry/index.ts'
import {
  openHive,
  problemCodes,
  readCertificateBlob,
  readKey,
  readRegText,
  readSecurity,
  walkKeys,
} from '../../src/registry/index.ts'
import type { Sample } from './generated-files.ts'

/** What reading whatever octets came to. */
export type Outcome = { readonly codes: readonly string[]; readonly items: number; readonly fault: string | undefined }

/** Reads all that can be read, and holds it against what a reading must be. */
export function outcomeOf(sample: Sample): Outcome {
  const codes: string[] = []
  const take = (problems: readonly { readonly code: string }[]) => {
    for (const { code } of problems) codes.push(code)
  }
  const items =
    sample.kind === 'hive'
      ? hiveItems(sample, take)
      : sample.kind === 'text'
        ? textItems(sample.bytes, take)
        : blobItems(sample.bytes, take)
  const strange = codes.find(code => !Object.hasOwn(problemCodes, code))
  const fault =
    typeof items === 'string' ? items : strange === undefined ? undefined : `the code ${strange} is not in the list`
  return { codes, items: typeof items === 'string' ? 0 : items, fault }
}

type Take = (problems: readonly { readonly code: string }[]) => void

function hiveItems(sample: Sample & { readonly kind: 'hive' }, take: Take): number | string {
  const { bytes, logs } = sample
  const hive = openHive(bytes, { logs })
  take(hive.problems)
  const most = bytes.length + logs.reduce((sum, log) => sum + log.length, 0) + 8192
  if (hive.bins.bytes.length > most) return `the hive grew to ${hive.bins.bytes.length} octets`
  const offsets = new Set<number>()
  let octets = 0
  let items = 0
  for (const reading of walkKeys(hive)) {
    take(reading.problems)
    const { key, values, path, depth } = reading
    if (offsets.has(key.offset)) return `the key ${JSON.stringify(path)} comes twice`
    offsets.add(key.offset)
    items += 1 + values.length
    if (depth > 512) return 'too deep'
    for (const value of values) {
      octets += value.bytes.length + value.name.length
      const fault = faultOfValue(value)
      if (fault !== undefined) return fault
    }
    if (items % 7 === 0) {
      take(readSecurity(hive, key).problems)
      const names = path.split('\\')
      // A damaged name may be empty or hold a separator; then its path leads elsewhere.
      const again = names.length === depth && !names.includes('') ? readKey(hive, path) : undefined
      if (again !== undefined && again.path.length !== path.length) return `another key for ${JSON.stringify(path)}`
    }
  }
  return octets > 2 * most + 65_536 ? `${octets} octets came out` : items
}

function faultOfValue({ name, type, data, bytes }: RegistryValue): string | undefined {
  if (bytes.buffer.byteLength > bytes.length + 8192) return `the octets of ${name} are a view`
  const isRight =
    data instanceof Uint8Array ||
    (type === 'REG_DWORD' || type === 'REG_DWORD_BIG_ENDIAN'
      ? typeof data === 'number'
      : type === 'REG_QWORD'
        ? typeof data === 'bigint'
        : type === 'REG_MULTI_SZ'
          ? Array.isArray(data)
          : typeof data === 'string')
  return isRight ? undefined : `the data of ${name} are no ${type}`
}

function textItems(bytes: Uint8Array, take: Take): number | string {
  const text = readRegText(bytes)
  take(text.problems)
  let items = 0
  let line = 0
  for (const item of text.items) {
    take(item.problems)
    items += 1
    if (item.line <= line) return `line ${item.line} comes after line ${line}`
    line = item.line
    if (item.action === 'none' && item.problems.length === 0) return `line ${line} does nothing, and nothing is wrong`
    if (item.action === 'set_value') {
      const fault = faultOfValue(item.value)
      if (fault !== undefined) return fault
    }
  }
  return items
}

function blobItems(bytes: Uint8Array, take: Take): number | string {
  const blob = readCertificateBlob(bytes)
  take(blob.problems)
  const octets = blob.properties.reduce((sum, property) => sum + 12 + property.bytes.length, 0)
  if (octets > bytes.length) return 'more octets than there are'
  if (octets < bytes.length && blob.problems.length === 0) return 'less octets than there are, and nothing is wrong'
  return blob.properties.length
}
