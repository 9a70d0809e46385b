import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { logOfEvent, readLog, registryEvent } from '../../test/evtx-logs.ts'
import { element, toXml } from './index.ts'

describe('the XML of an event', () => {
  const xmlOf = (name: string, attribute: string, text: string): string => {
    const user_data = element('Root', {}, element(name, { [attribute]: text }, text))
    const [record] = readLog(logOfEvent(registryEvent({ data: [], user_data }))).records
    if (record === undefined) throw new Error('the log has an event')
    return toXml(record)
  }

  it('is well-formed whatever its names and texts are', () => {
    const junk = fc.string({ minLength: 1, maxLength: 12, unit: 'binary' })
    fc.assert(
      fc.property(junk, junk, junk, (name, attribute, text) => {
        const parser = new SaxesParser()
        const faults: Error[] = []
        parser.on('error', fault => faults.push(fault))
        parser.write(xmlOf(name, attribute, text)).close()
        expect(faults).toEqual([])
      }),
      { seed: 20261122, numRuns: 500 },
    )
  })

  it('has each attribute once, under names of their own', () => {
    const user_data = element('Root', { 'a b': '1', 'a-c': '2', 'a\u2028b': '3', 'a_b-2': '4' }, 'x')
    const [record] = readLog(logOfEvent(registryEvent({ data: [], user_data }))).records
    expect(record && toXml(record)).toContain('<Root a_b="1" a-c="2" a_b-2="3" a_b-2-2="4">x</Root>')
  })

  it('keeps a name that XML can have', () => {
    expect(xmlOf('Größe.1', 'Näme', 'x')).toContain('<Größe.1 Näme="x">x</Größe.1>')
    expect(xmlOf('1 \u2028', '\u00d7', 'x')).toContain('<_1__ _="x">x</_1__>')
  })
})
