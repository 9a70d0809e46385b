import ICAL from 'ical.js'
import type { ListRow } from './rows.ts'

/** So many occurrences of one event are written out, and none after so many days from its first. */
const most = { occurrences: 400, days: 800 }

/** The events of an iCalendar file (RFC 5545) as changes. Names of hosts and domains in summary, description and location are their scope. */
export function rowsOfCalendar(text: string): readonly ListRow[] {
  let calendar: ICAL.Component
  try {
    calendar = new ICAL.Component(ICAL.parse(text))
  } catch (cause) {
    return [`it is no iCalendar: ${cause instanceof Error ? cause.message.slice(0, 200) : String(cause)}`]
  }
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone))
  return calendar.getAllSubcomponents('vevent').flatMap(one => {
    try {
      return eventRows(new ICAL.Event(one))
    } catch (cause) {
      return [`an event of it cannot be read: ${cause instanceof Error ? cause.message.slice(0, 200) : String(cause)}`]
    }
  })
}

function eventRows(event: ICAL.Event): readonly ListRow[] {
  const texts = [event.summary, event.description, event.location].map(one => one ?? '')
  const told = {
    ticket: /\b[A-Z]{2,10}-?\d{2,10}\b/.exec(texts.join(' '))?.[0] ?? event.uid ?? '',
    summary: texts[0]?.slice(0, 500),
    owner: event.organizer ?? '',
    scope: scopeOf(texts.join('\n').slice(0, 20_000)),
  }
  const row = (start: ICAL.Time, end: ICAL.Time | undefined): ListRow => ({
    ...told,
    start: start.toJSDate().toISOString(),
    end: (end ?? start).toJSDate().toISOString(),
  })
  if (!event.isRecurring()) return [row(event.startDate, event.endDate)]
  const rows: ListRow[] = []
  const first = event.startDate.toJSDate().getTime()
  const iterator = event.iterator()
  for (let next = iterator.next(); next && rows.length < most.occurrences; next = iterator.next()) {
    if (next.toJSDate().getTime() - first > most.days * 86_400_000) break
    const { startDate, endDate } = event.getOccurrenceDetails(next)
    rows.push(row(startDate, endDate))
  }
  return rows
}

/** Words with a dot in them that could be a name or an address. */
const named = /^(?:\*\.)?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,10}(?:\/\d{1,3})?$/

function scopeOf(text: string): readonly string[] {
  const words = text.toLowerCase().split(/[^a-z0-9.*/-]+/)
  return [...new Set(words.map(one => one.replace(/[./-]+$/, '')).filter(one => named.test(one)))].slice(0, 200)
}
