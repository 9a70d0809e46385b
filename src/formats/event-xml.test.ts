import { describe, expect, it } from 'vitest'
import type { CutEvent } from './event-xml.ts'
import { EventXmlReader } from './event-xml.ts'

const xmlns = 'http://schemas.microsoft.com/win/2004/08/events/event'
const system = (id: number | string) =>
  `<System><Provider Name='Example'/><EventID>${id}</EventID><TimeCreated SystemTime='2026-03-02T09:00:00.1234567Z'/><Channel>System</Channel></System>`
const event = (id: number | string, inner = `<EventData><Data Name='Text'>${id}</Data></EventData>`) =>
  `<Event xmlns='${xmlns}'>${system(id)}${inner}</Event>`

function cut(text: string | Uint8Array, mayGrow = false, size = Number.POSITIVE_INFINITY) {
  const bytes = Buffer.from(text)
  const reader = new EventXmlReader()
  const events: CutEvent[] = []
  for (let at = 0; at < bytes.length; at += size) events.push(...reader.add(bytes.subarray(at, at + size)))
  const { events: last, left } = reader.end(mayGrow)
  return { events: [...events, ...last], left }
}

/** Event ids, and codes of what is no event, in their order. */
function told(text: string | Uint8Array, mayGrow = false): readonly (string | undefined)[] {
  return cut(text, mayGrow).events.map(({ event: one, problem }) => problem?.code ?? one?.system.get('EventID'))
}

describe('events in XML', () => {
  it.each([
    ['one a line, without a root', `${event(1)}\n${event(2)}\r\n`],
    ['under the root of wevtutil', `<Events>${event(1)}\n\n${event(2)}</Events>`],
    [
      'in a document',
      `<?xml version="1.0" encoding="utf-8"?>\n<Events xmlns="x">\n${event(1)}${event(2)}\n</Events>\n`,
    ],
    [
      'with the numbers of evtx_dump',
      `Record 1\n<?xml version="1.0"?>\n${event(1)}\nRecord 2\n<?xml version="1.0"?>\n${event(2)}\n`,
    ],
    ['with a mark of UTF-8', `\ufeff${event(1)}${event(2)}`],
    ['copied out of a browser', `- ${event(1).replace('</System>', '</System>- ')} - ${event(2)}`],
    ['over many lines', `${event(1).replaceAll('><', '>\n  <')}\n${event(2)}`],
  ])('are found %s', (_, text) => {
    expect(told(text)).toEqual(['1', '2'])
  })

  it('are found in UTF-16 with its mark, in either order of octets, at their own offsets', () => {
    const text = `\ufeff${event('1', '<EventData><Data>Søren 😀</Data></EventData>')}\r\n${event(2)}`
    const little = Buffer.from(text, 'utf16le')
    for (const bytes of [little, Buffer.from(little).swap16()]) {
      expect(told(bytes)).toEqual(['1', '2'])
      const [first, second] = cut(bytes).events
      expect(first).toMatchObject({ byte_offset: 2, event: { fields: [{ name: 'Data', text: 'Søren 😀' }] } })
      const { byte_offset = 0, bytes: length = 0 } = second ?? {}
      const there = Buffer.from(bytes.subarray(byte_offset, byte_offset + length))
      expect((bytes === little ? there : there.swap16()).toString('utf16le')).toBe(event(2))
    }
  })

  it('are the same however the bytes arrive', () => {
    const parts = [
      event(1),
      ' junk ',
      event('&bad;'),
      '<Event>',
      event(2),
      '</Event>',
      event(3),
      '\u0001 <Event x="',
      '<Events>',
    ]
    for (const encoding of ['utf8', 'utf16le'] as const) {
      const bytes = Buffer.from(`${encoding === 'utf8' ? '' : '\ufeff'}${parts.join('\n')}`, encoding)
      const whole = cut(bytes)
      for (const size of [1, 2, 3, 7, 64, 997]) expect(cut(bytes, false, size)).toEqual(whole)
    }
  })

  it('give every place of System, and the fields of the payload by their names', () => {
    const text = `<Event xmlns="${xmlns}"><System>
      <Provider Name="P" Guid="{G}"/><EventID Qualifiers="7">1</EventID><EventID>9</EventID><Version/><Channel>C</Channel>
      </System><EventData Name="Root"><Data Name="A">&lt;&#65;&#x42;&gt;</Data><Data>first</Data><Data> second </Data><Data Name="Empty"/><Binary>00FF</Binary></EventData>
      <RenderingInfo Culture="en-US"><Message>Said.</Message><Keywords><Keyword>K</Keyword></Keywords></RenderingInfo></Event>`
    const [one] = cut(text).events
    expect([...(one?.event?.system ?? [])]).toEqual([
      ['Provider@Name', 'P'],
      ['Provider@Guid', '{G}'],
      ['EventID@Qualifiers', '7'],
      ['EventID', '1'],
      ['Channel', 'C'],
    ])
    expect(one?.event).toMatchObject({ payload: 'EventData', payload_root: '', problems: [] })
    expect(one?.event?.fields.map(({ name, text: value }) => [name, value])).toEqual([
      ['@Name', 'Root'],
      ['A', '<AB>'],
      ['Data', 'first'],
      ['Data', ' second '],
      ['Empty', ''],
      ['Binary', '00FF'],
    ])
    expect(one?.event?.rendering.map(({ name, text: value }) => [name, value])).toEqual([
      ['@Culture', 'en-US'],
      ['Message', 'Said.'],
      ['Keywords/Keyword', 'K'],
    ])
  })

  it('in UserData name a field by the elements it stands in below the root', () => {
    const inner = `<UserData><Chain xmlns="y" z="1"><Element><Certificate subjectName="A"/></Element><Element><Certificate subjectName="B">b</Certificate></Element></Chain></UserData>`
    const [one] = cut(event(1, inner)).events
    expect(one?.event).toMatchObject({ payload: 'UserData', payload_root: 'Chain' })
    expect(one?.event?.fields.map(({ name, text }) => `${name}=${text}`)).toEqual([
      '@z=1',
      'Element/Certificate@subjectName=A',
      'Element/Certificate@subjectName=B',
      'Element/Certificate=b',
    ])
  })
})

