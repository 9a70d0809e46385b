import type { Field } from '../condition.ts'
import { issuer, nameParts, subject } from './distinguished-names.ts'
import { ca, der, precertificate, selfSigned } from './flags.ts'
import { md5, sha1, sha256, spki } from './hashes.ts'
import { aki, serial, ski } from './identifiers.ts'
import { key } from './key.ts'
import { firstSeen, host, lastSeen, port } from './met.ts'
import { ip, san } from './names.ts'
import { owner, problem, signature } from './others.ts'
import { apex, pivotFields } from './pivot-values.ts'
import { notAfter, notBefore, validity } from './validity.ts'

/** Every field of the search language, in the order of its documentation. */
export const fields: readonly Field[] = [
  sha256,
  sha1,
  md5,
  spki,
  serial,
  ski,
  aki,
  san,
  ip,
  apex,
  owner,
  subject,
  issuer,
  ...nameParts,
  notBefore,
  notAfter,
  validity,
  key,
  signature,
  selfSigned,
  ca,
  precertificate,
  der,
  problem,
  host,
  port,
  firstSeen,
  lastSeen,
  ...pivotFields,
]

const byName: ReadonlyMap<string, Field> = new Map(fields.map(field => [field.name, field]))

export function fieldOf(name: string): Field | undefined {
  return byName.get(name)
}

/** For messages: the parts of names and the pivot attributes each in one word. */
export function fieldNames(): readonly string[] {
  const names = fields.map(({ name }) => name)
  return [
    ...names.filter(name => !name.includes('.')),
    'subject.cn (and others)',
    'issuer.cn (and others)',
    'pivot.ATTRIBUTE',
  ]
}
