import type { Chunk } from './chunk.ts'

const pairs: readonly string[] = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'))

/**
 * The GUID at `at` as current Windows writes it, `{5770385f-c22a-43e0-bf4c-06f5698ffbd9}`. Its first three parts are numbers,
 * so their octets stand the other way round (MS-DTYP §2.3.4).
 */
export function guidAt({ bytes }: Chunk, at: number): string {
  const pair = (i: number) => pairs[bytes[at + i] ?? 0] ?? ''
  return (
    `{${pair(3)}${pair(2)}${pair(1)}${pair(0)}-${pair(5)}${pair(4)}-${pair(7)}${pair(6)}-` +
    `${pair(8)}${pair(9)}-${pair(10)}${pair(11)}${pair(12)}${pair(13)}${pair(14)}${pair(15)}}`
  )
}
