import { createHash } from 'node:crypto'
import type { EventDescription } from '../evtx/index.ts'
import { eventWriter, writeLog } from '../evtx/index.ts'
import { logs } from './logs.ts'
import type { LoggedEvent, Procedure } from './procedure.ts'
import type { ProcedureFiles } from './procedure-files.ts'
import { filledIn } from './procedure-files.ts'

/** The host that a procedure is logged on: each has one of its own, so that many can stand in one store. */
export function hostOf({ id }: Procedure): string {
  return `${id.toLowerCase()}.validate.invalid`
}

/**
 * The event log of a procedure that began at `start`, milliseconds since 1970. It is as Windows writes it but for what no
 * detection looks at; the same procedure and start give the same bytes.
 *
 * @param files what `filesOfProcedure` makes of the same procedure
 */
export function logOfProcedure(procedure: Procedure, start: number, files: ProcedureFiles): Uint8Array {
  const writer = eventWriter()
  const events = procedure.events.flatMap(repeated).toSorted((a, b) => a.at - b.at)
  const described = events.map(event => descriptionOf(procedure, filledIn(procedure, event, files.told), start))
  return writeLog(described.map((event, nth) => writer.record(event, BigInt(nth + 1))))
}

function repeated(event: LoggedEvent): readonly LoggedEvent[] {
  if (event.times === 1) return [event]
  return Array.from({ length: event.times }, (_, nth) => {
    const filled = (text: string) => text.replaceAll('{n}', String(nth).padStart(4, '0'))
    const data = Object.fromEntries(Object.entries(event.data).map(([name, text]) => [name, filled(text)]))
    const process = event.process === undefined ? {} : { process: filled(event.process) }
    const host = event.host === undefined ? {} : { host: filled(event.host) }
    return { ...event, ...process, ...host, at: event.at + nth * event.every, data }
  })
}

function descriptionOf(procedure: Procedure, event: LoggedEvent, start: number): EventDescription {
  const { channel, provider, guid } = logs[event.log]
  const time = start + event.at * 1000
  const told = { ...processOf(procedure, event), ...event.data }
  const data = Object.entries(event.log === 'sysmon' ? { UtcTime: utcTime(time), ...told } : told)
  return {
    provider_name: provider,
    provider_guid: guid,
    event_id: event.id,
    version: 2,
    task: event.id,
    time_created: fileTime(time),
    process_id: 4,
    thread_id: 4,
    channel,
    computer: event.host ?? hostOf(procedure),
    user_sid: 'S-1-5-18',
    data,
  }
}

function processOf(procedure: Procedure, { log, process, parent }: LoggedEvent): Record<string, string> {
  if (log !== 'sysmon') return {}
  const own =
    process === undefined ? {} : { ProcessGuid: guidOf(procedure, process), ProcessId: pidOf(procedure, process) }
  const above =
    parent === undefined
      ? {}
      : { ParentProcessGuid: guidOf(procedure, parent), ParentProcessId: pidOf(procedure, parent) }
  return { ...own, ...above }
}

function guidOf({ id }: Procedure, name: string): string {
  const digits = createHash('sha256').update(`${id} ${name}`).digest('hex')
  return `{${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20, 32)}}`
}

function pidOf({ id }: Procedure, name: string): string {
  return String(4 * (1000 + (createHash('sha256').update(`${id} ${name}`).digest().readUInt16BE() % 8000)))
}

/** As Sysmon tells it. */
function utcTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '')
}

/** Milliseconds since 1970 in units of 100 ns since 1601. */
export function fileTime(milliseconds: number): bigint {
  return (BigInt(Math.round(milliseconds)) + 11_644_473_600_000n) * 10_000n
}
