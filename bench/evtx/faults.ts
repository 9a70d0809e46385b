import type { ChunkReading, EventRecord } from '../../src/evtx/index.ts'
import { problemCodes } from '../../src/evtx/index.ts'
import { directJson, treeJson } from '../../src/evtx/json.ts'
import { toXml } from '../../src/evtx/xml.ts'
import { parseXml } from './evtxexport.ts'

/** What is wrong with a reading of whatever octets. @param shown how many records are shown as XML and JSON too */
export function faultOf({ records, problems }: ChunkReading, shown: number): string | undefined {
  for (const { code } of [...problems, ...records.flatMap(record => record.problems)])
    if (!Object.hasOwn(problemCodes, code)) return `the code ${code} is not in the list`
  for (const [i, record] of records.entries()) {
    const fault = faultOfRecord(record) ?? (i < shown ? faultWhenShown(record) : undefined)
    if (fault !== undefined) return `record ${record.record_id} at byte ${record.offset}: ${fault}`
  }
  return undefined
}

function faultOfRecord({ fields, system, problems }: EventRecord): string | undefined {
  for (const { name, type, value } of fields) {
    if (typeof name !== 'string') return 'a field without a name'
    if (value === undefined) return `the field ${name} has no value`
    if ((value === null) !== (type === 'null')) return `the field ${name} of type ${type} is ${value}`
    if (value instanceof Uint8Array && value.buffer.byteLength > 65_536) return `the octets of ${name} are a view`
  }
  if (system === undefined && problems.length === 0) return 'nothing was read and nothing is wrong'
  return undefined
}

function faultWhenShown(record: EventRecord): string | undefined {
  const tree = treeJson(record)
  JSON.parse(tree)
  const direct = directJson(record)
  if (direct !== undefined && direct !== tree) return `two roads to JSON:\n${direct}\n${tree}`
  const xml = toXml(record)
  if (record.system !== undefined && record.problems.length === 0 && parseXml(xml).name === '')
    return 'XML without an element'
  return undefined
}
