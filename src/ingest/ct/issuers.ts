import { createHash } from 'node:crypto'
import type { Problem } from '../../base/index.ts'
import type { Log, LogEntry } from '../../ct/index.ts'
import { CtFault, isSignedIssuer } from '../../ct/index.ts'
import { rowsOf } from '../../model/index.ts'
import { readCertificate } from '../../x509/index.ts'
import type { LogContext } from './context.ts'

/** Certificates above the entries of one log, each asked for once: a log has some hundred of them above millions of entries. */
export class Issuers {
  readonly #context: LogContext
  readonly #log: Log
  /** Those that the log did not give as it should have. */
  readonly problems: Problem[] = []
  /** SHA-256 of the public key by that of the certificate, both lower-case hex; no key where the certificate was not to be had. */
  readonly #keys = new Map<string, string | undefined>()

  constructor(context: LogContext, log: Log) {
    this.#context = context
    this.#log = log
  }

  /** The DER of those that are not in the store yet. One that the log does not give is left out. */
  async newOnes(entries: readonly LogEntry[]): Promise<readonly Uint8Array[]> {
    const given = new Map<string, Uint8Array | undefined>()
    for (const { chain, issuers } of entries)
      for (const [nth, sha256] of chain.entries()) if (!this.#keys.has(sha256)) given.set(sha256, issuers?.[nth])
    if (given.size === 0) return []
    const rows = await rowsOf(this.#context.store, 'certificates-known', { params: { hashes: [...given.keys()] } })
    for (const { sha256, spki_sha256 } of rows) {
      given.delete(String(sha256))
      if (spki_sha256 !== '' || !this.#keys.has(String(sha256))) this.#keys.set(String(sha256), String(spki_sha256))
    }
    const found: Uint8Array[] = []
    for (const [sha256, der] of given) {
      const issuer = der ?? (await this.#fetch(sha256))
      if (issuer !== undefined) found.push(issuer)
      this.#keys.set(sha256, issuer && keyHashOf(issuer))
    }
    return found
  }

  /** The log signed the hash of another key than that of the certificate above this entry. False where that key is not known. */
  isOther(entry: LogEntry): boolean {
    const keys = entry.chain.slice(0, 2).map(one => this.#keys.get(one) ?? '')
    const known = keys.filter(key => key !== '')
    return known.length > 0 && known.length === keys.length && !isSignedIssuer(entry, known)
  }

  async #fetch(sha256: string): Promise<Uint8Array | undefined> {
    const { signal } = this.#context
    try {
      return await this.#log.issuer(sha256, signal === undefined ? {} : { signal })
    } catch (error) {
      if (!(error instanceof CtFault)) throw error
      this.problems.push({ ...error.fault, where: `${this.#log.about.monitoring_url}, issuer ${sha256}` })
      return undefined
    }
  }
}

function keyHashOf(der: Uint8Array): string | undefined {
  const reading = readCertificate(der)
  const spki = 'certificate' in reading ? reading.certificate.public_key?.spki : undefined
  return spki && createHash('sha256').update(spki).digest('hex')
}
