import { rootCertificates } from 'node:tls'
import type { Trust } from '../authenticode/index.ts'
import { trustIn } from '../authenticode/index.ts'

/**
 * Roots that signatures of files are believed by: those of Mozilla, as the running Node has them. They sign most programs, and none of
 * Microsoft's own: those are `untrusted-root` here, with all else verified. No detection takes that for a fault.
 */
export function publicTrust(): Trust {
  trust ??= trustIn({
    roots: rootCertificates.map(pem => Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64')),
  })
  return trust
}

let trust: Trust | undefined
