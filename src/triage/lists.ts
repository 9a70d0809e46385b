import type { InputFile, InputKind, InputRow, SiteInputs } from '../inputs/index.ts'
import { inputKinds } from '../inputs/index.ts'
import type { Network } from '../network/index.ts'
import { overlaps } from '../network/index.ts'
import type { EvidenceRef } from './answer.ts'

const hour = 3_600_000

/** What a kind of list can say of a time: nothing where there is none, or where each of them is older than it is believed. */
export type ListState = {
  readonly state: 'healthy' | 'stale' | 'missing'
  readonly files: readonly InputFile[]
  /** What would tell, for the reader. */
  readonly missing: string
  readonly evidence: readonly EvidenceRef[]
}

/** @param until end of the activity, milliseconds since the epoch: a list made after it tells it all */
export function listState({ files }: SiteInputs, kind: InputKind, until: number): ListState {
  const own = files.filter(({ input }) => input === kind)
  const says = kind === 'locations' ? 'a database of where addresses are' : inputKinds[kind].says
  const healthy = own.filter(one => one.as_of >= until - one.fresh_hours * hour)
  if (own.length === 0)
    return { state: 'missing', files: [], missing: `${says} (${kind} in inputs.yaml)`, evidence: [] }
  if (healthy.length === 0) {
    const newest = Math.max(...own.map(({ as_of }) => as_of))
    return {
      state: 'stale',
      files: own,
      missing: `${says} of after ${textOf(until - (own[0]?.fresh_hours ?? 0) * hour)}; the newest, ${own.map(({ file }) => file).join(', ')}, is of ${textOf(newest)} (ask ${own[0]?.owner})`,
      evidence: [],
    }
  }
  return { state: 'healthy', files: healthy, missing: '', evidence: healthy.map(wholeList) }
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
