import { createHash } from 'node:crypto'
import type { WrittenSigner } from '../authenticode/index.ts'
import { writePe, writeSignedPe, writeSigner } from '../authenticode/index.ts'
import { CountersealError } from '../base/index.ts'
import type { LoggedEvent, Procedure } from './procedure.ts'

/** The files that a procedure leaves, and what its events may say of them. */
export type ProcedureFiles = {
  readonly files: readonly { readonly name: string; readonly content: Uint8Array }[]
  /** `file app.exe sha256`, `certificate publisher sha1`, in lower-case hexadecimal. */
  readonly told: ReadonlyMap<string, string>
}

/**
 * Programs as they would be collected from the host: invented, with nothing in them that runs. The same procedure gives the
 * same octets.
 */
export async function filesOfProcedure({ id, files }: Procedure): Promise<ProcedureFiles> {
  const told = new Map<string, string>()
  const made: { name: string; content: Uint8Array }[] = []
  const tell = (kind: string, name: string, content: Uint8Array): void => {
    for (const hash of ['sha256', 'sha1', 'md5'])
      told.set(`${kind} ${name} ${hash}`, createHash(hash).update(content).digest('hex'))
  }
  const signerOf = (name: string, issuer?: WrittenSigner): WrittenSigner => {
    const signer = writeSigner(`${id} ${name}`, issuer === undefined ? {} : { issuer })
    tell('certificate', name, signer.der)
    for (const hash of ['sha256', 'sha1'])
      told.set(`certificate ${name} tbs_${hash}`, createHash(hash).update(signer.tbs).digest('hex'))
    return signer
  }
  for (const { name, signed_by, issued_by, padding, changed } of files) {
    const plain = writePe({ overlay: createHash('sha512').update(`${id} ${name}`).digest() })
    let content = plain
    if (signed_by !== undefined) {
      const issuer = issued_by === undefined ? undefined : signerOf(issued_by)
      const signer = signerOf(signed_by, issuer)
      const certificates = issuer === undefined ? [signer.der] : [signer.der, issuer.der]
      content = await writeSignedPe(plain, signer, { certificates, padding: Buffer.alloc(padding, 0x41) })
    }
    // In its section, behind all headers.
    if (changed) content = content.map((octet, nth) => (nth === 0x210 ? octet ^ 1 : octet))
    tell('file', name, content)
    made.push({ name, content })
  }
  return { files: made, told }
}

/** An event with what it says of files filled in. Throws `data/bad-definition` where it names none. */
export function filledIn(procedure: Procedure, event: LoggedEvent, told: ProcedureFiles['told']): LoggedEvent {
  const fill = (text: string): string =>
    text.replace(placeholder, whole => {
      const value = told.get(whole.slice(1, -1))
      if (value !== undefined) return value
      throw new CountersealError('data/bad-definition', {
        message: `${procedure.id} says ${whole}, and has no such file.`,
      })
    })
  return { ...event, data: Object.fromEntries(Object.entries(event.data).map(([name, text]) => [name, fill(text)])) }
}

const placeholder = /\{(?:file|certificate) [^{} ]{1,80} [a-z0-9_]{1,20}\}/g
