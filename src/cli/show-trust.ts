import type { TrustChange } from '../model/index.ts'
import { type Output, printable, styled } from './output.ts'

/** Who, when and from where, as lines for people. What no record told is left out. */
export function showChange(output: Output, change: TrustChange): void {
  const { host, object, operation, before, after, described, provenance } = change
  const time =
    provenance === 'event'
      ? change.changed_from
      : `${change.changed_from || 'not told'} to ${change.changed_until || 'not told'}`
  output.line(`${styled(output, 'bold', `${time}  ${operation}`)}  ${printable(host) || '(host not told)'}`)
  output.line(`  ${printable(object)}${described === '' ? '' : `  ${printable(described)}`}`)
  if (before !== null || after !== null)
    output.line(
      `  from ${shownState(before)} to ${operation === 'deleted' || operation === 'disappeared' ? 'nothing' : shownState(after)}`,
    )
  const who = [
    ['by', change.actor_process],
    ['as', change.actor_user],
    ['started by', change.actor_parent],
    ['with', change.actor_command_line],
    ['session', [change.actor_logon_id, logonType(change.actor_logon_type)].filter(part => part !== '').join(', ')],
    ['from', change.actor_source_address],
  ].filter(([, value]) => value !== '')
  if (who.length > 0) output.line(`  ${who.map(([word, value]) => `${word} ${printable(value ?? '')}`).join('; ')}`)
  const told = `${provenance} ${change.event_uid}`
  const file =
    change.evidence_file === '' ? '' : `, record ${change.record_number} of ${printable(change.evidence_file)}`
  output.line(styled(output, 'dim', `  ${told}${file}`))
}

function shownState(state: string | null): string {
  if (state === null) return '(not known)'
  return state === '' ? '(empty)' : printable(state.length > 200 ? `${state.slice(0, 199)}…` : state)
}

/** Of Security 4624. */
function logonType(type: string): string {
  const names: Readonly<Record<string, string>> = {
    2: 'console',
    3: 'network',
    4: 'batch',
    5: 'service',
    10: 'remote desktop',
  }
  return type === '' ? '' : `type ${type}${names[type] === undefined ? '' : ` (${names[type]})`}`
}
