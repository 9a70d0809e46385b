import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Network } from './network.ts'

/**
 * Windows events as Winlogbeat 8 ships them. Their shapes are those of the examples (which follow the corpus's OTRF
 * captures); host, time, process, user and record number are made up, so that tables, dictionaries and merges have the
 * work they have in the field.
 */
export type WindowsLog = { line(network: Network): string }

type Event = {
  '@timestamp': string
  host: { name: string; hostname: string }
  event: { created: string }
  winlog: {
    computer_name: string
    record_id: number
    event_data?: Record<string, string>
  }
}

const examples = fileURLToPath(new URL('../../examples/windows/', import.meta.url))

export function makeWindowsLog(): WindowsLog {
  const templates = readFileSync(join(examples, 'winlogbeat-WS-1042.ndjson'), 'utf8')
    .split('\n')
    .filter(line => line.startsWith('{"@timestamp"'))
    .flatMap(line => {
      try {
        return [JSON.parse(line) as Event] // written by scripts/examples
      } catch {
        return [] // the examples hold a broken line on purpose
      }
    })
  let record = 0
  return {
    line({ random, tick }) {
      const event = templates[random.skewed(templates.length)] ?? templates[0]
      if (event === undefined) throw new Error('there are no examples of Windows events')
      const time = new Date(tick() / 1000).toISOString()
      const host = `ws-${1000 + random.skewed(3000)}`
      record += 1
      event['@timestamp'] = time
      event.event.created = time
      event.host = { ...event.host, name: host, hostname: host.toUpperCase() }
      event.winlog.computer_name = `${host.toUpperCase()}.corp.example`
      event.winlog.record_id = record
      const data = event.winlog.event_data
      if (data !== undefined) {
        if ('UtcTime' in data) data.UtcTime = time.replace('T', ' ').replace('Z', '')
        if ('ProcessId' in data) data.ProcessId = String(random.whole(4, 30_000))
        if ('ProcessGuid' in data)
          data.ProcessGuid = `{${random.hex(8)}-${random.hex(4)}-${random.hex(4)}-0000-00${random.hex(10)}}`
      }
      return `${JSON.stringify(event)}\n`
    },
  }
}
