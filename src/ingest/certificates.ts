import { createHash } from 'node:crypto'
import type { Problem } from '../base/index.ts'
import { describeProblem } from '../base/index.ts'
import { looksLikePem, readPem } from '../formats/index.ts'
import { longestCertificate, readCertificate } from '../x509/index.ts'

/** A file of certificates larger than this is not read whole; no bundle we know has 1 MiB. */
export const longestBundle = 64 << 20

/** One certificate of a file as the line that is mapped, or what is wrong with it. */
export type CertificateRecord = {
  readonly byte_offset: number
  readonly bytes: number
  /** JSON, without a newline. */
  readonly line: string
  readonly problem?: Problem
}

/** The certificates of a PEM bundle or of a DER file, in order. */
export function readCertificates(content: Uint8Array, readAt: Date): readonly CertificateRecord[] {
  const blocks = looksLikePem(content) ? readPem(content) : [{ byte_offset: 0, bytes: content.length, der: content }]
  return blocks.map(block => {
    const { byte_offset, bytes, der } = block
    const reading =
      'problem' in block && block.problem !== undefined ? { problem: block.problem } : readCertificate(der)
    const text = Buffer.from(der.subarray(0, longestCertificate)).toString('base64')
    if ('problem' in reading)
      return {
        byte_offset,
        bytes,
        line: JSON.stringify({ problem: describeProblem(reading.problem), der: text }),
        problem: reading.problem,
      }
    return {
      byte_offset,
      bytes,
      line: JSON.stringify({ der: text, read_at: readAt.toISOString(), ...reading.certificate }),
    }
  })
}

/** Certificates have no head that could grow: the id is over the whole file. */
export function bundleIdOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
