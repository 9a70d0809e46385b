import type { InputFile, InputKind, InputRow, InputState, SiteInputs } from '../inputs/index.ts'
import { stateOfInput } from '../inputs/index.ts'
import type { Network } from '../network/index.ts'
import { overlaps } from '../network/index.ts'
import type { EvidenceRef } from './answer.ts'

/** What a kind of list can say of a time, and what a "no" by it stands on. */
export type ListState = InputState & { readonly evidence: readonly EvidenceRef[] }

/** @param until end of the activity, milliseconds since the epoch */
export function listState(inputs: SiteInputs, kind: InputKind, until: number): ListState {
  const told = stateOfInput(inputs, kind, until)
  return { ...told, evidence: told.state === 'healthy' ? told.files.map(wholeList) : [] }
}

/** The whole of a list, for what is not in it. */
export function wholeList({ input, file, version }: InputFile): EvidenceRef {
  return { source: 'input', input, file, row: 0, version }
}

export function rowRef({ from: { input, file, version }, row }: InputRow<unknown>): EvidenceRef {
  return { source: 'input', input, file, row, version }
}

export function textOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`
}

export function covers(files: readonly InputFile[], network: Network): boolean {
  return files.some(file => file.covers.some(one => one.first <= network.first && network.last <= one.last))
}

export function holdsAt(
  row: { readonly valid_from?: number | undefined; readonly valid_until?: number | undefined },
  from: number,
  until: number,
): boolean {
  return (
    (row.valid_from === undefined || row.valid_from <= until) &&
    (row.valid_until === undefined || row.valid_until >= from)
  )
}

/** Whether a name is one of the scope, or below one; `*.` before it says the same. */
export function inScope(scope: readonly string[], name: string): boolean {
  return scope.some(one => {
    const bare = one.replace(/^\*\./, '')
    return name === bare || name.endsWith(`.${bare}`)
  })
}

/** An address that a scope names, or that lies in a network of it. */
export function networksIn(networks: readonly Network[], one: Network): boolean {
  return networks.some(other => overlaps(other, one))
}
