import { describe, expect, it } from 'vitest'
import { chunksOf } from '../../bench/evtx/corpus-logs.ts'
import { eventOf, parseXml } from '../../bench/evtx/evtxexport.ts'
import { generatedLog } from '../../bench/evtx/generated-logs.ts'
import { mutant } from '../../bench/evtx/mutants.ts'
import { randomFrom } from '../../bench/generate/random.ts'
import { constant, logOf, logOfEvent, readLog, readOne, registryEvent } from '../../test/evtx-logs.ts'
import { beginLog, element, readChunk, readChunkAsJson, textOf, toJson, toXml } from './index.ts'
import { directJson, treeJson } from './json.ts'

const shown = (log: Uint8Array) => JSON.parse(toJson(readOne(log)))

describe('XML of an event', () => {
  it('is what the event viewer of Windows shows', () => {
    expect(
      toXml(readOne(logOfEvent(registryEvent()))),
    ).toBe(`<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
  <System>
    <Provider Name="Microsoft-Windows-Sysmon" Guid="{5770385f-c22a-43e0-bf4c-06f5698ffbd9}"/>
    <EventID>13</EventID>
    <Version>2</Version>
    <Level>4</Level>
    <Task>13</Task>
    <Opcode>0</Opcode>
    <Keywords>0x8000000000000000</Keywords>
    <TimeCreated SystemTime="2026-03-02T09:00:00.0000000Z"/>
    <EventRecordID>1</EventRecordID>
    <Correlation/>
    <Execution ProcessID="3044" ThreadID="4100"/>
    <Channel>Microsoft-Windows-Sysmon/Operational</Channel>
    <Computer>ws-1042.norrfell.example</Computer>
    <Security UserID="S-1-5-18"/>
  </System>
  <EventData>
    <Data Name="EventType">SetValue</Data>
    <Data Name="ProcessId">812</Data>
    <Data Name="TargetObject">HKLM\\SOFTWARE\\Microsoft\\Cryptography\\Dll</Data>
  </EventData>
</Event>`)
  })

  it('cannot be broken out of: not by values, attributes, names or instructions', () => {
    const log = logOf(
      constant(
        element('Event', { 'a"><x': '"\n<&' }, element('A B', {}, '</Event><![CDATA[', '\0\ud800\r'), {
          kind: 'instruction',
          target: 'x',
          text: '?><evil/>',
        }),
      ),
    )
    expect(toXml(readOne(log))).toBe(
      '<Event a___x="&quot;&#10;&lt;&amp;">\n  <A_B>&lt;/Event&gt;&lt;![CDATA[\ufffd\ufffd&#13;</A_B>\n  <?x ?&gt;&lt;evil/&gt;?>\n</Event>',
    )
  })

  it('and the fields of an event tell the same, in the same order', () => {
    for (const { system, fields, problems, source } of readLog(generatedLog(5, 300)).records) {
      const record = { system, fields, problems, source } as Parameters<typeof toXml>[0] // all that it looks at
      const event = eventOf(parseXml(toXml(record)), true)
      if (event.payload !== 'EventData' && event.payload !== 'UserData') continue
      expect(event.system.get('EventID')).toBe(String(system?.event_id))
      const plain = (text: string) => text.replace(/\s/g, ' ').trim()
      expect(event.fields.map(({ name, text }) => `${name}=${plain(text)}`)).toEqual(
        fields.map(({ name, type, value }) => `${name}=${plain(textOf(type, value))}`),
      )
    }
  })
})

describe('JSON of an event', () => {
  it('has attributes under #attributes, text under #text, and Data under their names', () => {
    const { Event } = shown(logOfEvent(registryEvent({ qualifiers: 7 })))
    expect(Event['#attributes']).toEqual({ xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' })
    expect(Event.System.EventID).toEqual({ '#attributes': { Qualifiers: 7 }, '#text': 13 })
    expect(Event.System.Correlation).toBe(null)
    expect(Event.System.Security).toEqual({ '#attributes': { UserID: 'S-1-5-18' } })
    expect(Event.EventData).toEqual({
      EventType: 'SetValue',
      ProcessId: 812,
      TargetObject: 'HKLM\\SOFTWARE\\Microsoft\\Cryptography\\Dll',
    })
  })

  it('has an array where a name stands more than once', () => {
    const data = [
      ['A', 'one'],
      ['B', 'x'],
      ['A', 'two'],
      ['', { type: 'string', items: ['p', 'q'] }],
    ] as const
    expect(shown(logOfEvent(registryEvent({ data }))).Event.EventData).toEqual({
      A: ['one', 'two'],
      B: 'x',
      Data: ['p', 'q'],
    })
  })

  it('has numbers only where JSON can hold them exactly', () => {
    const data = [
      ['small', { type: 'uint64', value: 2n ** 53n - 1n }],
      ['large', { type: 'uint64', value: 2n ** 53n + 1n }],
      ['negative', { type: 'int64', value: -(2n ** 60n) }],
      ['endless', { type: 'float64', value: Number.POSITIVE_INFINITY }],
      ['hex', { type: 'hex32', value: 255 }],
    ] as const
    expect(shown(logOfEvent(registryEvent({ data }))).Event.EventData).toEqual({
      small: 9_007_199_254_740_991,
      large: '9007199254740993',
      negative: '-1152921504606846976',
      endless: 'Infinity',
      hex: '0xff',
    })
  })

  it('keeps names that mean something to JavaScript', () => {
    const text = toJson(
      readOne(
        logOfEvent(
          registryEvent({
            data: [
              ['__proto__', 'x'],
              ['constructor', 'y'],
            ],
          }),
        ),
      ),
    )
    expect(text).toContain('"EventData":{"__proto__":"x","constructor":"y"}')
  })

  it('is the same on the fast road and on the road for everything', () => {
    const tally = { direct: 0, tree: 0 }
    for (const seed of [1, 2, 3, 4])
      for (const record of readLog(generatedLog(seed, 400)).records) {
        const tree = treeJson(record)
        const direct = directJson(record)
        expect(() => JSON.parse(tree)).not.toThrow()
        if (direct === undefined) tally.tree += 1
        else {
          tally.direct += 1
          expect(direct).toBe(tree)
        }
      }
    expect(tally.direct).toBeGreaterThan(400)
    expect(tally.tree).toBeGreaterThan(400)
  })
})

describe('a chunk that is read to JSON only', () => {
  it('gives the lines and the problems that its records give', () => {
    const random = randomFrom(11)
    const logs = [1, 2].map(seed => generatedLog(seed, 200, 25))
    for (const chunk of logs.flatMap(chunksOf))
      for (const bytes of [chunk, mutant(random, chunk, chunk), mutant(random, chunk, chunk)])
        for (const recover of [false, true]) {
          const { records, problems } = readChunk(beginLog(new Uint8Array(), { recover }), bytes)
          const reading = readChunkAsJson(beginLog(new Uint8Array(), { recover }), bytes)
          expect(reading.lines).toEqual(records.map(toJson))
          const all = [...problems, ...records.flatMap(record => record.problems)]
          expect(reading.problems.filter(({ code }) => code !== 'evtx/system-value')).toEqual(
            all.filter(({ code }) => code !== 'evtx/system-value'),
          )
        }
  })
})
