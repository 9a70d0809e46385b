import type { UngroupedCertificate } from '../pivots/index.ts'
import { factsOf, ungroupedCertificate } from '../pivots/index.ts'
import { fingerprintsOf, readCertificate } from '../x509/index.ts'

/** A certificate read from its bytes; undefined where they are none to us. `id`: certificate_id, where it is known. */
export function certificateOf(der: Uint8Array, id?: string): UngroupedCertificate | undefined {
  const reading = readCertificate(der)
  if ('problem' in reading) return undefined
  return ungroupedCertificate(factsOf(reading.certificate, fingerprintsOf(reading.certificate)), id)
}
