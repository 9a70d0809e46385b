import type { Judged, Procedure } from '../validate/index.ts'
import { isAttack, logs } from '../validate/index.ts'
import type { Output } from './output.ts'
import { printable, styled, table } from './output.ts'

/** On how many hosts of a site an event was ever seen, by channel and id. */
export type SeenOnSite = ReadonlyMap<string, number>

export function showValidation(output: Output, judged: readonly Judged[], site: SeenOnSite | undefined): void {
  if (output.json) {
    for (const one of judged) output.record({ type: 'procedure', ...told(one, site) })
    return
  }
  const rows = judged.map(one => {
    const { procedure, verdict, score, classes, rules } = one
    return [procedure.id, stateOf(one), verdict, String(score), rules.join(' '), classes.join(' '), procedure.title]
  })
  for (const line of table(['', '', 'verdict', 'score', 'rules', 'classes', 'procedure'], rows)) output.line(line)
  output.line('')
  for (const one of judged.filter(({ faults }) => faults.length > 0)) {
    const { procedure, faults } = one
    const style = procedure.not_yet === undefined ? 'red' : 'yellow'
    output.line(styled(output, style, `${procedure.id} ${stateOf(one)}: ${faults.join('; ')}`))
    if (procedure.not_yet !== undefined) output.line(styled(output, 'dim', `  ${procedure.not_yet}`))
  }
  output.line(styled(output, 'bold', countOf(judged)))
  if (site !== undefined) showSite(output, judged, site)
}

/** What a site could not have seen, whatever happened. */
function showSite(output: Output, judged: readonly Judged[], site: SeenOnSite): void {
  const unseen = judged
    .filter(({ procedure }) => isAttack(procedure))
    .map(({ procedure }) => ({ procedure, missing: neededBy(procedure).filter(event => !site.has(event)) }))
    .filter(({ missing }) => missing.length > 0)
  output.line('')
  if (unseen.length === 0) {
    output.line('Every kind of event that the attacks leave has been seen on this site.')
    return
  }
  output.line(styled(output, 'bold', 'Of these events none was ever seen on this site'))
  for (const { procedure, missing } of unseen)
    output.line(`  ${procedure.id} ${procedure.title}: ${missing.map(printable).join(', ')}`)
  output.line(styled(output, 'dim', '  counterseal coverage says how to switch them on'))
}

function told({ procedure, ...rest }: Judged, site: SeenOnSite | undefined) {
  const { id, title, source, expect, not_yet } = procedure
  const unseen = site === undefined ? {} : { never_seen_here: neededBy(procedure).filter(event => !site.has(event)) }
  return { id, title, source, expect, ...(not_yet === undefined ? {} : { not_yet }), ...rest, ...unseen }
}

function neededBy({ events }: Procedure): readonly string[] {
  return [...new Set(events.map(({ log, id }) => `${logs[log].channel} ${id}`))]
}

function stateOf({ faults, procedure }: Judged): string {
  if (faults.length === 0) return procedure.not_yet === undefined ? 'held' : 'held already'
  return procedure.not_yet === undefined ? 'FAILED' : 'not yet'
}

function countOf(judged: readonly Judged[]): string {
  const count = (state: string) => judged.filter(one => stateOf(one).startsWith(state)).length
  return `${judged.length} procedures: ${count('held')} held, ${count('not yet')} not yet, ${count('FAILED')} failed`
}