describe('an event that is broken', () => {
  it.each([
    ['an entity that nobody declared', event('&secret;')],
    ['an ampersand', event('a & b')],
    ['an element that is not closed', event('<b>')],
    ['an attribute twice', event(1).replace("Name='Text'", "Name='a' Name='b'")],
    ['a document type within', event(`<!DOCTYPE a [<!ENTITY b "c">]>`)],
  ])('with %s costs itself', (_, broken) => {
    expect(told(`${event(1)}\n${broken}\n${event(2)}`)).toEqual(['1', 'event-xml/malformed', '2'])
  })

  it('without an end ends where the next one begins', () => {
    const half = event(9).slice(0, -30)
    expect(told(`${event(1)}\n${half}\n${event(2)}\n${half}`)).toEqual([
      '1',
      'event-xml/unclosed',
      '2',
      'event-xml/unclosed',
    ])
  })

  it('at the end of what may grow is left for later', () => {
    const text = `${event(1)}\n${event(2)}`
    const start = text.indexOf('\n') + 1
    for (const length of [start + 1, start + 6, start + 90, text.length - 1]) {
      const { events, left } = cut(text.slice(0, length), true)
      expect([events.length, left]).toEqual([1, { byte_offset: start, bytes: length - start }])
    }
    expect(cut(text, true)).toMatchObject({ events: [{}, {}], left: undefined })
  })

  it('without a System is none', () => {
    expect(told('<Event/><Event></Event><Event><EventData/></Event>')).toEqual(new Array(3).fill('event-xml/no-system'))
  })

  it('may have what XML cannot hold: U+FFFD stands for it, and it is told', () => {
    const [one] = cut(event(1, '<EventData><Data>a\u0001b&#7;c&#xD800;&#99999999;</Data></EventData>')).events
    expect(one?.event?.fields).toEqual([{ name: 'Data', text: 'a\ufffdb\ufffdc\ufffd\ufffd' }])
    expect(one?.event?.problems).toMatchObject([{ code: 'event-xml/character', found: expect.stringContaining('4 ') }])
  })
})

describe('what is no event', () => {
  it('is told with its place, and has no effect on events', () => {
    const doctype = '<!DOCTYPE Events [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;">]>'
    const { events } = cut(`${doctype}<Events>${event(1)} junk ${event('&b;')}</Events>`)
    expect(events.map(({ problem }) => problem?.code)).toEqual([
      'event-xml/outside',
      undefined,
      'event-xml/outside',
      'event-xml/malformed',
    ])
    expect(events[0]?.byte_offset).toBe(0)
    expect(Buffer.from(events[2]?.text ?? []).toString()).toBe('junk')
  })

  it('of any length takes no more memory and time than it has', () => {
    const reader = new EventXmlReader()
    const started = performance.now()
    const codes = new Set<string | undefined>()
    for (const junk of ['<Event ', '</Event', '<Event><![CDATA[', 'x', '<', '>'.repeat(9), '<!-- <Event a="', '&amp;'])
      for (let megabytes = 0; megabytes < (junk === 'x' ? 6 : 2); megabytes += 1)
        for (const { problem } of reader.add(Buffer.from(junk.repeat(Math.ceil(2 ** 20 / junk.length)))))
          codes.add(problem?.code)
    for (const { problem, event: one } of reader.add(Buffer.from(`</Event>${event(5)}`)))
      codes.add(problem?.code ?? one?.system.get('EventID'))
    expect([...codes]).toEqual(expect.arrayContaining(['event-xml/unclosed', 'record/too-long', '5']))
    expect(performance.now() - started).toBeLessThan(60_000)
  }, 120_000)

  it.each([
    ['elements in each other', '<a>'.repeat(100) + '</a>'.repeat(100), 'event-xml/too-deep'],
    ['elements', '<a/>'.repeat(70_000), 'event-xml/too-large'],
    ['attributes', `<a ${Array.from({ length: 70_000 }, (_, n) => `a${n}="1"`).join(' ')}/>`, 'event-xml/too-large'],
  ])('by its %s is refused', (_, inner, code) => {
    expect(told(event(1, `<EventData>${inner}</EventData>`) + event(2))).toEqual([code, '2'])
  })
})
