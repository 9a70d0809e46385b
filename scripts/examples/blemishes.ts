/** Faults put in on purpose, so that a hunt has something to be honest about. */
import { laptop, securityHost, workstation } from './network.ts'

export type Blemished = {
  readonly text: string
  /** 1-based. */
  readonly line: number
}

const people = [laptop, securityHost, workstation]

/** A conn.log row that lost its last seven fields, as when a disk fills. Nobody of the story is on it. */
export function loseFields(log: string): Blemished {
  return spoil(
    log,
    0.4,
    line => !line.startsWith('#'),
    line => line.split('\t').slice(0, -7).join('\t'),
  )
}

/** An EVE line cut in the middle, as when two writers share a file. It is an ordinary flow record. */
export function cutLine(log: string): Blemished {
  return spoil(
    log,
    0.6,
    line => line.includes('"event_type":"flow"'),
    line => line.slice(0, Math.floor(line.length * 0.6)),
  )
}

function spoil(
  log: string,
  share: number,
  suits: (line: string) => boolean,
  damage: (line: string) => string,
): Blemished {
  const lines = log.split('\n')
  const from = Math.floor(lines.length * share)
  const index = lines.findIndex((line, at) => at >= from && suits(line) && !people.some(who => line.includes(who)))
  const chosen = lines[index]
  if (chosen === undefined) throw new Error('examples: no line suits the blemish')
  return { text: lines.with(index, damage(chosen)).join('\n'), line: index + 1 }
}

/** What an analyst leaves beside the evidence. No source knows it. */
export const notes = `Collected 2026-10-17 by the night shift.

- core sensor: zeek/ (five days, dns.log packed by the collector)
- edge sensor: suricata/eve-perimeter.json; the DMZ sensor's file is there but has nothing in it, ask networks why
- WS-1042: winlogbeat until it went quiet on Thursday 09:13, the rest exported by hand on the machine
- DEV-0031: through the NXLog relay; its times are the host's, which runs in UTC
- certificates/: carved from the sensors, the loader's signature and the two machines' stores
`
