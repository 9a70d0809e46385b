import { readFileSync, statSync } from 'node:fs'
import type { App } from '../app.ts'
import type { Problem } from '../base/index.ts'
import { CountersealError, excerpt } from '../base/index.ts'
import { looksLikePem, readPem } from '../formats/index.ts'
import type { CertificateKnowledge } from '../search/index.ts'
import {
  certificateMeant,
  certificatePage,
  certificateWithHash,
  knowledgeOf,
  parseSearch,
  printSearch,
} from '../search/index.ts'
import type { Certificate, Fingerprints } from '../x509/index.ts'
import { fingerprintsOf, readCertificate } from '../x509/index.ts'
import type { Output } from './output.ts'
import { grouped, noteProblem, printable } from './output.ts'

/** A certificate to show: from the store, from a file, or both. */
export type ShownCertificate = {
  /** Undefined when its bytes are not known, or cannot be read. */
  readonly decoded: { readonly certificate: Certificate; readonly fingerprints: Fingerprints } | undefined
  /** Why bytes that are there cannot be read. */
  readonly unreadable: Problem | undefined
  readonly der: Uint8Array | undefined
  /** Undefined: the store does not have it. */
  readonly knowledge: CertificateKnowledge | undefined
}

/** Certificates of one file that are shown, and the bytes of a file that are read. */
const mostOfOneFile = 100
const longestFile = 64 << 20

/** What is meant by a fingerprint, a file or a serial number with its issuer. One that is not stored is shown from its file. */
export async function* shownCertificates(
  app: App,
  text: string,
  options: { readonly issuer?: string; readonly output: Output; readonly signal: AbortSignal },
): AsyncGenerator<ShownCertificate> {
  const { issuer, output, signal } = options
  if (issuer !== undefined) {
    for (const id of await withSerial(app, text, issuer, signal)) yield* stored(app, id, signal)
    return
  }
  const content = looksLikeFingerprint(text) ? undefined : contentOf(text)
  if (content === undefined) yield* stored(app, await certificateMeant(await app.events(), text, signal), signal)
  else yield* fromFile(app, text, content, output, signal)
}

async function* stored(app: App, id: string, signal: AbortSignal): AsyncGenerator<ShownCertificate> {
  const knowledge = await knowledgeOf(await app.events(), id, signal)
  if (knowledge !== undefined) yield { ...decode(knowledge.der), knowledge }
}

async function* fromFile(
  app: App,
  path: string,
  content: Uint8Array,
  output: Output,
  signal: AbortSignal,
): AsyncGenerator<ShownCertificate> {
  const blocks = looksLikePem(content) ? readPem(content) : [{ der: content, byte_offset: 0 }]
  for (const block of blocks.slice(0, mostOfOneFile)) {
    if ('problem' in block && block.problem !== undefined)
      noteProblem(output, { ...block.problem, where: `byte ${block.byte_offset}` })
    const shown = decode(block.der)
    if (shown.decoded === undefined) {
      yield { ...shown, knowledge: undefined }
      continue
    }
    const { sha256, sha1, md5 } = shown.decoded.fingerprints
    const store = await app.events()
    const id = await certificateWithHash(store, [sha256, sha1, md5], signal)
    yield { ...shown, knowledge: id === undefined ? undefined : await knowledgeOf(store, id, signal) }
  }
  const left = blocks.length - mostOfOneFile
  if (left > 0) output.note(`${grouped(left)} more certificates of ${printable(path)} are not shown.`)
}

function decode(der: Uint8Array | undefined): Omit<ShownCertificate, 'knowledge'> {
  if (der === undefined) return { der, decoded: undefined, unreadable: undefined }
  const reading = readCertificate(der)
  if ('problem' in reading) return { der, decoded: undefined, unreadable: reading.problem }
  const { certificate } = reading
  return {
    der: certificate.der,
    decoded: { certificate, fingerprints: fingerprintsOf(certificate) },
    unreadable: undefined,
  }
}

async function withSerial(app: App, serial: string, issuer: string, signal: AbortSignal): Promise<readonly string[]> {
  const term = (field: string, value: string) => printSearch({ type: 'field', field, operator: ':', value, column: 1 })
  const search = parseSearch(`${term('serial', serial)} ${term('issuer', issuer)}`)
  const { certificates } = await certificatePage(await app.events(), search, { limit: 20, signal })
  if (certificates.length > 0) return certificates.map(({ certificate_id }) => certificate_id)
  throw new CountersealError('usage/not-found', {
    message: `No certificate with the serial number ${excerpt(serial, 80)} by ${excerpt(issuer, 200)} is stored.`,
    remedy: 'Look for the serial number alone: `counterseal cert search serial:…`.',
  })
}

/** A file whose name looks like a fingerprint is given as `./name`. */
function looksLikeFingerprint(text: string): boolean {
  return text.length >= 8 && /^[0-9a-fA-F:\s-]+$/.test(text)
}

function contentOf(path: string): Uint8Array {
  try {
    if (path === '-') return readFileSync(0)
    if (statSync(path).size <= longestFile) return readFileSync(path)
  } catch (cause) {
    throw new CountersealError('input/unreadable', {
      message: `${excerpt(path, 200)} is no fingerprint, and as a file it cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      remedy: 'Give a SHA-256, SHA-1 or MD5, at least 8 digits of it, or a PEM or DER file.',
      cause,
    })
  }
  throw new CountersealError('input/unreadable', { message: `${path} has more than ${longestFile} bytes.` })
}
