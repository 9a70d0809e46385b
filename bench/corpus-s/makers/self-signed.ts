import { day } from '../calendar.ts'
import type { Dn } from '../distinguished-name.ts'
import { type Issued, writeCertificate } from '../issue.ts'
import type { Key } from '../keys.ts'
import type { Random } from '../random.ts'
import type { Tool } from './tools.ts'

export type SelfSignedRequest = {
  readonly tool: Tool
  readonly subject: Dn
  /** @default the subject */
  readonly issuer?: Dn
  readonly key: Key
  /** ms since the epoch. */
  readonly made: number
  /** @default what the tool gives */
  readonly days?: number
  readonly names?: readonly string[]
  readonly ips?: readonly string[]
  /** Contents octets. @default what the tool draws */
  readonly serial?: Uint8Array
  /** ms since the epoch. @default when it was made */
  readonly notBefore?: number
  readonly notAfter?: number
  /** What the certificate says its key id is. @default that of the key */
  readonly ski?: Uint8Array
}

/** A certificate that nobody else signed. In service for 20 to 400 days, whatever it says itself: nobody checks. */
export function selfSigned(random: Random, request: SelfSignedRequest): Issued {
  const { tool, subject, issuer = subject, key, made, days = tool.days, names = [], ips = [], ski = key.ski } = request
  const { serial = tool.serial(random), notBefore = Math.floor(made / 1000) * 1000 } = request
  const der = writeCertificate(random, {
    ...(tool.version === undefined ? {} : { version: tool.version }),
    serial,
    subject,
    issuer,
    notBefore,
    notAfter: request.notAfter ?? notBefore + days * day,
    key,
    signer: key.kind,
    hash: tool.hash,
    extensions: tool.extensions(key, ski, names, ips),
  })
  return { der, made, until: made + random.whole(20, 400) * day, key }
}
