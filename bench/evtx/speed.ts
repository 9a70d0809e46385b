/**
 * Measures how fast event logs are read, beside `evtxexport`, on one core, in turns, and how much memory a large one takes.
 *
 *   COUNTERSEAL_CORPUS=../shared/corpus npx tsx bench/evtx/speed.ts
 *   npx tsx bench/evtx/speed.ts --repetitions 3 --megabytes 64
 *
 * --repetitions N   of every reader over every log (default 7)
 * --megabytes N     size of the large file, which is written below the directory for temporary files (default 512)
 * --profile TEXT    only this reader, for a profiler: values, json or xml
 *
 * Prints markdown. Times are of the processor, not of the clock, so that what else runs on the machine counts little; those of
 * `evtxexport` are of its whole run, with its output thrown away. We read each log often enough in a row, each time from the
 * beginning, that 20,000 records are read at least: nobody reads two thousand records for speed. To values: every field of System and of the payload of every
 * record. To JSON: the text only. To XML: the values, then the text. Ours is measured as it ships, compiled by tsc.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Log } from '../../src/evtx/index.ts'
import { compiledRoom } from '../compiled-room.ts'
import { median } from '../measure.ts'
import { chunksOf, corpusLogs } from './corpus-logs.ts'
import { hasEvtxexport } from './evtxexport.ts'
import { sysmonLog } from './sysmon-log.ts'

const { values } = parseArgs({
  options: {
    repetitions: { type: 'string', default: '7' },
    megabytes: { type: 'string', default: '512' },
    profile: { type: 'string' },
  },
})
const repetitions = Number(values.repetitions)
const { beginLog, readChunk, readChunkAsJson, endLog, toXml, chunkSize, fileHeaderSize } = await compiledRoom('evtx')

type Measured = {
  readonly name: string
  readonly path: string
  readonly bytes: Uint8Array
  readonly chunks: readonly Uint8Array[]
}

/** Reads the next chunk; gives the sum of some lengths, so that nothing can be left out as unused. */
const readers: Readonly<Record<string, (log: Log, chunk: Uint8Array) => number>> = {
  values: (log, chunk) => readChunk(log, chunk).records.reduce((sum, { fields }) => sum + fields.length, 0),
  json: (log, chunk) => readChunkAsJson(log, chunk).lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0),
  xml: (log, chunk) => readChunk(log, chunk).records.reduce((sum, record) => sum + Buffer.byteLength(toXml(record)), 0),
}

