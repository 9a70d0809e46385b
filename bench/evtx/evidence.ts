import { beginLog, fileHeaderSize, readChunk, toXml } from '../../src/evtx/index.ts'
import { chunksOf } from './corpus-logs.ts'
import { sysmonLog } from './sysmon-log.ts'

/** An event log in which every hundredth record is damaged. One with more records begins with the same ones. */
export function eventLog(count: number): Buffer {
  const log = Buffer.from(sysmonLog(count))
  const reading = beginLog(log.subarray(0, fileHeaderSize))
  const offsets = chunksOf(log).flatMap(chunk => readChunk(reading, chunk).records.map(({ offset }) => offset))
  for (const [nth, offset] of offsets.entries()) if (nth % 100 === 50) log.writeUInt32LE(0, offset)
  return log
}

/** The same events in XML, every hundredth of them broken. */
export function eventXml(count: number): string {
  const log = sysmonLog(count)
  const reading = beginLog(log.subarray(0, fileHeaderSize))
  const events = chunksOf(log).flatMap(chunk => readChunk(reading, chunk).records.map(toXml))
  return events.map((xml, nth) => `${nth % 100 === 50 ? xml.replace('</System>', '') : xml}\n`).join('')
}
