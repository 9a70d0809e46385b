import type { InputFile, InputKind, SiteInputs } from './site-inputs.ts'
import { inputKinds } from './site-inputs.ts'

const hour = 3_600_000

/** What a kind of list can say of a time: nothing where there is none, or where each of them is older than it is believed. */
export type InputState = {
  readonly state: 'healthy' | 'stale' | 'missing'
  readonly files: readonly InputFile[]
  /** What would tell, for the reader; empty when it is healthy. */
  readonly missing: string
}

/** @param until end of the activity, milliseconds since the epoch: a list made after it tells it all */
export function stateOfInput({ files }: SiteInputs, kind: InputKind, until: number): InputState {
  const own = files.filter(({ input }) => input === kind)
  const says = kind === 'locations' ? 'a database of where addresses are' : inputKinds[kind].says
  const healthy = own.filter(one => one.as_of >= until - one.fresh_hours * hour)
  if (own.length === 0) return { state: 'missing', files: [], missing: `${says} (${kind} in inputs.yaml)` }
  if (healthy.length > 0) return { state: 'healthy', files: healthy, missing: '' }
  const newest = Math.max(...own.map(({ as_of }) => as_of))
  const named = own.map(({ file }) => file).join(', ')
  const wanted = `${says} of after ${textOf(until - (own[0]?.fresh_hours ?? 0) * hour)}`
  return {
    state: 'stale',
    files: own,
    missing: `${wanted}; the newest, ${named}, is of ${textOf(newest)} (ask ${own[0]?.owner})`,
  }
}

function textOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`
}