const scratch = mkdtempSync(join(tmpdir(), 'counterseal-evtx-'))
try {
  const logs = measuredLogs()
  if (values.profile !== undefined)
    for (let n = 0; n < 30; n += 1) for (const log of logs) processorSeconds(log, values.profile)
  else {
    console.log(`${cpus()[0]?.model}, Node.js ${process.version}, load average ${loadavg()[0]?.toFixed(1)} before\n`)
    console.log(memoryTable(logs[0] as Measured)) // there is always the generated one
    console.log(speedTable(logs))
    console.log(`load average ${loadavg()[0]?.toFixed(1)} after`)
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** A generated log, and the largest of the corpus. */
function measuredLogs(): readonly Measured[] {
  const path = join(scratch, 'generated.evtx')
  writeFileSync(path, sysmonLog(20_000))
  const corpus = process.env.COUNTERSEAL_CORPUS
  const large = corpus === undefined ? [] : corpusLogs(corpus).filter(({ bytes }) => bytes.length > 1_000_000)
  const picked = ['security.evtx', 'system.evtx', 'sysmon7', 'CAPI2_4097', 'issue_43', 'code_integrity']
  const chosen = large.filter(
    ({ name }) => picked.some(part => name.includes(part)) && !name.includes('williballenthin__security'),
  )
  const real = chosen.map(log => ({
    ...log,
    name: log.name.replace(/^.*\/(?:omerbenamram__)?/, '').replace('.evtx', ''),
  }))
  return [{ name: 'generated, Sysmon', path, bytes: readFileSync(path) }, ...real].map(log => ({
    ...log,
    chunks: chunksOf(log.bytes),
  }))
}

/** Processor time of one reading of a log by us. */
function processorSeconds({ bytes, chunks }: Measured, reader: string, rounds = 1): number {
  const use = readers[reader]
  if (use === undefined) throw new Error(`there is no reader ${reader}`)
  const { user: userBefore, system: systemBefore } = process.cpuUsage()
  let sum = 0
  for (let n = 0; n < rounds; n += 1) {
    const log = beginLog(bytes.subarray(0, fileHeaderSize))
    for (const chunk of chunks) sum += use(log, chunk)
    endLog(log)
  }
  const { user, system } = process.cpuUsage()
  if (sum === 0) throw new Error('nothing was read')
  return (user + system - userBefore - systemBefore) / 1e6 / rounds
}

/** Processor time of one run of evtxexport. */
function exportSeconds({ path }: Measured): number {
  const { stderr } = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="%U %S"; time evtxexport -f xml "$1" >/dev/null 2>&1', 'bash', path],
    { encoding: 'utf8' },
  )
  return stderr
    .trim()
    .split(' ')
    .reduce((sum, text) => sum + Number(text), 0)
}

function speedTable(logs: readonly Measured[]): string {
  const compared = hasEvtxexport()
  const lines = logs.map(log => {
    const fresh = beginLog(log.bytes.subarray(0, fileHeaderSize))
    const count = log.chunks.reduce((sum, chunk) => sum + readChunk(fresh, chunk).records.length, 0)
    const times: Record<string, number[]> = { values: [], json: [], xml: [], evtxexport: [] }
    for (let n = -2; n < repetitions; n += 1) {
      for (const reader of Object.keys(readers)) {
        // The first two are for warming up.
        const seconds = processorSeconds(log, reader, Math.ceil(20_000 / count))
        if (n >= 0) times[reader]?.push(seconds)
      }
      if (compared && n >= 0) times.evtxexport?.push(exportSeconds(log))
    }
    const rate = (reader: string) => count / median(times[reader] ?? [])
    const factor = (reader: string) => (compared ? ` (${(rate(reader) / rate('evtxexport')).toFixed(0)} ×)` : '')
    const cells = Object.keys(readers).map(reader => `${rounded(rate(reader))}${factor(reader)}`)
    return `| ${log.name} | ${rounded(count)} | ${cells.join(' | ')} | ${compared ? rounded(rate('evtxexport')) : 'not installed'} |`
  })
  return `Records in a second of one processor, median of ${repetitions}; in brackets, against evtxexport.

| log | records | to values | to JSON | to XML | evtxexport |
|---|--:|--:|--:|--:|--:|
${lines.join('\n')}
`
}

/** The largest memory this process has had after reading a small file, and after reading a large one. */
function memoryTable(log: Measured): string {
  const sizes = [16, Number(values.megabytes)]
  const lines = sizes.map(megabytes => {
    const path = join(scratch, 'large.evtx')
    const copies = writeLarge(path, log, megabytes)
    const records = readFromDisk(path)
    rmSync(path)
    return `| ${megabytes} MiB | ${rounded(records)} | ${rounded(process.resourceUsage().maxRSS / 1024)} MiB | ${copies} |`
  })
  return `| file, read in chunks | records | largest memory of the process so far | copies of the generated log in it |
|---|--:|--:|--:|
${lines.join('\n')}
`
}

function writeLarge(path: string, { bytes }: Measured, megabytes: number): number {
  const file = openSync(path, 'w')
  const chunks = bytes.subarray(fileHeaderSize)
  const copies = Math.ceil((megabytes * 2 ** 20) / chunks.length)
  writeSync(file, bytes.subarray(0, fileHeaderSize))
  for (let n = 0; n < copies; n += 1) writeSync(file, chunks)
  closeSync(file)
  return copies
}

function readFromDisk(path: string): number {
  const file = openSync(path, 'r')
  const next = (size: number) => {
    const bytes = new Uint8Array(size)
    return bytes.subarray(0, readSync(file, bytes))
  }
  const log = beginLog(next(fileHeaderSize))
  let records = 0
  for (let chunk = next(chunkSize); chunk.length > 0; chunk = next(chunkSize))
    records += readChunk(log, chunk).records.length
  closeSync(file)
  return records
}

function rounded(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
