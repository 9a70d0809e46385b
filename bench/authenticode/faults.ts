import type { SignatureVerification, Verification } from '../../src/authenticode/index.ts'
import {
  doubts,
  problemCodes,
  rangesOf,
  readSignatures,
  reasons,
  statuses,
  trustIn,
  verifySignatures,
} from '../../src/authenticode/index.ts'
import { during } from '../../test/authenticode-files.ts'
import { type Sample, signedContents } from './samples.ts'

/** What reading and verifying whatever octets came to. */
export type Outcome = {
  readonly status: Verification['status']
  readonly codes: readonly string[]
  readonly fault: string | undefined
}

/** Reads and verifies, and holds the answer against what an answer must be. @param signed what was really signed */
export async function outcomeOf(sample: Sample, signed: ReadonlySet<string>): Promise<Outcome> {
  const { bytes, name, parties } = sample
  const file = await readSignatures(rangesOf(bytes), { name, hashes: ['sha256'] })
  const result = verifySignatures(file, {
    trust: trustIn({ roots: [parties.root.der] }),
    time: during,
    catalogs: [file],
  })
  const codes = file.problems.map(({ code }) => code)
  const strange = codes.find(code => !Object.hasOwn(problemCodes, code))
  const forged =
    result.status === 'valid' && result.by_catalog === undefined && !signed.has(signedContents(file)[0] ?? '')
  const fault =
    strange !== undefined
      ? `the code ${strange} is not in the list`
      : codes.length > 64
        ? 'more problems than are kept'
        : forged
          ? 'valid, and nobody signed it'
          : (faultOf(result) ??
            result.signatures
              .flatMap(every)
              .map(faultOf)
              .find(one => one !== undefined))
  return { status: result.status, codes, fault }
}

function every(verified: SignatureVerification): readonly SignatureVerification[] {
  return [verified, ...verified.nested.flatMap(every)]
}

function faultOf(answer: Verification | SignatureVerification): string | undefined {
  const { status } = answer
  if (!Object.hasOwn(statuses, status)) return `the status ${status} is not in the list`
  for (const { code } of answer.reasons)
    if (!Object.hasOwn(reasons, code)) return `the reason ${code} is not in the list`
  for (const { code } of answer.doubts) if (!Object.hasOwn(doubts, code)) return `the doubt ${code} is not in the list`
  if ((status === 'valid') !== (answer.reasons.length === 0)) return `${status} with ${answer.reasons.length} reasons`
  if (status === 'valid' && 'chain' in answer) {
    const { digest, chain, root } = answer
    if (digest !== undefined && digest.told !== digest.computed) return 'valid with another digest'
    if (root === undefined || chain.length === 0) return 'valid without a root'
  }
  return undefined
}
