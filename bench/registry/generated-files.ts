import type { WrittenKey, WrittenValue } from '../../src/registry/index.ts'
import {
  asDirty,
  storedCertificate,
  writeCertificateBlob,
  writeHive,
  writeOldTransactionLog,
  writeTransactionLog,
} from '../../src/registry/index.ts'
import type { Random } from '../generate/random.ts'

/** Something to damage: a hive with logs, registry text, or a certificate blob. */
export type Sample =
  | { readonly kind: 'hive'; readonly bytes: Uint8Array; readonly logs: readonly Uint8Array[] }
  | { readonly kind: 'text' | 'blob'; readonly bytes: Uint8Array }

/** Samples of every kind, the same for the same random numbers. */
export function generatedSamples(random: Random, count: number): readonly [Sample, ...Sample[]] {
  return Array.from({ length: count }, (_, i) => generatedSample(random, i)) as [Sample, ...Sample[]] // more than none
}

function generatedSample(random: Random, i: number): Sample {
  if (i % 8 === 6) return { kind: 'text', bytes: Buffer.from(generatedText(random), i % 16 === 6 ? 'utf16le' : 'utf8') }
  if (i % 8 === 7) return { kind: 'blob', bytes: generatedBlob(random) }
  const root = generatedKey(random, 'root', 3)
  const options = {
    minor_version: ([3, 4, 5, 6] as const)[i % 4] ?? 5,
    list: random.pick<'lf' | 'lh' | 'li'>(['lf', 'lh', 'li']),
    most_in_list: random.pick([3, 1000]),
  } as const
  const hive = writeHive(root, options)
  if (i % 2 === 0) return { kind: 'hive', bytes: hive, logs: [] }
  const states = [
    hive,
    ...Array.from({ length: 2 }, () =>
      writeHive({ ...root, subkeys: [...(root.subkeys ?? []), generatedKey(random, 'added', 1)] }, options),
    ),
  ]
  const [, after = hive] = states
  const logs = i % 3 === 0 ? [writeOldTransactionLog(hive, after)] : [writeTransactionLog(states)]
  return { kind: 'hive', bytes: asDirty(hive), logs }
}

function generatedKey(random: Random, name: string, depth: number): WrittenKey {
  const subkeys = depth === 0 ? 0 : random.whole(0, 6)
  return {
    name,
    ...(random.chance(0.2) ? { class_name: random.text(5) } : {}),
    values: Array.from({ length: random.whole(0, 4) }, (_, i) => generatedValue(random, i)),
    subkeys: Array.from({ length: subkeys }, (_, i) =>
      generatedKey(random, `${random.pick(['Key', 'Ключ', 'Größe'])} ${i}`, depth - 1),
    ),
  }
}

function generatedValue(random: Random, i: number): WrittenValue {
  const name = i === 0 ? '' : `${random.pick(['value', 'Ω'])} ${i}`
  const long = new Uint8Array(random.chance(0.02) ? 40_000 : random.whole(0, 300)).fill(random.whole(0, 255))
  return random.pick<WrittenValue>([
    { name, type: 'REG_SZ', data: random.text(random.whole(0, 60)) },
    { name, type: 'REG_EXPAND_SZ', data: `%SystemRoot%\\${random.text(8)}` },
    { name, type: 'REG_MULTI_SZ', data: [random.text(3), random.text(9)] },
    { name, type: 'REG_DWORD', data: random.whole(0, 0xffff) },
    { name, type: 'REG_QWORD', data: 1n << 40n },
    { name, type: 'REG_BINARY', data: long },
    { name, type: random.whole(0, 20), data: long },
  ])
}

function generatedText(random: Random): string {
  const line = () =>
    random.pick([
      `[HKEY_LOCAL_MACHINE\\SOFTWARE\\${random.text(6)}]`,
      `[-HKEY_CURRENT_USER\\${random.text(6)}]`,
      `"${random.text(4)}"="C:\\\\${random.text(5)} \\"${random.text(2)}\\""`,
      `@="${random.text(3)}\r\n${random.text(3)}"`,
      `"${random.text(4)}"=dword:${random.hex(8)}`,
      `"${random.text(4)}"=hex(${random.hex(1)}):${random.hex(2)},${random.hex(2)},\\\r\n  ${random.hex(2)},00`,
      `"${random.text(4)}"=-`,
      `; ${random.text(20)}`,
    ])
  return `Windows Registry Editor Version 5.00\r\n\r\n${Array.from({ length: 60 }, line).join('\r\n')}\r\n`
}

function generatedBlob(random: Random): Uint8Array {
  const der = new Uint8Array(random.whole(50, 900)).fill(random.whole(0, 255))
  const usages = Uint8Array.of(0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 3)
  return Buffer.concat([
    writeCertificateBlob([
      { id: 9, bytes: usages },
      { id: random.whole(1, 130), bytes: der.subarray(0, 20) },
    ]),
    storedCertificate(der, random.text(9)),
  ])
}
