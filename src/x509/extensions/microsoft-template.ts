import type { Walk } from '../der.ts'
import { expectEnd, readExpected, tags } from '../der.ts'
import { readSmallInteger } from '../primitives.ts'
import type { Extensions } from './index.ts'
import type { ExtensionReader } from './reader.ts'
import { readOidText } from './values.ts'

/** szOID_CERTIFICATE_TEMPLATE, [MS-WCCE] §2.2.2.7.7.2: from which template an enterprise CA has issued it. */
export const microsoftTemplate: ExtensionReader<'microsoft_template'> = {
  oid: '1.3.6.1.4.1.311.21.7',
  name: 'microsoftTemplate',
  field: 'microsoft_template',
  repeats: true,
  read: readTemplate,
}

/** SEQUENCE { templateID OBJECT IDENTIFIER, templateMajorVersion INTEGER OPTIONAL, templateMinorVersion INTEGER OPTIONAL } */
function readTemplate(walk: Walk, start: number, end: number): Extensions['microsoft_template'] {
  if (!readExpected(walk, start, end, tags.sequence, 'CertificateTemplateOID')) return undefined
  const { contents, contentsEnd, end: sequenceEnd } = walk
  const oid = readOidText(walk, contents, contentsEnd, 'templateID')
  if (oid === undefined) return undefined
  const versions: (number | undefined)[] = []
  let at = walk.end
  while (at < contentsEnd && versions.length < 2) {
    if (!readExpected(walk, at, contentsEnd, tags.integer, 'a version')) break
    at = walk.end
    versions.push(readSmallInteger(walk))
  }
  if (versions.length === 2) expectEnd(walk, at, contentsEnd)
  expectEnd(walk, sequenceEnd, end)
  return { oid, major: versions[0], minor: versions[1] }
}
