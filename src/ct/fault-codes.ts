import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'

/**
 * What can be wrong with what a log says, by code. They are stored with findings, so they are append-only. `by_log` tells whether only the log itself, or
 * whoever speaks in its name, can have caused it; the others may be trouble on the way, and are asked for again.
 */
export const faultCodes = {
  'ct/fork': { by_log: true, means: 'two heads of one size have different roots: the log shows different trees' },
  'ct/shrink': { by_log: true, means: 'a later head has fewer entries than an earlier one: the log took entries back' },
  'ct/root': { by_log: true, means: 'the tree over the entries that the log gave is not the one that it signed' },
  'ct/consistency': { by_log: true, means: 'the log does not show that its tree begins with what it was before' },
  'ct/merged-late': { by_log: true, means: 'entries came into the tree later than the log had promised' },
  'ct/promise-broken': {
    by_log: true,
    means: 'an entry that the log promised is not in its tree, and the time for it is over',
  },
  'ct/head-stale': { by_log: true, means: 'the newest head is older than the log may let it become' },
  'ct/head-future': { by_log: true, means: 'a head says that it was made at a time that is not yet' },
  'ct/head-signature': { by_log: true, means: 'a head is not signed by the key of the log' },
  'ct/head-origin': { by_log: true, means: 'a checkpoint is of another log than the one that was asked' },
  'ct/precertificate': {
    by_log: true,
    means: 'a precertificate, or the issuer above it, is not the one whose contents are in the tree',
  },
  'ct/head': { by_log: false, means: 'a head that cannot be read' },
  'ct/proof': { by_log: false, means: 'a proof of inclusion of another entry than was asked for' },
  'ct/entry': { by_log: false, means: 'an entry that cannot be read; a tile that ends too early, or too late' },
  'ct/tile': { by_log: false, means: 'a tile of hashes that is too short or too long' },
  'ct/tile-missing': { by_log: false, means: 'a tile that a signed head asks for is not there' },
  'ct/issuer': { by_log: false, means: 'an issuer whose hash is another than that it was asked for by' },
  'ct/answer': { by_log: false, means: 'an answer that is none: another document, too many entries, or none' },
} as const satisfies Readonly<Record<string, { readonly by_log: boolean; readonly means: string }>>

export type FaultCode = keyof typeof faultCodes

export type Fault = Problem & { readonly code: FaultCode }

/** What a log said that cannot be: its answer is wrong, not the way to it. */
export class CtFault extends Error {
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault.code)
    this.name = 'CtFault'
    this.fault = fault
  }
}

export function wrong(code: FaultCode, expected: string, found?: string, where?: string): { readonly fault: Fault } {
  return {
    fault: {
      code,
      ...(where === undefined ? {} : { where }),
      expected,
      ...(found === undefined ? {} : { found: excerpt(found) }),
    },
  }
}
