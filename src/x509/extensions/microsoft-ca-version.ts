import type { Walk } from '../der.ts'
import { expectEnd, readExpected, tags } from '../der.ts'
import { readSmallInteger } from '../primitives.ts'
import type { Extensions } from './index.ts'
import type { ExtensionReader } from './reader.ts'

/**
 * szOID_CERTSRV_CA_VERSION, [MS-WCCE] §2.2.2.7.2: one INTEGER, the index of the CA's certificate in its lower 16 bits and
 * of the key in its upper 16.
 */
export const microsoftCaVersion: ExtensionReader<'microsoft_ca_version'> = {
  oid: '1.3.6.1.4.1.311.21.1',
  name: 'microsoftCaVersion',
  field: 'microsoft_ca_version',
  repeats: true,
  read: readCaVersion,
}

function readCaVersion(walk: Walk, start: number, end: number): Extensions['microsoft_ca_version'] {
  if (!readExpected(walk, start, end, tags.integer, 'INTEGER')) return undefined
  expectEnd(walk, walk.end, end)
  const version = readSmallInteger(walk)
  if (version === undefined) return undefined
  return { certificate: version & 0xffff, key: Math.floor(version / 0x10000) }
}
